"""When a page is read again, and what of it is believed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.article import Article, DateFrom, Prepared, TextFrom
from news.reread import Which
from news.source import Kind
from scheduler.report import Report, Revisited, detail
from scheduler.reread import dated, hidden, is_wanted, listed_as, next_date
from tests.scheduler.fakes import NOW, StillClock, source
from tests.scheduler.test_report import report
from tests.storage.press import match

LONG = "The council met in the harbour and agreed on a budget for the ferry. " * 12
ARTICLE = Article(
    url="https://s.example/1", title="Title", text=LONG, first_seen_at=NOW, text_from=TextFrom.PAGE, source="s"
)


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (hours(0), hours(1)),
        (hours(0.99), hours(1)),
        (hours(1), hours(24)),
        (hours(23.9), hours(24)),
        (hours(24), None),
        (hours(500), None),
        (hours(-5), hours(1)),
    ],
    ids=["kept", "too early", "an hour", "late", "a day", "long gone", "a clock set back"],
)
def test_page_is_read_after_an_hour_and_a_day(now: datetime, then: datetime | None) -> None:
    assert next_date(NOW, now) == then


@pytest.mark.parametrize(
    ("which", "fields", "topics", "wanted"),
    [
        (Which.MATCHED, {}, ["a"], True),
        (Which.MATCHED, {}, [], False),
        (Which.ALL, {}, [], True),
        (Which.NONE, {}, ["a"], False),
        (Which.ALL, {"text_from": TextFrom.FEED}, ["a"], False),
        (Which.ALL, {"text_from": TextFrom.SUMMARY}, ["a"], False),
        (Which.ALL, {"own_link": False}, ["a"], False),
    ],
    ids=["matched", "not matched", "all", "none", "the feed's own text", "page never had", "somebody else's page"],
)
def test_setting_and_origin_of_the_text_say_whose_page_it_is(
    which: Which, fields: dict[str, object], topics: list[str], wanted: bool
) -> None:
    article = replace(ARTICLE, **fields)  # type: ignore[arg-type]
    prepared = Prepared(article=article, tokens=(), matches=[match(topic) for topic in topics])
    assert is_wanted(which, prepared) is wanted
    made = dated(lambda _article: prepared, which, StillClock())(article)
    assert made.reread_at == (hours(1) if wanted else None)


@pytest.mark.parametrize(
    ("after", "word"),
    [
        ({"text": LONG.replace("budget", "loan")}, ""),
        ({"text": LONG * 3}, ""),
        ({"text": LONG[: len(LONG) // 2]}, ""),
        ({"text": LONG[: len(LONG) // 4]}, "little"),
        ({"text": LONG[: len(LONG) // 2], "paywalled": True}, "paywall"),
        ({"text": LONG * 2, "paywalled": True}, ""),
        ({"text": "Subscribe for unlimited access, cancel at any time, sign in, member."}, "login_wall"),
    ],
    ids=["a word", "it grew", "cut by half", "a teaser", "a paywall", "a paywall that hides nothing", "a wall"],
)
def test_what_hides_an_article_is_no_correction(after: dict[str, object], word: str) -> None:
    changed = replace(ARTICLE, **after)  # type: ignore[arg-type]
    found = hidden(ARTICLE, changed, changed.text.casefold().split())
    assert (word in found) if word else not found


def test_short_flash_may_become_shorter() -> None:
    flash = replace(ARTICLE, text="Ferry aground, forty people on board, says the coast guard.")
    assert hidden(flash, replace(flash, text="Ferry afloat."), ["ferry"]) == ""


def test_paywalled_article_may_change_behind_its_paywall() -> None:
    paid = replace(ARTICLE, paywalled=True)
    assert hidden(paid, replace(paid, text=LONG[:700]), ["x"]) == ""


def test_what_a_page_said_is_asked_of_the_page_again() -> None:
    dated_by_page = replace(ARTICLE, published_at=NOW, date_from=DateFrom.META)
    assert listed_as(dated_by_page, source()).published_at is None
    assert listed_as(replace(dated_by_page, date_from=DateFrom.LISTED), source()).published_at == NOW
    assert listed_as(ARTICLE, source()).title == "Title"
    assert listed_as(ARTICLE, replace(source(), kind=Kind.ADDRESSES)).title == ""


@pytest.mark.parametrize(
    ("reread", "words"),
    [
        (Revisited(), ""),
        (Revisited(pages=1), "1 page read again: nothing changed"),
        (Revisited(pages=5, revised=2, gone=1, unread=1), "5 pages read again: 2 changed, 1 gone, 1 not to be had now"),
    ],
    ids=["none", "the same", "all sorts"],
)
def test_report_says_what_came_of_it(reread: Revisited, words: str) -> None:
    of: Report = report(0, reread=reread)
    assert detail(of) == words
