"""Where a source is asked, under which conditions, and what its answers teach."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.source import Lease, Validators
from scheduler.asking import conditions, doubted, moved
from tests.scheduler.fakes import NOW, items, lease, listing

SAVED = Validators(etag='"old"', last_modified="Fri, 01 May 2026 09:00:00 GMT", body_hash="abc")
BLIND = Validators(body_hash="abc")
THERE = "https://there.example/feed"


def known(validators: Validators = SAVED, **facts: object) -> Lease:
    return replace(lease(), validators=validators, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("whole_at", "conditional", "asked_with"),
    [
        (NOW - timedelta(hours=11), True, SAVED),
        (NOW - timedelta(hours=12), True, BLIND),
        (NOW - timedelta(days=9), True, BLIND),
        (NOW + timedelta(days=9), True, BLIND),
        (None, True, BLIND),
        (NOW - timedelta(minutes=5), False, BLIND),
    ],
    ids=["seen lately", "twelve hours ago", "days ago", "by a clock set back since", "never seen", "a liar"],
)
def test_unchanged_is_believed_for_twelve_hours(
    whole_at: datetime | None, conditional: bool, asked_with: Validators
) -> None:
    assert conditions(known(whole_at=whole_at, conditional=conditional), NOW) == asked_with


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


def test_a_liar_is_called_one_once() -> None:
    assert not doubted(known(conditional=False), replace(listing(items(1)), validators=SAVED)).lied


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
