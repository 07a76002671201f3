"""What a source yields, counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.fetch import Fetch, Outcome
from news.health import Facts, Gathered
from scheduler.figures import figures, lag

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seen(days: float, late: timedelta | None = MINUTE, **fields: object) -> Gathered:
    at = NOW - timedelta(days=days)
    return replace(Gathered(seen_at=at, published_at=None if late is None else at - late), **fields)  # type: ignore[arg-type]


def test_nothing_is_counted_of_nothing() -> None:
    found = figures([], [], Facts(), now=NOW)
    assert (found.articles, found.per_day_week, found.copies, found.known, found.lag) == (0, None, None, None, None)
    assert (found.pages_read, found.quality, found.silence) == (None, None, None)


def test_yield_is_counted_over_the_time_that_the_source_is_watched() -> None:
    crop = [seen(0.1 + day, backlog=False) for day in range(10)] + [seen(10, backlog=True)] * 50
    found = figures(crop, [], Facts(), now=NOW)
    assert found.articles == 10
    assert found.per_day_week == pytest.approx(1)
    assert found.per_day_month == pytest.approx(1), "ten days, not thirty"
    assert figures(crop[:1], [], Facts(), now=NOW).per_day_week is None, "watched for less than a day"


def test_lag_leaves_out_backlog_unsure_and_absurd_dates() -> None:
    news = [seen(1, minutes * MINUTE) for minutes in range(1, 101)]
    odd = [seen(1, None), seen(1, -MINUTE), seen(1, timedelta(days=8))]
    found = lag([*news, *odd])
    assert found is not None
    assert (found.p50, found.p95) == (50 * MINUTE, 95 * MINUTE)
    assert (found.articles, found.left_out) == (100, 3)
    assert lag(odd) is None
    assert figures([seen(2, backlog=True)], [], Facts(), now=NOW).lag is None


def test_lag_of_one_article_is_that_article() -> None:
    found = lag([seen(1, 7 * MINUTE)])
    assert found is not None
    assert found.p50 == found.p95 == 7 * MINUTE


def test_shares_of_copies_known_items_and_pages() -> None:
    crop = [seen(1, copy=True), seen(1, page=True, quality=0.5), seen(1, page=True, quality=0.9), seen(1, page=False)]
    fetches = [Fetch(url="", at=NOW, outcome=Outcome.READ, items=20, new=5)] * 2
    found = figures(crop, fetches, Facts(arrivals=[NOW]), now=NOW)
    assert found.copies == pytest.approx(0.25)
    assert found.known == pytest.approx(0.75)
    assert found.pages == 3
    assert found.pages_read == pytest.approx(2 / 3)
    assert found.quality == pytest.approx(0.7)
    assert found.silence is not None
