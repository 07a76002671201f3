"""Where a source is asked, under which conditions, and what its answers teach."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.source import Lease, Validators
from scheduler.asking import conditions, doubted, lie_seen, moved
from tests.scheduler.fakes import NOW, items, lease, listing

SAVED = Validators(etag='"old"', last_modified="Fri, 01 May 2026 09:00:00 GMT", body_hash="abc")
BLIND = Validators(body_hash="abc")
THERE = "https://there.example/feed"


def known(validators: Validators = SAVED, **facts: object) -> Lease:
    return replace(lease(), validators=validators, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("whole_at", "lied_at", "asked_with"),
    [
        (NOW - timedelta(hours=11), None, SAVED),
        (NOW - timedelta(hours=12), None, BLIND),
        (NOW - timedelta(days=9), None, BLIND),
        (NOW + timedelta(days=9), None, BLIND),
        (None, None, BLIND),
        (NOW - timedelta(minutes=5), NOW - timedelta(days=9), BLIND),
    ],
    ids=["seen lately", "twelve hours ago", "days ago", "by a clock set back since", "never seen", "a liar"],
)
def test_unchanged_is_believed_for_twelve_hours(
    whole_at: datetime | None, lied_at: datetime | None, asked_with: Validators
) -> None:
    assert conditions(known(whole_at=whole_at, lied_at=lied_at), NOW) == asked_with


@pytest.mark.parametrize(
    ("saved", "seen", "lies"),
    [
        (SAVED, SAVED, True),
        (Validators(etag='W/"a"'), Validators(etag='"a"'), True),
        (SAVED, replace(SAVED, etag='"new"'), False),
        (SAVED, replace(SAVED, etag=""), False),
        (replace(SAVED, etag=""), replace(SAVED, etag=""), True),
        (replace(SAVED, etag=""), Validators(last_modified="later"), False),
        (Validators(), Validators(), False),
    ],
    ids=["both the same", "weak", "another ETag", "no ETag any more", "no ETag, same date", "another date", "none"],
)
def test_news_under_old_validators_is_a_lie(saved: Validators, seen: Validators, lies: bool) -> None:
    listed = replace(listing(items(1)), validators=replace(seen, body_hash="new"))
    marked = doubted(known(saved), listed)
    assert marked.lied is lies
    assert ("asked without conditions" in marked.fetch.detail) is lies


def test_a_liar_is_called_one_once_and_each_lie_counts() -> None:
    before = replace(listing(items(1)), validators=SAVED)
    again = doubted(known(lied_at=NOW), before)
    assert (again.lied, again.fetch.detail) == (True, before.fetch.detail)


@pytest.mark.parametrize(
    ("lied_at", "lied", "after"),
    [
        (None, False, None),
        (None, True, NOW),
        (NOW - timedelta(days=29), False, NOW - timedelta(days=29)),
        (NOW - timedelta(days=29), True, NOW),
        (NOW - timedelta(days=30), False, None),
        (NOW + timedelta(days=99), False, None),
    ],
    ids=["honest", "found out", "still watched", "it lies again", "a month without a lie", "a clock set back since"],
)
def test_a_server_is_believed_again_after_a_month_without_a_lie(
    lied_at: datetime | None, lied: bool, after: datetime | None
) -> None:
    assert lie_seen(known(lied_at=lied_at), replace(listing(items(1)), lied=lied), NOW) == after


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        (("", 0), "", ("", 0)),
        (("", 0), THERE, (THERE, 1)),
        ((THERE, 1), THERE, (THERE, 2)),
        ((THERE, 2), THERE, (THERE, 3)),
        ((THERE, 2), "", ("", 0)),
        ((THERE, 2), "https://elsewhere.example/", ("https://elsewhere.example/", 1)),
        ((THERE, 3), "", (THERE, 3)),
        ((THERE, 3), "https://elsewhere.example/", ("https://elsewhere.example/", 1)),
    ],
    ids=[
        "stays",
        "moves",
        "moves twice",
        "moves for the third time",
        "comes back",
        "changes its mind",
        "answers where it moved to",
        "moves on",
    ],
)
def test_three_answers_in_a_row_move_a_source(before: tuple[str, int], answer: str, after: tuple[str, int]) -> None:
    held = known(moved_to=before[0], moved_times=before[1])
    assert held.address == (THERE if before[1] == 3 else held.source.url)
    assert moved(held, replace(listing([]), moved_to=answer)) == after
