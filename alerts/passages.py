"""Cut out of an article the passages that met a query, with the matched words marked; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.plain import clean
from news.topic import Place

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of text; `hit`: it is part of what matched."""

    text: str
    hit: bool = False


Passage = tuple[Run, ...]


def marked(text: str, places: Iterable[Place], *, zone: str, limit: int = 300) -> Passage:
    """The beginning of a zone, with its matched words marked."""
    end = _word_end(text, limit) if len(text) > limit else len(text)
    return _cut(text, (0, end), _spans(places, zone, len(text)))


def passages(text: str, places: Iterable[Place], *, around: int = 140, most: int = 3) -> tuple[Passage, ...]:
    """The first places of the article's text, each with its surroundings; passages that meet become one."""
    spans = _spans(places, "text", len(text))
    windows = _merge((_word_start(text, start - around), _word_end(text, end + around)) for start, end in spans)
    return tuple(_cut(text, _shorten(text, window), spans) for window in windows[:most])


def beginning(text: str, limit: int = 280) -> tuple[Passage, ...]:
    """The first words of a text in which nothing was found; nothing of an empty one."""
    return (marked(text, (), zone="text", limit=limit),) if text.strip() else ()


_LONGEST = 900  # characters of one passage


def _shorten(text: str, window: Span) -> Span:
    start, end = window
    return (start, _word_end(text, start + _LONGEST)) if end - start > _LONGEST else window


def _spans(places: Iterable[Place], zone: str, length: int) -> Sequence[Span]:
    """Places of a zone as merged spans; a place outside the text (it was cut since) marks nothing."""
    return _merge((p.start, p.end) for p in places if p.zone == zone and 0 <= p.start < p.end <= length)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _word_start(text: str, at: int) -> int:
    """The start of a word near `at`, so that no passage begins within one; at most 30 characters to the right."""
    if at <= 0:
        return 0
    return next((i for i in range(at, min(at + 30, len(text))) if text[i - 1].isspace()), at)


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    return next((i for i in range(at, max(at - 30, 0), -1) if text[i].isspace()), at)


def _cut(text: str, window: Span, spans: Sequence[Span]) -> Passage:
    """The text of a window in runs, with an ellipsis where it was cut off."""
    first, last = window
    runs = [Run(text="… ")] if first > 0 else []
    at = first
    for start, end in spans:
        if end <= first or start >= last:
            continue
        runs += [Run(text=clean(text[at:start])), Run(text=clean(text[max(start, at) : min(end, last)]), hit=True)]
        at = min(end, last)
    runs.append(Run(text=clean(text[at:last]) + (" …" if last < len(text) else "")))
    return tuple(run for run in runs if run.text)
