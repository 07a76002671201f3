"""What a source yields, in figures: pure arithmetic over what it brought and how its fetches ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from news.fetch import Fetch
from news.health import Facts, Gathered
from scheduler.health import Silence, silence

WINDOW = timedelta(days=30)
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_ABSURD = timedelta(days=7)  # an article dated longer ago was found late, or is dated wrongly


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """From publication to the moment we saw it."""

    p50: timedelta
    p95: timedelta
    articles: int  # that it rests on
    left_out: int  # whose date is missing, unsure or absurd


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A source in figures; None where there is nothing to count. Shares are from 0 to 1."""

    articles: int = 0  # in the last 30 days, without the backlog of the first look
    per_day_week: float | None = None
    per_day_month: float | None = None
    copies: float | None = None  # share of new articles that joined an existing story
    known: float | None = None  # share of listed items that were known, over the last fetches
    lag: Lag | None = None
    pages: int = 0  # that were wanted
    pages_read: float | None = None
    quality: float | None = None  # median over the pages read
    silence: Silence | None = None


def figures(crop: Sequence[Gathered], fetches: Sequence[Fetch], facts: Facts, *, now: datetime) -> Figures:
    """Count what a source brought in the last 30 days, newest first, and what its last fetches listed."""
    news = [each for each in crop if not each.backlog]
    pages = [each for each in crop if each.page is not None]
    listed = sum(fetch.items for fetch in fetches)
    watched = now - min((each.seen_at for each in crop), default=now)
    return Figures(
        articles=len(news),
        per_day_week=_per_day(news, now, _WEEK, watched),
        per_day_month=_per_day(news, now, WINDOW, watched),
        copies=_share([each.copy for each in news]),
        known=1 - sum(fetch.new for fetch in fetches) / listed if listed else None,
        lag=lag(news),
        pages=len(pages),
        pages_read=_share([bool(each.page) for each in pages]),
        quality=median(known) if (known := [each.quality for each in pages if each.quality is not None]) else None,
        silence=silence(facts.arrivals) if facts.arrivals else None,
    )


def lag(news: Sequence[Gathered]) -> Lag | None:
    """The median and the 95th percentile of what has a sure and credible date; None: nothing has."""
    spans = sorted(each.seen_at - each.published_at for each in news if each.published_at is not None)
    credible = [span for span in spans if timedelta(0) <= span <= _ABSURD]
    if not credible:
        return None
    count = len(credible)
    return Lag(p50=_at(credible, 0.5), p95=_at(credible, 0.95), articles=count, left_out=len(news) - count)


def _at(ordered: Sequence[timedelta], share: float) -> timedelta:
    """The smallest value that so large a share does not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def _per_day(news: Sequence[Gathered], now: datetime, span: timedelta, watched: timedelta) -> float | None:
    """Articles a day over a span, or over the time that the source is watched, once that is a day."""
    if watched < _DAY:
        return None
    return sum(each.seen_at > now - span for each in news) / (min(span, watched) / _DAY)


def _share(marks: Sequence[bool]) -> float | None:
    return sum(marks) / len(marks) if marks else None
