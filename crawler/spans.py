"""Spans of time, and which one an address names: a sitemap's month, an article's day. Pure."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

_TICK = timedelta(microseconds=1)
_YEAR = r"(?<!\d)((?:19|20)\d{2})"
_PADDED = re.compile(rf"{_YEAR}([-_/.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)")
_UNPADDED = re.compile(rf"{_YEAR}[-_/](\d{{1,2}})(?!\d)")
_PART_OF_MONTH = re.compile(rf"{_YEAR}([-_/.])(?:0[1-9]|1[0-2])\2\d(?!\d)")  # 2019-03-2 is no day: days have two digits
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?<![a-z])({'|'.join(_MONTHS)})[a-z]{{0,6}}"
_NAMED = re.compile(rf"{_YEAR}[-_/]?{_MONTH}|{_MONTH}[-_/]?((?:19|20)\d{{2}})(?!\d)")
_QUERY = re.compile(r"(?:^|&)(y{1,4}|year|m{1,2}|month|d{1,2}|day)=(\d{1,4})(?=&|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends included."""

    first: datetime
    last: datetime

    def meets(self, other: "Span") -> bool:
        """Say whether the two have a moment in common."""
        return self.first <= other.last and other.first <= self.last

    def inside(self, other: "Span") -> bool:
        """Say whether all of this is in the other."""
        return other.first <= self.first and self.last <= other.last

    def wider(self, by: timedelta) -> "Span":
        """Return the span with so much more at either end."""
        return Span(self.first - by, self.last + by)


def calendar_span(year: int, month: int = 0, day: int = 0) -> Span | None:
    """Return a year, a month or a day, in UTC; None where there is no such one."""
    try:
        first = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return Span(first, first + timedelta(days=1) - _TICK)
        last = datetime(year, month or 12, monthrange(year, month or 12)[1], tzinfo=UTC)
        return Span(first, last + timedelta(days=1) - _TICK)
    except (ValueError, OverflowError):
        return None


def span_of(url: str) -> Span | None:
    """Return the day or month that an article's address holds; None for none."""
    return next(_padded(_text(url)), None)


def named_spans(urls: Iterable[str], now: datetime) -> Mapping[str, Span]:
    """Return what each list of a sitemap index covers by its name: `posts-2019-03.xml`, `?yyyy=2019&mm=3`, `2019.xml`.

    A number alone may count lists rather than years; those that differ in their numbers only are judged together.
    """
    texts = {url: _text(url) for url in urls}
    alike: dict[str, list[str]] = defaultdict(list)
    for text in texts.values():
        alike[re.sub(r"\d+", "#", text)].append(text)
    reads = {text: span for group in alike.values() for text, span in _read_alike(group, now)}
    return {url: reads[text] for url, text in texts.items() if text in reads}


def _text(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return unquote(f"{parts.path}?{parts.query}").lower()


def _read_alike(group: list[str], now: datetime) -> Iterator[tuple[str, Span]]:
    """Read names that differ in their numbers only, all in one way."""
    in_parts = any(_PART_OF_MONTH.search(text) for text in group)
    months = {int(found[2]) for text in group for found in _UNPADDED.finditer(text)}
    by_month = bool(months) and max(months) in {10, 11, 12} and min(months) >= 1
    years = [int(number) for text in group for number in re.findall(r"\d+", text)[:1]]
    by_year = bool(years) and all(1980 <= year <= now.year + 1 for year in years)
    for text in group:
        spans = list(_padded(text, days=not in_parts)) or list(_other(text, by_month=by_month, by_year=by_year))
        if spans:
            yield text, Span(min(span.first for span in spans), max(span.last for span in spans))


def _padded(text: str, *, days: bool = True) -> Iterator[Span]:
    for found in _PADDED.finditer(text):
        span = calendar_span(int(found[1]), int(found[3]), int(found[4] or 0) if days else 0)
        if span is not None:
            yield span


def _other(text: str, *, by_month: bool, by_year: bool) -> Iterator[Span]:
    """Read the rarer forms, the surest first."""
    named, unpadded, year = _NAMED.search(text), _UNPADDED.search(text), re.search(rf"{_YEAR}(?!\d)", text)
    asked = {name[0]: int(number) for name, number in _QUERY.findall(text.partition("?")[2])}
    if "y" in asked:
        span = calendar_span(asked["y"], asked.get("m", 0), asked.get("d", 0) if "m" in asked else 0)
    elif named:
        month = _MONTHS.index(named[2] or named[3]) + 1
        span = calendar_span(int(named[1] or named[4]), month)
    elif unpadded and by_month:
        span = calendar_span(int(unpadded[1]), int(unpadded[2]))
    else:
        span = calendar_span(int(year[1])) if year and by_year else None
    if span is not None:
        yield span
