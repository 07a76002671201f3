"""The language evaluated the slow and obvious way: every clause against every word. The oracle of the fast matcher."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from news.article import Article
from news.topic import NameList
from topics.compiler import variants
from topics.language import parse
from topics.patterns import fold_pattern, matches
from topics.reading import LEAD_WORDS, Text
from topics.tree import And, In, Listed, Near, Node, Not, Or, Weighed, Words, Zone

Stretches = set[tuple[int, int]]


@dataclass(frozen=True)
class Naive:
    text: Text
    lists: Mapping[str, NameList]

    def holds(self, node: Node, zone: Zone = Zone.ALL) -> bool:
        match node:
            case And(parts=parts):
                return all(self.holds(part, zone) for part in parts)
            case Or(parts=parts):
                return any(self.holds(part, zone) for part in parts)
            case Not(part=part):
                return not self.holds(part, zone)
            case In(part=part, zone=inner):
                return self.holds(part, inner)
            case Weighed(part=part):
                return self.holds(part, zone)
            case Listed(at_least=at_least):
                return len({entry for entry, _, _ in self.named(node, zone)}) >= at_least
        return bool(self.spans(node, zone))

    def score(self, node: Node, zone: Zone = Zone.ALL) -> float:
        match node:
            case And(parts=parts):
                return sum(self.score(part, zone) for part in parts) if self.holds(node, zone) else 0.0
            case Or(parts=parts):
                return sum(self.score(part, zone) for part in parts)
            case In(part=part, zone=inner):
                return self.score(part, inner)
            case Weighed(points=points):
                return points if self.holds(node, zone) else 0.0
            case Not():
                return 0.0
        return float(self.holds(node, zone))

    def spans(self, node: Node, zone: Zone) -> Stretches:
        match node:
            case Words():
                return self.words(node, zone)
            case Listed():
                return {(a, b) for _, a, b in self.named(node, zone)} if self.holds(node, zone) else set()
            case Near(left=left, right=right, within=within):
                return self.near(self.spans(left, zone), self.spans(right, zone), within)
            case And(parts=parts):
                return set().union(*(self.spans(part, zone) for part in parts)) if self.holds(node, zone) else set()
            case Or(parts=parts):
                return set().union(*(self.spans(part, zone) for part in parts))
            case In(part=part, zone=inner):
                return self.spans(part, inner)
            case Weighed(part=part):
                return self.spans(part, zone)
        return set()

    def words(self, node: Words, zone: Zone) -> Stretches:
        rows = variants(node.words) if node.slop is None and not node.edits else [node.words]
        return set().union(*(self.row(row, node, zone) for row in rows))

    def row(self, row: tuple[str, ...], node: Words, zone: Zone) -> Stretches:
        places = [
            [at for at in self.inside(zone) if matches(fold_pattern(word, node.edits), self.text.tokens[at])]
            for word in row
        ]
        found = set()
        for taken in product(*places):
            low, high = min(taken), max(taken)
            straight = list(taken) == list(range(low, low + len(row)))
            loose = node.slop is not None and high - low < len(row) + node.slop and len(set(taken)) == len(taken)
            if (straight if node.slop is None else loose) and self.side(low) == self.side(high):
                found.add((low, high))
        return found

    def near(self, lefts: Stretches, rights: Stretches, within: int | None) -> Stretches:
        found = set()
        for (a, b), (c, d) in product(lefts, rights):
            gap = c - b if a <= c else a - d
            if within is None:
                close = self.text.sentence(min(a, c)) == self.text.sentence(d if a <= c else b)
            else:
                close = gap <= within and self.side(min(a, c)) == self.side(max(b, d))
            if gap >= 1 and close:
                found.add((min(a, c), max(b, d)))
        return found

    def named(self, node: Listed, zone: Zone) -> set[tuple[str, int, int]]:
        hits = set()
        for name in node.names:
            names = self.lists[name]
            for entry, spellings in [*names.entries.items(), ("", names.decoys)]:
                for spelling in spellings:
                    hits |= {(entry, a, b) for a, b in self.spans(parse(f'"{spelling}"'), Zone.ALL)}
        covered = {
            hit for hit in hits for o in hits if o[1] <= hit[1] and hit[2] <= o[2] and (o[1], o[2]) != (hit[1], hit[2])
        }
        inside = self.inside(zone)
        return {
            hit for hit in hits - covered if hit[0] and hit[0] not in node.without and {hit[1], hit[2]} <= set(inside)
        }

    def inside(self, zone: Zone) -> range:
        end, border = len(self.text.tokens), self.text.title_end
        return {
            Zone.ALL: range(end),
            Zone.TITLE: range(border),
            Zone.LEAD: range(min(end, border + LEAD_WORDS)),
            Zone.BODY: range(border, end),
        }[zone]

    def side(self, at: int) -> bool:
        return at < self.text.title_end


def naive_match(query: str, about: Article, lists: Mapping[str, NameList], *, threshold: float = 0.0) -> bool:
    naive, tree = Naive(Text(about), lists), parse(query)
    return naive.holds(tree) and (not threshold or naive.score(tree) >= threshold)
