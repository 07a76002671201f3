"""What a replayed day shows, in figures. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from news.article import Item
from tests.replay.conversation import Request
from tests.replay.day import Day
from tests.replay.newsroom import Outlet, Rhythm
from tests.replay.time import MIDNIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class of sources."""

    rhythm: Rhythm
    sources: int
    published: int  # on the day
    polls: float  # of one source
    lag_p50: float | None  # minutes from published to seen; None: nothing was
    lag_p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The report of a day."""

    sources: int
    hosts: int
    requests: int
    by_host: Mapping[str, int]  # requests, the busiest host first
    refused: int  # requests that ended in no list and no "unchanged"
    busiest_hour: int  # requests
    smallest_gap: float  # seconds, from the beginning of one request to a host to that of the next
    overlaps: int  # requests to a host that began while another was under way
    published: int  # on the day, until each source was last read
    seen: int
    missed: int  # listed in an answer, and not kept
    fell_out: int  # came and went between two looks, and are not kept
    caught_up: int  # came and went between two looks, and were found in a sitemap
    unrecorded: Sequence[str]  # sources that lost items so, and have no gap on record
    gaps: int  # on record
    stories: int
    articles: int
    classes: Sequence[Class]


def figures(press: Sequence[Outlet], day: Day) -> Figures:
    """Count what a day came to."""
    seen_at = {row[0]: row[3] for row in day.articles}
    asked = _by(day.requests, lambda each: each.host)
    read = _by((each for each in day.requests if each.saw), lambda each: each.source)
    fates = [_fate(outlet, [each.saw for each in read[outlet.source.name]], seen_at) for outlet in press]
    gapped = {row[0] for row in day.fetches if row[7]}
    starts = [later.at - sooner.at for each in asked.values() for sooner, later in pairwise(each)]
    return Figures(
        sources=len(press),
        hosts=len(asked),
        requests=len(day.requests),
        by_host=dict(Counter(each.host for each in day.requests).most_common()),
        refused=sum(each.status not in {200, 301, 304} for each in day.requests),
        busiest_hour=max(Counter(each.at.replace(minute=0, second=0, microsecond=0) for each in day.requests).values()),
        smallest_gap=min(starts).total_seconds(),
        overlaps=sum(later.at < sooner.until for each in asked.values() for sooner, later in pairwise(each)),
        published=sum(len(each.published) for each in fates),
        seen=sum(item.url in seen_at for each in fates for item in each.published),
        missed=sum(len(each.missed) for each in fates),
        fell_out=sum(len(each.fell_out) for each in fates),
        caught_up=sum(each.caught_up for each in fates),
        unrecorded=[each.name for each in fates if each.fell_out and each.name not in gapped],
        gaps=sum(row[7] for row in day.fetches),
        stories=len({row[2] for row in day.articles}),
        articles=len(day.articles),
        classes=[_class(rhythm, press, day, seen_at) for rhythm in Rhythm],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    name: str
    published: Sequence[Item]
    missed: Sequence[Item]
    fell_out: Sequence[Item]
    caught_up: int


def _fate(outlet: Outlet, looks: Sequence[int], seen_at: dict[str, datetime]) -> _Fate:
    """What became of a source's items: those that were out when it was first read are its backlog and not counted.

    looks: how many items were out at each.
    """
    if not looks:
        return _Fate(name=outlet.source.name, published=(), missed=(), fell_out=(), caught_up=0)
    listed = {number for saw in looks for number in range(max(0, saw - outlet.window), saw)}
    ours = range(looks[0], looks[-1])
    lost = [outlet.items[number] for number in ours if number not in listed]
    return _Fate(
        name=outlet.source.name,
        published=[outlet.items[number] for number in ours],
        missed=[outlet.items[number] for number in sorted(listed) if outlet.items[number].url not in seen_at],
        fell_out=[item for item in lost if item.url not in seen_at],
        caught_up=sum(item.url in seen_at for item in lost),
    )


def _class(rhythm: Rhythm, press: Sequence[Outlet], day: Day, seen_at: dict[str, datetime]) -> Class:
    outlets = [outlet for outlet in press if outlet.rhythm is rhythm]
    names = {outlet.source.name for outlet in outlets}
    begun = MIDNIGHT + timedelta(hours=1)  # what is out by then may be backlog
    lags = sorted(
        (seen_at[item.url] - at).total_seconds() / 60
        for outlet in outlets
        for item, at in zip(outlet.items, outlet.times, strict=True)
        if at >= begun and item.url in seen_at
    )
    return Class(
        rhythm=rhythm,
        sources=len(outlets),
        published=sum(at >= MIDNIGHT for outlet in outlets for at in outlet.times),
        polls=sum(row[0] in names for row in day.fetches) / len(outlets),
        lag_p50=_quantile(lags, 0.5),
        lag_p95=_quantile(lags, 0.95),
    )


def _quantile(values: Sequence[float], share: float) -> float | None:
    return values[int(share * (len(values) - 1))] if values else None


def _by(requests: Iterable[Request], key: Callable[[Request], str]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = defaultdict(list)
    for each in sorted(requests, key=lambda each: each.at):
        found[key(each)].append(each)
    return found
