"""Regular expressions in queries, by RE2: linear time whatever the pattern and the text."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import re2

from topics.clauses import Costs, Mark, Needs, Span
from topics.reading import Reading
from topics.tree import Zone

_MEMORY = 1 << 20
_MOST_HITS = 200  # of one pattern in one text


class _Found(Protocol):
    def span(self) -> tuple[int, int]: ...


class RE2(Protocol):
    """The part of a compiled RE2 pattern that we use."""

    def finditer(self, text: str) -> Sequence[_Found]:
        """Find all hits, left to right."""
        ...


def compile_regex(pattern: str) -> RE2:
    """Compile a pattern, capitals forgiven. Raises ValueError with RE2's own words."""
    options = re2.Options()
    options.log_errors, options.case_sensitive, options.max_mem = False, False, _MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise ValueError(said.decode() if isinstance(said, bytes) else str(said)) from error
    if compiled.search(""):
        raise ValueError("it matches the empty text, so it would hit every article")
    return cast("RE2", compiled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pierced:
    """A regular expression tried on the title and the text as stored."""

    source: str
    number: int  # the key in a reading's memo
    regex: RE2 = field(repr=False)
    zone: Zone

    def holds(self, reading: Reading) -> bool:
        """Whether it is met in the zone."""
        return bool(self.spans(reading))

    def spans(self, reading: Reading) -> list[Span]:
        """The words that its hits touch."""
        known = reading.memo.get(self.number)
        if known is None:
            low, high = reading.bounds(self.zone)
            found = [Span(a, b, (Mark(a, b, self.source),)) for a, b in self._hits(reading) if low <= a and b < high]
            known = reading.memo[self.number] = found
        return cast("list[Span]", known)

    def _hits(self, reading: Reading) -> list[tuple[int, int]]:
        text, border = reading.text, reading.text.title_end
        return _touched(self.regex, text.article.title, text.spans[:border], 0) + _touched(
            self.regex, text.body, text.spans[border:], border
        )

    def score(self, reading: Reading) -> float:
        """One point when it is met."""
        return float(self.holds(reading))

    def needs(self, _costs: Costs) -> Needs:
        """None: nobody knows which words it meets."""
        return ()


def _touched(regex: RE2, text: str, spans: Sequence[tuple[int, int]], base: int) -> list[tuple[int, int]]:
    """Turn hits in characters into the positions of the first and last word they touch."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    found = []
    for hit, _ in zip(regex.finditer(text), range(_MOST_HITS), strict=False):
        start, end = hit.span()
        first, last = bisect_right(ends, start), bisect_right(starts, end - 1) - 1
        if first <= last:
            found.append((base + first, base + last))
    return found
