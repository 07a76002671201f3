"""A run's report: every listed item is new, known, put off or could not be had."""

from datetime import UTC, datetime

import pytest

from news.article import Kept
from news.fetch import Fetch, Outcome
from scheduler.report import Report, total

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def report(items: int, **fields: object) -> Report:
    fetch = Fetch(url="", at=NOW, outcome=Outcome.READ, items=items)
    return Report(**{"source": "gazette", "fetch": fetch, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "known"),
    [
        (report(20), 20),
        (report(20, kept=Kept(new=5, copies=2)), 15),
        (report(20, kept=Kept(new=5, known=1, revised=2)), 13),
        (report(20, kept=Kept(new=5), left=10, missed=1), 4),
        (report(0), 0),
    ],
    ids=["nothing new", "some new", "found known late, or revised", "put off", "unchanged"],
)
def test_known_items_are_those_that_nothing_else_became_of(of: Report, known: int) -> None:
    assert of.known == known


def test_refused_pages_are_told_from_failed_ones() -> None:
    of = report(5, unread=("robots", "timeout", "consent_wall", "robots", "http_4xx", "robot_check"))
    assert of.refused == ["robots", "consent_wall", "robots", "robot_check"]
    assert of.broken == ["timeout", "http_4xx"]
    assert (total([of, of]).refused, total([of]).unread, total([of]).known) == (8, 6, 5)
