"""A list that moved on between two looks, over real HTTP: what fell out of it is found whatever goes wrong."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving
from tests.flow.test_backfill import page
from tests.flow.test_crash import Assassin, crawl_until_done
from tests.rig import Rig, running


@pytest.fixture
def moving() -> Iterator[Site]:
    """A site whose feed of three articles moves on by four more than it holds."""
    start = datetime.now(UTC)
    with Site(feeds=1, hits=frozenset({4}), sitemap=True) as site:
        site.published = lambda item: start - timedelta(hours=9) if item < 3 else datetime.now(UTC)
        yield site


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A site of any addresses."""
    with running("127.0.0.1") as site:
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


NUMBERED = [*range(100, 110), *range(200, 206), *range(300, 310)]


def numbered(site: str, numbers: Iterable[int]) -> bytes:
    """A feed of articles whose addresses say nothing but a number."""
    entries = "".join(f"<item><title>Harbour {n}</title><link>{site}/a/{n}</link></item>" for n in numbers)
    return f'<rss version="2.0"><channel><title>Here</title>{entries}</channel></rss>'.encode()


def named(site: str, paths: Iterable[str]) -> bytes:
    """A plain sitemap: addresses, and that they were changed just now."""
    now = datetime.now(UTC).isoformat()
    entries = "".join(f"<url><loc>{site}{path}</loc><lastmod>{now}</lastmod></url>" for path in paths)
    return f"<urlset>{entries}</urlset>".encode()


def test_what_was_missed_is_known_by_the_addresses_of_the_list_and_what_is_like_none_is_counted(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    site = rig.url("")
    for number in NUMBERED:
        rig.serve(f"/a/{number}", page(f"Harbour {number}", f"{number}"))
    mine = desk(tmp_path, sqlite_url, [rig.serve("/feed", numbered(site, range(100, 110)))])
    mine.json("crawl")
    rig.serve("/feed", numbered(site, range(300, 310)))
    paths = [*(f"/a/{number}" for number in NUMBERED[10:]), "/a/live", "/imprint"]
    rig.serve("/sitemap.xml", named(site, paths))
    detail = mine.json("crawl", "--all")["sources"][0]["fetch"]["detail"]
    assert "6 missed articles found in the site's sitemaps" in detail
    assert "2 addresses that look like no articles were left out: give the source `links`" in detail
    assert {each["url"] for each in mine.exported()} == {f"{site}/a/{number}" for number in NUMBERED}
