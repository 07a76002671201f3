"""From a query's tree to clauses over one shared index of word patterns."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from news.errors import ConfigError, Location, QueryError
from news.topic import NameList
from topics.clauses import Clause, Close, Every, Row, Some, Told, Weighted, Without, Word
from topics.fields import as_written, test
from topics.fold import loose
from topics.language import parts_of
from topics.lexer import Script
from topics.lists import Members, Roll, Spelling
from topics.patterns import PatternIndex, fold_pattern
from topics.regexes import Pierced, compile_regex
from topics.spellings import bare_words, spelling
from topics.tree import Age, And, Field, In, Listed, Near, Node, Or, Regex, Stretch, Weighed, Words, Zone

_ALWAYS = 9.0  # dearer than any word: a clause that may hold without one is asked last
_LETTERS_DIGITS = re.compile(r"([^\W\d_]{1,4})(\d+\w*)")


def variants(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Give the rows of words that count as the same: joined or parted, as iş birliği / işbirliği and F-16 / F16."""
    rows = [words]
    if len(words) == 1 and words[0].isalpha() and words[0][0] not in "iıİI":
        return rows
    initials = all(len(word) == 1 for word in words)  # U.S. is not "us"
    if len(words) == 2 and not initials and not {"*", "?"} & {*words[0], *words[1][:1]}:
        rows.append((words[0] + words[1],))
    if len(words) == 1:
        parted = _LETTERS_DIGITS.fullmatch(words[0])
        if parted:
            rows.append((parted[1], parted[2]))
        if loose(words[0]).startswith("isbirli"):
            rows.append((words[0][:2], words[0][2:]))
    return rows


def entries_of(names: NameList) -> set[str]:
    """Give the canonical names of a list."""
    return {*names.entries, *(entry for entries in names.by_lang.values() for entry in entries)}


@dataclass(slots=True, kw_only=True)
class Compiler:
    """Builds clauses; all that one compiler builds share its index and its lists."""

    lists: Mapping[str, NameList] = field(default_factory=dict)
    index: PatternIndex = field(default_factory=PatternIndex)
    rolls: dict[tuple[str, ...], Roll] = field(default_factory=dict)

    def clause(self, node: Node, script: Script, zone: Zone = Zone.ALL) -> Clause:
        """Compile a tree. Raises QueryError for an unknown list or entry, pointing into the query."""
        source = script.text[node.at.start : node.at.end]
        match node:
            case Words():
                return self._words(node, source, zone)
            case Listed():
                return self._listed(node, script, zone)
            case Regex(pattern=pattern):
                return Pierced(source=source, number=self.index.number(), regex=compile_regex(pattern), zone=zone)
            case Field() | Age():
                return Told(source=source, test=test(node))
            case In(part=part, zone=inner):
                return self.clause(part, script, inner)
        return self._joined(node, source, [self.clause(part, script, zone) for part in parts_of(node)])

    def _joined(self, node: Node, source: str, parts: list[Clause]) -> Clause:
        match node:
            case Or():
                return Some(source=source, parts=tuple(parts))
            case And():
                ordered = sorted(parts, key=self._commonness)
                return Every(source=source, parts=tuple(parts), ordered=tuple(ordered))
            case Near(within=within):
                return Close(source=source, left=parts[0], right=parts[1], within=within)
            case Weighed(points=points):
                return Weighted(source=source, part=parts[0], points=points)
        return Without(source=source, part=parts[0])

    def _commonness(self, part: Clause) -> float:
        return min((need.cost for need in part.needs(self.index.costs)), default=_ALWAYS)

    def _words(self, node: Words, source: str, zone: Zone) -> Clause:
        plain = node.slop is None and not node.exact and not node.edits
        rows = [
            [fold_pattern(word, node.edits) for word in row]
            for row in (variants(node.words) if plain else [node.words])
        ]
        numbers = tuple(tuple(map(self.index.add, row)) for row in rows)
        if plain and len(numbers) == len(numbers[0]) == 1:
            return Word(source=source, number=numbers[0][0], written=node.words[0], zone=zone)
        exact = as_written(node.words) if node.exact else None
        return Row(source=source, rows=numbers, written=node.words, zone=zone, slop=node.slop, exact=exact)

    def _listed(self, node: Listed, script: Script, zone: Zone) -> Clause:
        for name in node.names:
            if name not in self.lists:
                near = difflib.get_close_matches(name, self.lists, n=1)
                known = (
                    f"did you mean @{near[0]}?" if near else f"known lists: {', '.join(sorted(self.lists)) or 'none'}"
                )
                raise script.error(node.at, f"there is no list named {name}", known)
        self._check_entries(node, script)
        return Members(
            source=script.text[node.at.start : node.at.end],
            name="+".join(node.names),
            roll=self.roll(node.names),
            zone=zone,
            at_least=node.at_least,
            without=frozenset(node.without),
        )

    def _check_entries(self, node: Listed, script: Script) -> None:
        known = {entry for name in node.names for entry in entries_of(self.lists[name])}
        for entry in node.without:
            if entry not in known:
                near = difflib.get_close_matches(entry, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else ""
                raise script.error(node.at, f"@{'+'.join(node.names)} has no entry named {entry!r}", hint)

    def roll(self, names: tuple[str, ...]) -> Roll:
        """Compile a list, or several as one (entries of the same name are the same entry), once."""
        if names not in self.rolls:
            roll = self.rolls[names] = Roll(number=self.index.number())
            for name in names:
                self._enlist(self.lists[name], roll)
        return self.rolls[names]

    def _enlist(self, names: NameList, roll: Roll) -> None:
        for lang, entries in {"": names.entries, **names.by_lang}.items():
            for entry, spellings in entries.items():
                self._fill(roll, entry, lang, spellings, names)
        self._fill(roll, "", "", names.decoys, names)
        for entry, signs in names.unless.items():
            roll.unless[entry] = [self._spelling(sign, names) for sign in signs]

    def _fill(self, roll: Roll, entry: str, lang: str, spellings: Sequence[str], names: NameList) -> None:
        for text in spellings:
            for number in roll.add(Spelling(entry, lang, self._spelling(text, names)), self.index.costs):
                self.index.also[number].add(roll.number)

    def _spelling(self, text: str, names: NameList) -> Clause:
        words = bare_words(text)
        if words:
            return self._words(Words(at=Stretch(0, len(text)), words=words), text, Zone.ALL)
        try:
            query, tree = spelling(text)
        except QueryError as error:
            raise ConfigError(f"list {names.name}, {text!r}: {error.message}", at=names.at, hint=error.hint) from error
        clause = self.clause(tree, Script(query, names.at or Location(file=names.name, line=1, column=1)))
        if not clause.needs(self.index.costs):
            raise ConfigError(f"list {names.name}, {text!r}: a spelling needs a word to look for", at=names.at)
        return clause
