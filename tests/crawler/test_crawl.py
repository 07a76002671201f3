"""Sources and pages over real HTTP, through the whole crawler."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.crawl import Crawler, in_a_word
from crawler.settings import Limits
from news.article import Listing
from news.errors import CrawlError
from news.fetch import Outcome, Reason
from news.source import Kind, Source, Validators
from tests.crawler.acts import ManualClock, open_limits
from tests.crawler.test_pages import PAGE, SECTION
from tests.crawler.test_sitemaps import NEWS, PLAIN
from tests.rig import LONG_FEED, Document, Hit, Rig, feed

T = TypeVar("T")


def crawl(act: Callable[[Crawler], Awaitable[T]], limits: Limits | None = None) -> T:
    async def run() -> T:
        async with Crawler(limits or open_limits()) as crawler:
            return await act(crawler)

    return asyncio.run(run())


def listings(source: Source, times: int = 1, validators: Validators | None = None) -> list[Listing]:
    """List a source several times, each time with the validators of the time before."""

    async def act(crawler: Crawler) -> list[Listing]:
        found, seen = [], validators or Validators()
        for _ in range(times):
            found.append(await crawler.listing(source, seen))
            seen = found[-1].validators
        return found

    return crawl(act)


def failing(act: Callable[[Crawler], Awaitable[object]], limits: Limits | None = None) -> CrawlError:
    with pytest.raises(CrawlError) as caught:
        crawl(act, limits)
    return caught.value


def source(url: str, kind: Kind = Kind.FEED, links: str = "") -> Source:
    return Source(name="quay", url=url, kind=kind, links=links)


def test_a_feed_is_listed_and_answers_304_the_second_time(rig: Rig) -> None:
    url = rig.serve("/feed", Document(body=feed(3), etag='"a"', last_modified="Sun, 01 Mar 2026 12:00:00 GMT"))
    first, second = listings(source(url), 2)
    assert [item.guid for item in first.items] == ["harbour-0", "harbour-1", "harbour-2"]
    assert (first.title, first.fetch.outcome, first.fetch.items, first.fetch.status) == (
        "The Quay",
        Outcome.READ,
        3,
        200,
    )
    assert first.fetch.size == len(feed(3))
    assert (second.items, second.fetch.outcome, second.fetch.status) == ((), Outcome.UNCHANGED, 304)
    assert second.validators == first.validators
    assert rig.hits[1].headers["if-none-match"] == '"a"'


def test_a_feeds_connection_is_not_kept_and_a_pages_is(rig: Rig) -> None:
    rig.serve("/a", PAGE)
    one = source(rig.serve("/feed", feed(1)))

    async def act(crawler: Crawler) -> None:
        for _ in range(3):
            await crawler.listing(one, Validators())
            await crawler.page(rig.url("/a"), one)

    crawl(act)
    assert rig.connections == 4  # three for the feed, one for robots.txt and every page


def test_feeds_of_one_host_share_a_connection_while_they_stand_in_line(rig: Rig) -> None:
    for number in range(20):
        rig.serve(f"/{number}", feed(1))

    async def act(crawler: Crawler) -> None:
        ones = (source(rig.url(f"/{number}")) for number in range(20))
        await asyncio.gather(*(crawler.listing(one, Validators()) for one in ones))

    crawl(act)
    assert rig.connections <= 3


def test_the_same_bytes_without_validators_are_unchanged_too(rig: Rig) -> None:
    first, second = listings(source(rig.serve("/feed", feed(3))), 2)
    assert first.validators.body_hash
    assert (second.items, second.fetch.outcome, second.fetch.status) == ((), Outcome.UNCHANGED, 200)


def test_the_same_bytes_under_a_new_etag_bring_the_new_etag(rig: Rig) -> None:
    etags = iter(('"a"', '"b"'))
    url = rig.serve("/feed", lambda _: Document(body=feed(1), headers={"ETag": next(etags)}))
    assert [listing.validators.etag for listing in listings(source(url), 2)] == ['"a"', '"b"']


def test_what_is_over_the_limit_is_said(rig: Rig) -> None:
    listing = crawl(
        lambda crawler: crawler.listing(source(rig.serve("/feed", feed(9))), Validators()), open_limits(items=5)
    )
    assert (len(listing.items), listing.surplus) == (5, 4)
    assert "4 items over the limit" in listing.fetch.detail


@pytest.mark.parametrize("path", ["/length/short", "/gzip/cut"])
def test_a_feed_cut_short_is_read_but_its_validators_are_not_kept(rig: Rig, path: str) -> None:
    (listing,) = listings(source(rig.url(path)))
    assert 10 < len(listing.items) < 300
    assert listing.validators == Validators()
    assert "cut short" in listing.fetch.detail
    assert listing.fetch.outcome == Outcome.READ


def test_after_a_feed_was_cut_short_every_item_is_there_the_next_time(rig: Rig) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    whole = packer.compress(LONG_FEED) + packer.flush()
    bodies = iter((whole[:-200], whole, whole))
    packed = {"Content-Encoding": "gzip"}
    url = rig.serve("/feed", lambda _: Document(body=next(bodies), headers=packed))
    first, second, third = listings(source(url), 3)
    assert len(first.items) < 300
    assert len({*first.items, *second.items}) == 300
    assert third.fetch.outcome == Outcome.UNCHANGED


def test_a_feed_that_moved_for_good_says_where(rig: Rig) -> None:
    rig.serve("/new", feed(1))
    url = rig.serve("/old", Document(status=301, headers={"Location": "/new"}))
    assert listings(source(url))[0].moved_to == rig.url("/new")


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (Kind.FEED, PAGE, Reason.NOT_A_FEED),
        (Kind.FEED, "", Reason.NOT_A_FEED),
        (Kind.FEED, '{"version": "https://jsonfeed.org/version/1", "items": [', Reason.PARSE_ERROR),
        (Kind.SITEMAP, PAGE, Reason.NOT_A_SITEMAP),
        (Kind.SECTION, '<?xml version="1.0"?><rss version="2.0"/>', Reason.NOT_HTML),
    ],
)
def test_a_document_of_another_kind_is_an_error_with_a_name(rig: Rig, kind: Kind, body: str, reason: Reason) -> None:
    url = rig.serve("/x", body)
    error = failing(lambda crawler: crawler.listing(source(url, kind), Validators()))
    assert error.reason == reason


def test_a_json_feed_and_a_sitemap_and_a_section_are_listed(rig: Rig) -> None:
    json = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": "http://quay.example/1"}]}'
    assert len(listings(source(rig.serve("/json", json)))[0].items) == 1
    assert len(listings(source(rig.serve("/map.xml.gz", gzip.compress(NEWS.encode())), Kind.SITEMAP))[0].items) == 2
    section = SECTION.replace("https://quay.example/", rig.url("/"))
    first, second = listings(source(rig.serve("/ports", Document(body=section.encode(), etag='"s"')), Kind.SECTION), 2)
    assert len(first.items) == 3
    assert second.fetch.status == 304


def index(rig: Rig, *lists: str, dated: bool = True) -> str:
    rows = "".join(
        f"<sitemap><loc>{rig.url(path)}</loc>{f'<lastmod>2026-02-0{9 - n}</lastmod>' if dated else ''}</sitemap>"
        for n, path in enumerate(lists)
    )
    return f"<sitemapindex>{rows}</sitemapindex>"


def test_a_sitemap_index_is_followed_to_its_newest_lists(rig: Rig) -> None:
    paths = [f"/{number}.xml" for number in range(8)]
    for number, path in enumerate(paths):
        rig.serve(path, PLAIN.replace("quay.example/news/", f"quay.example/{number}/"))
    url = rig.serve("/index.xml", Document(body=index(rig, *paths).encode(), etag='"i"'))
    first, second = listings(source(url, Kind.SITEMAP), 2)
    assert len(first.items) == 5 * 3
    assert "3 older lists" in first.fetch.detail
    assert second.fetch.status == 304


def test_an_index_without_dates_is_unchanged_only_if_its_lists_are(rig: Rig) -> None:
    rig.serve("/list.xml", PLAIN)
    url = rig.serve("/index.xml", Document(body=index(rig, "/list.xml", dated=False).encode(), etag='"i"'))

    async def act(crawler: Crawler) -> list[Listing]:
        asked = source(url, Kind.SITEMAP)
        first = await crawler.listing(asked, Validators())
        second = await crawler.listing(asked, first.validators)
        rig.serve("/list.xml", PLAIN.replace("undated-story", "undated-news"))
        return [first, second, await crawler.listing(asked, second.validators)]

    first, second, third = crawl(act)
    assert [one.fetch.outcome for one in (first, second, third)] == [Outcome.READ, Outcome.UNCHANGED, Outcome.READ]
    assert any("undated-news" in item.url for item in third.items)


def test_a_list_of_an_index_cut_short_or_missing_is_told_and_nothing_is_remembered(rig: Rig) -> None:
    rig.serve("/a.xml", PLAIN)
    for bad in ("/length/short", "/status?code=500", "/gone.xml"):
        url = rig.serve("/index.xml", Document(body=index(rig, bad, "/a.xml").encode(), etag='"i"'))
        first, second = listings(source(url, Kind.SITEMAP), 2)
        assert len(first.items) == 3
        assert first.validators == Validators()
        assert second.fetch.outcome == Outcome.READ
        assert "1 lists of the index could not be read" in first.fetch.detail


def test_a_whole_list_behind_one_that_ended_early_is_read_and_the_early_end_told(rig: Rig) -> None:
    short = Document(body=gzip.compress(PLAIN.encode() * 50)[:-60], headers={"Content-Encoding": "gzip"})
    rig.serve("/short.xml", short)
    rig.serve("/a.xml", PLAIN.replace("/news/", "/news/a/"))
    url = rig.serve("/index.xml", Document(body=index(rig, "/short.xml", "/a.xml").encode(), etag='"i"'))
    (listing,) = listings(source(url, Kind.SITEMAP))
    assert len(listing.items) >= 3
    assert "1 lists of the index cut short" in listing.fetch.detail
    assert listing.validators == Validators()


def test_an_index_cut_short_without_dates_is_never_unchanged(rig: Rig) -> None:
    rig.serve("/a.xml", PLAIN)
    packed = gzip.compress(index(rig, "/a.xml", dated=False).encode())[:-4]
    url = rig.serve("/index.xml", Document(body=packed, headers={"Content-Encoding": "gzip"}))
    assert [one.fetch.outcome for one in listings(source(url, Kind.SITEMAP), 2)] == [Outcome.READ] * 2


def test_an_index_none_of_whose_lists_can_be_read_fails(rig: Rig) -> None:
    url = rig.serve("/index.xml", index(rig, "/gone.xml", "/lost.xml"))
    assert failing(lambda crawler: crawler.listing(source(url, Kind.SITEMAP), Validators())).reason == Reason.HTTP_4XX


def test_an_index_inside_an_index_is_followed_and_one_that_names_itself_ends(rig: Rig) -> None:
    rig.serve("/a.xml", PLAIN)
    rig.serve("/inner.xml", index(rig, "/index.xml", "/inner.xml", "/a.xml"))
    url = rig.serve("/index.xml", Document(body=index(rig, "/inner.xml").encode(), etag='"i"'))
    first, second = listings(source(url, Kind.SITEMAP), 2)
    assert len(first.items) == 3
    assert len(rig.asked("/a.xml")) == 2  # the index stands still while its inner index may change
    assert second.fetch.outcome == Outcome.UNCHANGED


def test_a_page_is_fetched_and_read(rig: Rig) -> None:
    url = rig.serve("/news/joint-dock", Document(body=PAGE.encode(), headers={"Content-Type": "text/html"}))
    page = crawl(lambda crawler: crawler.page(url, source(rig.url("/feed"))))
    assert (page.url, page.title) == (url, "Joint dock opened")
    assert [hit.path for hit in rig.hits] == ["/robots.txt", "/news/joint-dock"]
    assert rig.hits[1].headers["accept"].startswith("text/html")


ODD = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    st.sampled_from(
        ["\ud800", "//[", "//[::1", "/%", ":99999/", "//a@b:c", "?\udfff#", "\x00", "//\u2100.example/", "?" * 3000]
    ),
)


def test_whatever_an_address_or_document_holds_ends_in_a_result_or_a_crawl_error(rig: Rig) -> None:
    rig.serve("/robots.txt", "User-agent: *\nDisallow: /private\n")

    async def act(crawler: Crawler) -> None:
        @settings(max_examples=25, deadline=None)
        @given(ODD, st.sampled_from(list(Kind)), st.booleans())
        def once(odd: str, kind: Kind, inside: bool) -> None:
            ends.append((rig.url("/") + odd if inside else odd, kind))

        ends: list[tuple[str, Kind]] = []
        await asyncio.to_thread(once)
        for url, kind in ends:
            rig.serve("/x", url.encode("utf-8", "surrogatepass"))
            rig.serve(
                "/a",
                Document(
                    status=302,
                    headers={
                        "Location": url.encode("latin-1", "ignore")
                        .decode("latin-1")
                        .replace("\r", "")
                        .replace("\n", "")
                    },
                ),
            )
            one = source(rig.url("/x"), kind)
            for job in (crawler.page(url, one), crawler.page(rig.url("/a"), one), crawler.listing(one, Validators())):
                with suppress(CrawlError):
                    await job

    crawl(act, open_limits(parse_children=1, page_seconds=0.2, feed_seconds=0.2))


def test_robots_judge_the_address_that_is_asked_for_half_characters_left_out(rig: Rig) -> None:
    rig.serve("/robots.txt", "User-agent: *\nDisallow: /private\n")
    url = rig.url("/\ud800private")
    assert failing(lambda crawler: crawler.page(url, source(rig.url("/feed")))).reason == Reason.ROBOTS


def test_a_surprise_is_a_crawl_error_for_whoever_called() -> None:
    with pytest.raises(CrawlError, match="parse_error: LookupError: what nobody thought of"), in_a_word():
        raise LookupError("what nobody thought of")


def test_robots_are_asked_once_an_origin_and_obeyed_by_pages_alone(rig: Rig) -> None:
    rig.serve("/robots.txt", "User-agent: *\nDisallow: /private\nDisallow: /feed\n")
    rig.serve("/private/a", PAGE)
    rig.serve("/open/a", PAGE)
    rig.serve("/feed", feed(1))

    async def act(crawler: Crawler) -> None:
        one = source(rig.url("/feed"))
        assert len((await crawler.listing(one, Validators())).items) == 1
        pages = [crawler.page(rig.url(path), one) for path in ("/private/a", "/open/a", "/private/a", "/open/a")]
        ends = await asyncio.gather(*pages, return_exceptions=True)
        assert [end.reason if isinstance(end, CrawlError) else "read" for end in ends] == ["robots", "read"] * 2

    crawl(act)
    assert len(rig.asked("/robots.txt")) == 1
    assert not rig.asked("/private/a")


@pytest.mark.parametrize(
    ("status", "read"), [(404, True), (403, True), (410, True), (500, False), (503, False), (429, False)]
)
def test_no_robots_file_means_yes_and_a_server_in_trouble_means_no(rig: Rig, status: int, read: bool) -> None:
    rig.serve("/robots.txt", Document(status=status))
    url = rig.serve("/a", PAGE)

    async def act(crawler: Crawler) -> str:
        try:
            await crawler.page(url, source(rig.url("/feed")))
        except CrawlError as error:
            return error.reason
        return "read"

    assert crawl(act) == ("read" if read else Reason.ROBOTS)
    assert len(rig.asked("/a")) == read


@pytest.mark.parametrize("kind", [None, Kind.SECTION])
def test_no_redirect_leads_past_a_robots_file(rig: Rig, kind: Kind | None) -> None:
    rig.serve("/robots.txt", lambda hit: Document(body=ROBOTS_ABROAD if "127.0.0.2" in hit.host else ROBOTS_HERE))
    for path in ("/private/a", "/abroad/a"):
        rig.serve(path, SECTION)
    rig.serve("/news", PAGE)
    rig.serve("/open", Document(status=302, headers={"Location": rig.url("/news", "127.0.0.2")}))
    rig.serve("/here", Document(status=302, headers={"Location": "/private/a"}))
    rig.serve("/there", Document(status=302, headers={"Location": rig.url("/abroad/a", "127.0.0.2")}))

    async def act(crawler: Crawler) -> float:
        for path in ("/here", "/there"):
            one = source(rig.url(path), kind or Kind.FEED)
            with pytest.raises(CrawlError) as caught:
                await (crawler.listing(one, Validators()) if kind else crawler.page(one.url, one))
            assert caught.value.reason == Reason.ROBOTS
        await crawler.page(rig.url("/open"), source(rig.url("/feed")))
        return crawler.gate.wait("127.0.0.2")

    assert 10 < crawl(act) <= 45  # the other host's own Crawl-delay
    assert not rig.asked("/private/a")
    assert not rig.asked("/abroad/a")


ROBOTS_HERE = b"User-agent: *\nDisallow: /private\n"
ROBOTS_ABROAD = b"User-agent: *\nDisallow: /abroad\nCrawl-delay: 30\n"


def test_a_section_page_obeys_robots_and_its_crawl_delay_slows_the_host(rig: Rig) -> None:
    rig.serve("/robots.txt", "User-agent: presswatch\nCrawl-delay: 30\nDisallow: /no\n")
    url = rig.serve("/ports", SECTION)

    async def act(crawler: Crawler) -> float:
        await crawler.listing(source(url, Kind.SECTION), Validators())
        with pytest.raises(CrawlError, match="robots"):
            await crawler.listing(source(rig.url("/no"), Kind.SECTION), Validators())
        return crawler.gate.wait("127.0.0.1")

    assert 10 < crawl(act) <= 45


def test_retry_after_holds_the_host_for_feeds_and_pages_alike(rig: Rig) -> None:
    async def act(crawler: Crawler) -> tuple[float, float]:
        with pytest.raises(CrawlError):
            await crawler.listing(source(rig.url("/status?code=503&after=90")), Validators())
        return crawler.gate.wait("127.0.0.1"), crawler.gate.wait("127.0.0.2")

    here, there = crawl(act)
    assert 80 < here <= 90
    assert there == 0


def test_nobody_stands_in_line_for_a_host_that_asked_for_hours(rig: Rig) -> None:
    rig.serve("/feed", feed(1))

    async def act(crawler: Crawler) -> None:
        with pytest.raises(CrawlError):
            await crawler.page(rig.url("/status?code=429&after=7200"), source(rig.url("/feed")))
        await crawler.listing(source(rig.url("/feed")), Validators())

    error = failing(act)
    assert error.reason == Reason.RATE_LIMITED
    assert error.retry_after is not None
    assert 7000 < error.retry_after.total_seconds() <= 7200
    assert not rig.asked("/feed")


def test_feeds_and_pages_of_a_host_share_one_pace(rig: Rig) -> None:
    rig.serve("/feed", feed(1))
    rig.serve("/a", PAGE)
    clock = ManualClock()

    async def run() -> None:
        async with Crawler(open_limits(delay=10.0, jitter=0.0), clock=clock, sleep=clock.sleep) as crawler:
            one = source(rig.url("/feed"))
            await asyncio.gather(crawler.listing(one, Validators()), crawler.page(rig.url("/a"), one))

    asyncio.run(run())
    assert len(rig.hits) == 3  # feed, robots.txt, page
    assert sum(clock.slept) >= 20


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/rss", feed(3), Kind.FEED),
        ("/map.xml", NEWS.encode(), Kind.SITEMAP),
        ("/news/joint-dock", PAGE.encode(), None),
        ("/ports", SECTION.encode(), Kind.SECTION),
    ],
)
def test_an_address_is_known_for_what_it_is(rig: Rig, path: str, body: bytes, kind: Kind | None) -> None:
    url = rig.serve(path, body.replace(b"https://quay.example/", rig.url("/").encode()))
    found = crawl(lambda crawler: crawler.discover(url))
    assert (found.url, found.kind) == (url, kind)


def test_a_sites_feed_is_found_by_the_link_it_names_comments_last(rig: Rig) -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in ("comments", "gone", "feed")
    )
    rig.serve("/", f"<html><head><title>Quay</title>{head}</head><body><p>Hello</p></body></html>")
    rig.serve("/comments", feed(2))
    rig.serve("/feed", feed(3))
    found = crawl(lambda crawler: crawler.discover(rig.url("/")))
    assert (found.url, found.kind, found.title) == (rig.url("/feed"), Kind.FEED, "The Quay")


def test_a_sites_feed_is_found_at_a_usual_place(rig: Rig) -> None:
    rig.serve("/", "<html><head><title>Quay</title></head><body><p>Hello</p></body></html>")
    rig.serve("/rss.xml", feed(3))
    found = crawl(lambda crawler: crawler.discover(rig.url("/")))
    assert (found.url, found.kind) == (rig.url("/rss.xml"), Kind.FEED)


def test_a_site_without_a_feed_is_a_section_if_it_lists_articles(rig: Rig) -> None:
    rig.serve("/", SECTION.replace("https://quay.example/", rig.url("/")))
    found = crawl(lambda crawler: crawler.discover(rig.url("/")))
    assert (found.url, found.kind) == (rig.url("/"), Kind.SECTION)


@pytest.mark.parametrize(
    ("front", "place", "named", "body", "found"),
    [
        (SECTION, "/maps/news.xml", True, NEWS, Kind.SITEMAP),
        (SECTION, "/news-sitemap.xml", False, NEWS, Kind.SITEMAP),
        (SECTION, "/sitemap.xml", True, PLAIN, Kind.SECTION),
        ("<html><body><p>Hello</p></body></html>", "/sitemap.xml", False, PLAIN, Kind.SITEMAP),
    ],
)
def test_a_site_without_a_feed_has_its_sitemap_found(
    rig: Rig, front: str, place: str, named: bool, body: str, found: Kind
) -> None:
    rig.serve("/", front.replace("https://quay.example/", rig.url("/")))
    rig.serve("/old.xml", PLAIN)
    rig.serve(place, body)
    if named:
        rig.serve("/robots.txt", f"Sitemap: {rig.url('/old.xml')}\nSitemap: {rig.url(place)}\n")
    seen = crawl(lambda crawler: crawler.discover(rig.url("/")))
    assert (seen.kind, seen.url) == (found, rig.url(place if found is Kind.SITEMAP else "/"))


def test_a_page_that_leads_nowhere_is_said_to(rig: Rig) -> None:
    url = rig.serve("/", "<html><body><p>Under construction</p></body></html>")
    error = failing(lambda crawler: crawler.discover(url))
    assert error.reason == Reason.NOT_A_FEED
    assert "none was found" in error.detail


def test_an_unchanged_round_starts_no_child_and_loads_no_parser(rig: Rig) -> None:
    url = rig.serve("/feed", Document(body=feed(1), etag='"a"'))
    code = f"""
import asyncio, sys
from crawler.crawl import Crawler, in_a_word
from news.source import Source, Validators
from tests.crawler.acts import open_limits
async def run():
    async with Crawler(open_limits(feed_seconds=9)) as crawler:  # it loads Scrapy first
        listing = await crawler.listing(Source(name="q", url={url!r}), Validators(etag='"a"'))
        assert listing.fetch.status == 304
asyncio.run(run())
parsers = {{"pebble", "feedparser", "trafilatura", "fasttext", "multiprocessing.forkserver"}}
loaded = parsers & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_many_hosts_are_asked_at_once(rig: Rig) -> None:
    came: list[float] = []

    def note(hit: Hit) -> Document:
        came.append(hit.at)
        return Document(body=feed(1))

    rig.serve("/feed", note)

    async def act(crawler: Crawler) -> list[Listing]:
        hosts = [f"127.0.0.{number}" for number in range(1, 9)]
        return await asyncio.gather(*(crawler.listing(source(rig.url("/feed", host)), Validators()) for host in hosts))

    assert len(crawl(act)) == 8
    assert max(came) - min(came) < 1


@pytest.mark.parametrize(
    ("document", "whole"),
    [
        (Document(body=feed(2)), True),
        (Document(body=feed(2), status=226, headers={"IM": "feed"}), False),
        (Document(body=feed(2), headers={"IM": "feed"}), False),
        (Document(body=gzip.compress(feed(60))[:-40], headers={"Content-Encoding": "gzip"}), False),
    ],
    ids=["all of it", "a delta", "a delta that calls itself all of it", "cut short"],
)
def test_a_list_says_whether_it_is_the_whole_list(rig: Rig, document: Document, whole: bool) -> None:
    (found,) = listings(source(rig.serve("/feed", document)))
    assert found.items
    assert found.whole is whole
