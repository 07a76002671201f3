"""A list that moved on between two looks, over real HTTP: what fell out of it is found whatever goes wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving
from tests.flow.test_crash import Assassin, crawl_until_done


@pytest.fixture
def moving() -> Iterator[Site]:
    """A site whose feed of three articles moves on by four more than it holds."""
    start = datetime.now(UTC)
    with Site(feeds=1, hits=frozenset({4}), sitemap=True) as site:
        site.published = lambda item: start - timedelta(hours=9) if item < 3 else datetime.now(UTC)
        yield site


def move_on(site: Site) -> None:
    site.oldest, site.items = 7, 10


def missed(mine: Desk) -> int | None:
    """How many articles the one source is known to miss; None: it is not known to miss any."""
    ((status),) = mine.json("sources", "list")
    gap = status["open_gap"]
    return int(gap["left"]) if gap else None


def test_who_dies_while_it_asks_what_was_missed_asks_again(tmp_path: Path, database_url: str, moving: Site) -> None:
    receiver, assassin = Receiver(), Assassin()
    with receiving(receiver) as hook:
        mine = desk(tmp_path, database_url, moving.feed_urls, hook)
        mine.settings["LEASE"] = "1s"
        mine.json("crawl")
        move_on(moving)
        moving.on_request = lambda path: assassin(path) if path == "/sitemap.xml" else None
        assassin.countdown, assassin.process = 1, mine.running("crawl", "--all")
        assert assassin.process.wait().returncode == -9
        assert len(mine.exported()) == 6, "the list's own news were kept before"
        assert missed(mine) == 0, "the sitemaps were not read yet"
        crawl_until_done(mine)  # the lease of the dead has ended, and nothing is owed
        assert missed(mine) is None
        assert {each["url"] for each in mine.exported()} == moving.article_urls
        assert set(receiver.received.values()) == {1}


def test_missed_articles_whose_pages_fail_are_counted_and_had_with_the_next_look(
    tmp_path: Path, sqlite_url: str, moving: Site
) -> None:
    mine = desk(tmp_path, sqlite_url, moving.feed_urls)
    mine.json("crawl")
    move_on(moving)
    moving.broken = {"/feed/0/4": 503, "/feed/0/5": 404}
    report = mine.json("crawl", "--all")
    assert "4 missed articles found" in report["sources"][0]["fetch"]["detail"]
    assert report["totals"]["new"] == 6
    assert missed(mine) == 1
    assert "1 missed article still to be had" in " ".join(mine.run("sources", "list").split())
    assert "1 missed article still to be had" in mine.run("sources", "show", report["sources"][0]["source"])
    moving.broken.clear()
    assert mine.json("crawl", "--all")["totals"]["new"] == 1
    assert missed(mine) is None
    assert {each["url"] for each in mine.exported()} == moving.article_urls


def test_a_sitemap_that_fails_for_now_is_asked_again_with_the_next_look(
    tmp_path: Path, sqlite_url: str, moving: Site
) -> None:
    mine = desk(tmp_path, sqlite_url, moving.feed_urls)
    mine.json("crawl")
    move_on(moving)
    moving.broken["/sitemap.xml"] = 503
    assert "could not be asked" in mine.json("crawl", "--all")["sources"][0]["fetch"]["detail"]
    assert missed(mine) == 0
    moving.broken.clear()
    assert mine.json("crawl", "--all")["totals"]["new"] == 4
    assert missed(mine) is None
