"""Named lists in a matcher: which entries a text names, each place belonging to the longest spelling there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from topics.clauses import Clause, Costs, Mark, Need, Needs, Span
from topics.reading import Reading
from topics.tree import Zone


class Spelling(NamedTuple):
    """One way to write an entry; `entry` "" is a decoy, `lang` "" holds in every language."""

    entry: str
    lang: str
    clause: Clause


class Found(NamedTuple):
    """An entry met at positions first to last."""

    first: int
    last: int
    entry: str
    marks: tuple[Mark, ...]


@dataclass(slots=True, kw_only=True)
class Roll:
    """A compiled list: filled by the compiler, then only read."""

    number: int  # met by every text that has a word of some spelling; also the key in a reading's memo
    spellings: dict[int, list[Spelling]] = field(default_factory=lambda: defaultdict(list))  # by the words it needs
    unless: dict[str, Sequence[Clause]] = field(default_factory=dict)

    def add(self, spelling: Spelling, costs: Costs) -> frozenset[int]:
        """File a spelling under its rarest words, and return them."""
        numbers = min(spelling.clause.needs(costs)).numbers
        for number in numbers:
            self.spellings[number].append(spelling)
        return numbers

    def found(self, reading: Reading) -> Sequence[Found]:
        """Find the entries a text names, in order; worked out once a text."""
        known = reading.memo.get(self.number)
        if known is None:
            known = reading.memo[self.number] = self._look(reading)
        return cast("Sequence[Found]", known)

    def _look(self, reading: Reading) -> tuple[Found, ...]:
        hits: set[Found] = set()
        for spelling in self._possible(reading):
            hits.update(Found(at.first, at.last, spelling.entry, at.marks) for at in spelling.clause.spans(reading))
        longest = without_covered(hits)
        absent = {entry for entry in {hit.entry for hit in longest} if self._another(entry, reading)}
        return tuple(hit for hit in longest if hit.entry and hit.entry not in absent)

    def _possible(self, reading: Reading) -> set[Spelling]:
        lang = reading.text.lang
        return {
            spelling
            for number in reading.present & self.spellings.keys()
            for spelling in self.spellings[number]
            if not spelling.lang or not lang or spelling.lang == lang
        }

    def _another(self, entry: str, reading: Reading) -> bool:
        """Whether the text shows that something else of the same name is meant."""
        return any(clause.holds(reading) for clause in self.unless.get(entry, ()))


def without_covered(hits: Iterable[Found]) -> list[Found]:
    """Drop what lies inside a longer hit: "Guinea" inside "Equatorial Guinea"; equal stretches stay both."""
    kept: list[Found] = []
    for hit in sorted(hits, key=lambda each: (each.first, -each.last, each.entry)):
        if not any(
            hit.last <= other.last and (hit.first, hit.last) != (other.first, other.last) for other in kept[-20:]
        ):
            kept.append(hit)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """At least so many different entries of a list."""

    source: str
    name: str
    roll: Roll
    zone: Zone
    at_least: int
    without: frozenset[str]

    def entries(self, reading: Reading) -> dict[str, list[Found]]:
        """The entries that count, each with its places in the zone."""
        found: dict[str, list[Found]] = {}
        low, high = reading.bounds(self.zone)
        for hit in self.roll.found(reading):
            if low <= hit.first and hit.last < high and hit.entry not in self.without:
                found.setdefault(hit.entry, []).append(hit)
        return found

    def holds(self, reading: Reading) -> bool:
        """Whether enough entries are named."""
        return self.roll.number in reading.present and len(self.entries(reading)) >= self.at_least

    def spans(self, reading: Reading) -> list[Span]:
        """Where they are, when there are enough."""
        found = self.entries(reading)
        if len(found) < self.at_least:
            return []
        return sorted(self._span(hit) for hits in found.values() for hit in hits)

    def _span(self, hit: Found) -> Span:
        marks = tuple(mark._replace(clause=f"@{self.name}", note=hit.entry) for mark in hit.marks)
        return Span(hit.first, hit.last, marks)

    def score(self, reading: Reading) -> float:
        """One point when enough entries are named."""
        return float(self.holds(reading))

    def needs(self, costs: Costs) -> Needs:
        """The number that every spelling stands for."""
        return (Need(costs[self.roll.number], frozenset((self.roll.number,))),)
