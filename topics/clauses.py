"""The clauses of a compiled query: does it hold for a reading, where, and for how many points."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from math import prod
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeAlias

from topics.reading import Reading
from topics.tree import Zone

_MOST_NEEDS = 8  # of one clause; each is a question that is asked before the clause itself
_MOST_SPANS = 2000  # of one clause in one text; more would say nothing new


class Mark(NamedTuple):
    """A hit to show: positions from first to last, the clause as written, and what of it was met."""

    first: int
    last: int
    clause: str
    written: tuple[str, ...] = ()  # the words of the query behind it; (): what was met is no word of the query
    note: str = ""  # the entry of a list


class Span(NamedTuple):
    """Words from first to last that meet a clause, and the hits to show for it."""

    first: int
    last: int
    marks: tuple[Mark, ...]


class Need(NamedTuple):
    """Numbers of which at least one is in every text that meets the clause, and how common they are thought to be."""

    cost: float
    numbers: frozenset[int]


Costs: TypeAlias = Sequence[float]  # by a pattern's number: the share of texts that hold it, counted or guessed
Needs: TypeAlias = tuple[Need, ...]  # a text must meet each


class Clause(Protocol):
    """A part of a compiled query."""

    @property
    def source(self) -> str:
        """The part as the user wrote it."""
        ...

    def holds(self, reading: Reading, /) -> bool:
        """Whether the clause is met."""
        ...

    def spans(self, reading: Reading, /) -> list[Span]:
        """Where it is met, in order; empty for what has no place in the text."""
        ...

    def score(self, reading: Reading, /) -> float:
        """The points it brings: 1 for a clause that is met and has no weight of its own."""
        ...

    def needs(self, costs: Costs, /) -> Needs:
        """What a text must hold for the clause to have a chance; none: it can be met without any word."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word that needs no second look."""

    source: str
    number: int
    written: str
    zone: Zone

    def holds(self, reading: Reading) -> bool:
        """Whether the word is there."""
        return self.number in reading.within(self.zone)

    def spans(self, reading: Reading) -> list[Span]:
        """Every place of the word."""
        found = reading.positions(self.number, self.zone)
        return [Span(at, at, (Mark(at, at, self.source, (self.written,)),)) for at in found]

    def score(self, reading: Reading) -> float:
        """One point when it is there."""
        return float(self.holds(reading))

    def needs(self, costs: Costs) -> Needs:
        """The word itself."""
        return (Need(costs[self.number], frozenset((self.number,))),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Words in a row or close together; also in a spelling that joins or parts them."""

    source: str
    rows: tuple[tuple[int, ...], ...]  # the alternatives, each a row of pattern numbers
    written: tuple[str, ...]
    zone: Zone
    slop: int | None = None
    exact: Callable[[Sequence[str]], bool] | None = None  # None: any spelling; else a look at the words as they stand

    def holds(self, reading: Reading) -> bool:
        """Whether the words stand together somewhere."""
        return next(self._found(reading), None) is not None

    def spans(self, reading: Reading) -> list[Span]:
        """Every place where they do."""
        found = sorted(set(self._found(reading)))
        return [Span(first, last, (Mark(first, last, self.source, self.written),)) for first, last in found]

    def score(self, reading: Reading) -> float:
        """One point when they do."""
        return float(self.holds(reading))

    def needs(self, costs: Costs) -> Needs:
        """Every word of one of the alternatives."""
        rows = [tuple(Need(costs[number], frozenset((number,))) for number in row) for row in self.rows]
        return either(rows)

    def _found(self, reading: Reading) -> Iterator[tuple[int, int]]:
        for row in self.rows:
            if not reading.within(self.zone).issuperset(row):
                continue
            places = [reading.positions(number, self.zone) for number in row]
            for first, last in self._stretches(places, reading.text.title_end):
                if self._spelled(reading, first, last):
                    yield first, last

    def _stretches(self, places: Sequence[Sequence[int]], border: int) -> Iterator[tuple[int, int]]:
        """Find the words together, on either side of the border between title and text."""
        if self.slop is None:
            return ((first, last) for first, last in in_row(places) if (first < border) == (last < border))
        title = [found[: bisect_left(found, border)] for found in places]
        body = [found[bisect_left(found, border) :] for found in places]
        return chain(scattered(title, self.slop), scattered(body, self.slop))

    def _spelled(self, reading: Reading, first: int, last: int) -> bool:
        return self.exact is None or self.exact([reading.text.written(at) for at in range(first, last + 1)])


def in_row(places: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Find where each next word follows the one before directly."""
    later = [set(found) for found in places[1:]]
    for first in places[0]:
        if all(first + step in found for step, found in enumerate(later, 1)):
            yield first, first + len(later)


def scattered(places: Sequence[Sequence[int]], slop: int) -> Iterator[tuple[int, int]]:
    """Find words in any order with at most `slop` others among them; one stretch for each place of the first word."""
    reach = len(places) - 1 + slop
    for first in places[0]:
        near = [found[bisect_left(found, first - reach) : bisect_right(found, first + reach)] for found in places[1:]]
        taken = _choose((first,), sorted(near, key=len), reach)  # the rarest first: it leaves the least to try
        if taken:
            yield min(taken), max(taken)


def _choose(taken: tuple[int, ...], rest: Sequence[Sequence[int]], reach: int) -> tuple[int, ...]:
    """Pick a different place for each remaining word so that all lie within `reach`; () when there is none."""
    if not rest:
        return taken
    for at in rest[0]:
        if (
            at not in taken
            and max(*taken, at) - min(*taken, at) <= reach
            and (full := _choose((*taken, at), rest[1:], reach))
        ):
            return full
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Two clauses near each other, in either order, not sharing a word."""

    source: str
    left: Clause
    right: Clause
    within: int | None  # None: in the same sentence

    def holds(self, reading: Reading) -> bool:
        """Whether they come close anywhere."""
        if not self.left.holds(reading) or not self.right.holds(reading):
            return False
        return next(self._pairs(reading), None) is not None

    def spans(self, reading: Reading) -> list[Span]:
        """The stretches that hold both."""
        found: dict[tuple[int, int], Span] = {}
        for left, right in self._pairs(reading):
            first, last = min(left.first, right.first), max(left.last, right.last)
            found.setdefault((first, last), Span(first, last, left.marks + right.marks))
            if len(found) >= _MOST_SPANS:
                break
        return [found[key] for key in sorted(found)]

    def score(self, reading: Reading) -> float:
        """One point when they do."""
        return float(self.holds(reading))

    def needs(self, costs: Costs) -> Needs:
        """Those of both sides."""
        return self.left.needs(costs) + self.right.needs(costs)

    def _pairs(self, reading: Reading) -> Iterator[tuple[Span, Span]]:
        rights = self.right.spans(reading)
        order = [self._mark(reading, right) for right in rights]
        longest = max((right.last - right.first for right in rights), default=0)
        for left in self.left.spans(reading) if rights else ():
            low, high = self._reach(reading, left, longest)
            for right in rights[bisect_left(order, low) : bisect_right(order, high)]:
                if self._close(reading, left, right):
                    yield left, right

    def _mark(self, reading: Reading, span: Span) -> int:
        return span.first if self.within is not None else reading.text.sentence(span.first)

    def _reach(self, reading: Reading, left: Span, longest: int) -> tuple[int, int]:
        """Between which marks what is close to `left` must begin; asking all pairs would square a long text."""
        if self.within is not None:
            return left.first - self.within - longest, left.last + self.within
        return reading.text.sentence(left.first), reading.text.sentence(left.last)

    def _close(self, reading: Reading, left: Span, right: Span) -> bool:
        before, after = (left, right) if left.first <= right.first else (right, left)
        gap = after.first - before.last
        if gap < 1:
            return False
        if self.within is None:
            return reading.text.sentence(before.first) == reading.text.sentence(after.last)
        border = reading.text.title_end
        return gap <= self.within and (before.last < border) == (after.first < border)


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """All parts; `ordered` has the cheapest to refute first."""

    source: str
    parts: tuple[Clause, ...]
    ordered: tuple[Clause, ...]

    def holds(self, reading: Reading) -> bool:
        """Whether all parts hold."""
        return all(part.holds(reading) for part in self.ordered)

    def spans(self, reading: Reading) -> list[Span]:
        """The places of all parts, when all hold."""
        return merged(self.parts, reading) if self.holds(reading) else []

    def score(self, reading: Reading) -> float:
        """The sum of the parts, when all hold."""
        return sum(part.score(reading) for part in self.parts) if self.holds(reading) else 0.0

    def needs(self, costs: Costs) -> Needs:
        """Those of all parts."""
        return tuple(need for part in self.parts for need in part.needs(costs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least one part."""

    source: str
    parts: tuple[Clause, ...]

    def holds(self, reading: Reading) -> bool:
        """Whether a part holds."""
        return any(part.holds(reading) for part in self.parts)

    def spans(self, reading: Reading) -> list[Span]:
        """The places of all parts that hold."""
        return merged(self.parts, reading)

    def score(self, reading: Reading) -> float:
        """The sum of the parts that hold."""
        return sum(part.score(reading) for part in self.parts)

    def needs(self, costs: Costs) -> Needs:
        """What one of the parts needs."""
        return either([part.needs(costs) for part in self.parts])


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The part does not hold; brings no points and has no place."""

    source: str
    part: Clause

    def holds(self, reading: Reading) -> bool:
        """Whether the part does not."""
        return not self.part.holds(reading)

    def spans(self, _reading: Reading) -> list[Span]:
        """None: what is absent stands nowhere."""
        return []

    def score(self, _reading: Reading) -> float:
        """None."""
        return 0.0

    def needs(self, _costs: Costs) -> Needs:
        """None: it is met by absence."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The part, for so many points."""

    source: str
    part: Clause
    points: float

    def holds(self, reading: Reading) -> bool:
        """Whether the part does."""
        return self.part.holds(reading)

    def spans(self, reading: Reading) -> list[Span]:
        """Where the part does; what counts against a match is no place of it."""
        return self.part.spans(reading) if self.points >= 0 else []

    def score(self, reading: Reading) -> float:
        """The points, once, when it holds."""
        return self.points if self.part.holds(reading) else 0.0

    def needs(self, costs: Costs) -> Needs:
        """Those of the part."""
        return self.part.needs(costs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A test of the article itself: its source, language, age and the like."""

    source: str
    test: Callable[[Reading], bool] = field(repr=False)

    def holds(self, reading: Reading) -> bool:
        """Whether the article passes."""
        return self.test(reading)

    def spans(self, _reading: Reading) -> list[Span]:
        """None: it is not in the text."""
        return []

    def score(self, _reading: Reading) -> float:
        """None: a scope is no evidence."""
        return 0.0

    def needs(self, _costs: Costs) -> Needs:
        """None: no word of the text is needed."""
        return ()


def either(parts: Sequence[Needs]) -> Needs:
    """Join what each of several parts needs to what a text needs that meets one of them.

    (a and b) or (c and d) is (a or c) and (a or d) and (b or c) and (b or d); where that grows too long, the rarest
    need of each part stands for it, which lets more texts through but none less.
    """
    if not all(parts):
        return ()
    if prod(map(len, parts)) > _MOST_NEEDS:
        parts = [(min(needs, key=itemgetter(0)),) for needs in parts]
    return tuple(
        Need(sum(need.cost for need in picked), frozenset().union(*(need.numbers for need in picked)))
        for picked in product(*parts)
    )


def merged(parts: Sequence[Clause], reading: Reading) -> list[Span]:
    """Put the places of several clauses in order."""
    return sorted(span for part in parts for span in part.spans(reading))
