"""What an operator says of one source: header fields, time, a proxy, and where its pages keep what."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from crawler.compose import compose
from crawler.crawl import Crawler
from crawler.pages import read_page
from crawler.sites import Picks, Site, path_of
from news.article import DateFrom, Item, TextFrom
from news.errors import ConfigError, CrawlError
from news.fetch import Outcome, Reason
from news.source import Kind, Source, Validators
from tests.crawler.acts import NOW, open_limits
from tests.crawler.test_pages import BODY, PAGE, page
from tests.crawler.test_sitemaps import PLAIN
from tests.rig import Document, Hit, Rig, feed

T = TypeVar("T")
SECRET = {"Authorization": "Bearer canary"}


def crawl(site: Site, act: Callable[[Crawler], Awaitable[T]], **limits: object) -> T:
    async def run() -> T:
        async with Crawler(open_limits(**limits), sites={"quay": site}) as crawler:
            return await act(crawler)

    return asyncio.run(run())


def quay(url: str, kind: Kind = Kind.FEED) -> Source:
    return Source(name="quay", url=url, kind=kind)


def test_header_fields_go_to_the_sources_own_origin_alone(rig: Rig) -> None:
    rig.serve("/feed", feed(1))
    rig.serve("/a", PAGE)
    rig.serve("/list.xml", PLAIN)
    abroad = rig.url("/list.xml", "127.0.0.2")
    rig.serve("/index.xml", f"<sitemapindex><sitemap><loc>{abroad}</loc></sitemap></sitemapindex>")

    async def act(crawler: Crawler) -> None:
        one = quay(rig.url("/feed"))
        await crawler.listing(one, Validators())
        await crawler.page(rig.url("/a"), one)
        await crawler.page(rig.url("/a", "127.0.0.2"), one)
        await crawler.listing(quay(rig.url("/index.xml"), Kind.SITEMAP), Validators())
        await crawler.listing(Source(name="other", url=rig.url("/feed")), Validators())

    crawl(Site(headers=SECRET), act)
    told = [(hit.host.split(":")[0], hit.path) for hit in rig.hits if "authorization" in hit.headers]
    assert told == [("127.0.0.1", path) for path in ("/feed", "/a", "/index.xml")]


def test_a_site_prints_no_secret() -> None:
    assert "canary" not in repr(Site(headers=SECRET, proxy="http://u:canary@proxy.example:3128"))


def test_a_source_may_have_more_or_less_time(rig: Rig) -> None:
    with pytest.raises(CrawlError, match=r"within 0\.1 s"):
        crawl(
            Site(seconds=0.1), lambda crawler: crawler.listing(quay(rig.url("/hang")), Validators()), feed_seconds=30.0
        )


def test_a_source_is_asked_through_its_proxy_robots_included_and_it_is_said_at_the_start(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    def proxied(hit: Hit) -> Document:
        return Document(body=PAGE.encode()) if "proxy-authorization" in hit.headers else Document(status=407)

    rig.serve("http://10.1.2.3/a", proxied)
    rig.serve("http://10.1.2.3/robots.txt", Document(status=404))
    proxy = rig.url("").replace("http://", "http://desk:canary@")

    async def act(crawler: Crawler) -> str:
        return (await crawler.page("http://10.1.2.3/a", quay("http://10.1.2.3/feed"))).title

    assert crawl(Site(proxy=proxy), act, allow_private_networks=False) == "Joint dock opened"
    assert [hit.path for hit in rig.hits] == ["http://10.1.2.3/robots.txt", "http://10.1.2.3/a"]
    said = str([vars(record) for record in caplog.records])
    assert "proxy_dials_unguarded" in said
    assert "canary" not in said
    with pytest.raises(CrawlError) as caught:
        crawl(Site(), act, allow_private_networks=False)
    assert caught.value.reason == Reason.BLOCKED_ADDRESS


CROOKED = f"""<html><head><title>x</title></head><body><div class="kicker">A joint dock</div>
<div id="when" datetime="2026-02-27T08:00:00Z">yesterday</div><span class="by">Leyla Hasan</span>
<div class="story"><p>First.</p><aside>Read also</aside><p>Second.</p></div><article>{BODY}</article></body></html>"""


@pytest.mark.parametrize(
    "picks",
    [
        Picks(text="div.story", title=".kicker", date="#when", authors="span.by", without="aside"),
        Picks(text="//div[@class='story']/p", title="//div[@class='kicker']/text()", date="//@datetime", authors=".by"),
    ],
)
def test_an_operators_selectors_come_before_all_else(picks: Picks) -> None:
    found = read_page(page(CROOKED, picks=picks))
    assert (found.text, found.title, found.authors) == ("First.\nSecond.", "A joint dock", ("Leyla Hasan",))
    assert (found.published_at, found.date_from) == (datetime(2026, 2, 27, 8, tzinfo=UTC), DateFrom.PICKED)


def test_what_selectors_find_comes_before_what_a_feed_says(rig: Rig) -> None:
    item = Item(
        url="https://quay.example/a",
        title="Feed",
        text="x" * 9000,
        authors=("Feed",),
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    one = Source(name="quay", url="https://quay.example/")
    picks = Picks(text="div.story", title=".kicker", date="#when", authors="span.by", without=".ad")
    found = read_page(page(CROOKED, picks=picks))
    assert found.picked == ("text", "title", "date", "authors")
    article = compose(one, item, found, now=NOW)
    assert (article.title, article.authors) == ("A joint dock", ("Leyla Hasan",))
    assert (article.text, article.text_from) == ("First.\nRead also\nSecond.", TextFrom.PAGE)
    assert (article.published_at, article.date_from) == (datetime(2026, 2, 27, 8, tzinfo=UTC), DateFrom.PICKED)
    article = compose(one, item, read_page(page(CROOKED)), now=NOW)
    assert (article.title, article.text, article.authors) == ("Feed", item.text, ("Feed",))
    assert article.date_from == DateFrom.LISTED


def test_selectors_that_find_nothing_change_nothing() -> None:
    picks = Picks(text=".gone", title=".gone", date=".gone", authors="//gone/@x", without="(count(//p))")
    assert read_page(page(PAGE, picks=picks)) == read_page(page(PAGE))


@pytest.mark.parametrize("selector", ["div..x", "//[", "(", "::::", "p:unknown()"])
def test_a_selector_that_cannot_be_read_is_refused(selector: str) -> None:
    with pytest.raises(ConfigError, match="no CSS selector"):
        path_of(selector)
    assert path_of("//aside") == "//aside"


def test_a_source_that_moved_is_asked_there_and_its_secrets_stay_at_home(rig: Rig) -> None:
    rig.serve("/feed", feed(2))
    abroad = rig.url("/feed", "127.0.0.2")
    one = quay(rig.url("/old"))

    async def act(crawler: Crawler) -> int:
        await crawler.listing(one, Validators(), address=rig.url("/feed"))
        return len((await crawler.listing(one, Validators(), address=abroad)).items)

    assert crawl(Site(headers=SECRET), act) == 2
    assert [(hit.host.split(":")[0], "authorization" in hit.headers) for hit in rig.hits] == [
        ("127.0.0.1", True),
        ("127.0.0.2", False),
    ]


@pytest.mark.parametrize(
    ("headers", "host", "learned"),
    [(SECRET, "127.0.0.2", False), (SECRET, "127.0.0.1", True), ({}, "127.0.0.2", True)],
    ids=["header fields, another site", "header fields, its own site", "another site"],
)
def test_a_move_is_not_learned_where_header_fields_cannot_follow(
    rig: Rig, headers: dict[str, str], host: str, learned: bool
) -> None:
    there = rig.url("/new", host)
    rig.serve("/new", Document(body=feed(2), etag='"1"'))
    old = rig.serve("/old", Document(status=301, headers={"Location": there}))

    async def act(crawler: Crawler) -> list[tuple[str, str]]:
        first = await crawler.listing(quay(old), Validators())
        second = await crawler.listing(quay(old), first.validators)
        assert (len(first.items), second.fetch.outcome) == (2, Outcome.UNCHANGED)
        return [(each.moved_to, each.fetch.detail) for each in (first, second)]

    assert set(crawl(Site(headers=headers), act)) == {(there, "") if learned else ("", NOT_LEARNED.format(there[:-4]))}


NOT_LEARNED = "moved for good to {}, where its header fields do not go: put its new address into sources.yaml"
