"""An item and its page become one article."""

from datetime import timedelta

import pytest

from crawler.compose import compose
from news.article import Item, Page, TextFrom
from news.source import Kind, Source
from tests.crawler.acts import NOW

SOURCE = Source(name="quay", url="https://quay.example/rss", group="ports")
LONG = "Ships came and went all day, and the joint dock was busy. " * 20
ITEM = Item(
    url="https://quay.example/a",
    guid="g",
    title="Dock opened",
    summary="Two ports opened a dock.",
    authors=("Leyla",),
    section="Ports",
    published_at=NOW - timedelta(hours=1),
)
PAGE = Page(
    url="https://www.quay.example/a?x=1",
    title="Dock opened today",
    text=LONG,
    canonical="https://quay.example/news/a",
    authors=("Omar",),
    lang="en",
    section="World",
    published_at=NOW - timedelta(hours=2),
)


def test_the_feeds_facts_come_first_and_the_text_is_the_pages() -> None:
    article = compose(SOURCE, ITEM, PAGE, now=NOW)
    assert (article.title, article.authors, article.section) == ("Dock opened", ("Leyla",), "Ports")
    assert article.published_at == ITEM.published_at
    assert (article.text, article.text_from) == (LONG, TextFrom.PAGE)
    assert (article.aliases, article.canonical) == (("https://www.quay.example/a?x=1",), "https://quay.example/news/a")
    assert (article.source, article.group, article.guid, article.first_seen_at) == ("quay", "ports", "g", NOW)


def test_the_page_fills_what_the_feed_left_out() -> None:
    article = compose(SOURCE, Item(url="https://quay.example/a"), PAGE, now=NOW)
    assert (article.title, article.authors, article.section) == ("Dock opened today", ("Omar",), "World")
    assert (article.published_at, article.lang) == (PAGE.published_at, "en")


def test_a_section_pages_link_words_give_way_to_the_pages_title() -> None:
    source = Source(name="s", url="https://quay.example/", kind=Kind.SECTION)
    assert compose(source, ITEM, PAGE, now=NOW).title == "Dock opened today"
    assert compose(source, ITEM, None, now=NOW).title == "Dock opened"


@pytest.mark.parametrize(
    ("feed", "page", "taken"),
    [
        ("", LONG, TextFrom.PAGE),
        ("A teaser.", LONG, TextFrom.PAGE),
        (LONG[:600], LONG, TextFrom.PAGE),
        (LONG, LONG, TextFrom.FEED),
        (LONG, LONG + "Footer and menu.", TextFrom.FEED),
        (LONG, "A wall.", TextFrom.FEED),
        ("A short note.", "A short note.", TextFrom.PAGE),
    ],
)
def test_the_feeds_text_is_taken_where_it_is_clearly_the_whole(feed: str, page: str, taken: TextFrom) -> None:
    item = Item(url="https://quay.example/a", text=feed)
    assert compose(SOURCE, item, Page(url=item.url, title="t", text=page), now=NOW).text_from == taken


def test_without_a_page_the_text_is_the_feeds_or_the_summary_and_the_note_says_why() -> None:
    article = compose(SOURCE, ITEM, None, now=NOW, note="robots: robots.txt says no")
    assert (article.text, article.text_from) == ("Two ports opened a dock.", TextFrom.SUMMARY)
    assert article.note == "robots: robots.txt says no"
    assert article.aliases == ()
    feeds_only = Source(name="s", url="https://quay.example/rss", full_text=False)
    assert compose(feeds_only, ITEM, None, now=NOW).text_from == TextFrom.FEED


def test_the_operators_language_counts_before_the_publishers_and_the_detected() -> None:
    item = Item(url="https://quay.example/a", title="Two ports opened a joint dock this morning", lang="en-GB")
    assert compose(Source(name="s", url="x", lang="az"), item, PAGE, now=NOW).lang == "az"
    assert compose(SOURCE, item, None, now=NOW).lang == "en"
    german = Item(url="https://quay.example/a", title="Zwei Häfen haben heute früh ein gemeinsames Dock eröffnet")
    assert compose(SOURCE, german, None, now=NOW).lang == "de"


def test_an_article_is_never_without_a_title() -> None:
    assert compose(SOURCE, Item(url="https://quay.example/a"), None, now=NOW).title == "https://quay.example/a"
    assert (
        compose(SOURCE, Item(url="https://quay.example/a", summary="Short news."), None, now=NOW).title == "Short news."
    )
