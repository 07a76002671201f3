"""The kinds of sources: each a file that is found by name; and lists of addresses."""

import subprocess
import sys
from pathlib import Path

import pytest

import crawler.kinds
from crawler.kinds import SourceKind, addresses, feed, kind_named, read_list, section, sitemap
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind, Source, Validators
from tests.crawler.acts import document, open_limits
from tests.crawler.test_crawl import crawl, listings
from tests.crawler.test_pages import PAGE, SECTION
from tests.crawler.test_sitemaps import NEWS
from tests.rig import Document, Rig
from tests.rig import feed as rss

KINDS: list[SourceKind] = [addresses, feed, section, sitemap]  # each satisfies the protocol, as mypy sees
LIST = """# what the desk asked for
https://quay.example/news/2

https://quay.example/news/1 # the follow-up
HTTPS://quay.example/about#top
https://quay.example/news/2
see also the minister's page
"""


def test_every_kind_is_a_file_and_every_file_a_kind() -> None:
    files = {path.stem for path in Path(crawler.kinds.__file__).parent.glob("[a-z]*.py")}
    assert files == set(Kind)
    assert [kind_named(kind) for kind in sorted(Kind)] == KINDS


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_asked_for_with_what_it_accepts_first(rig: Rig, kind: Kind) -> None:
    bodies = {Kind.FEED: rss(1).decode(), Kind.SITEMAP: NEWS, Kind.ADDRESSES: LIST, Kind.SECTION: PAGE}
    one = Source(name="quay", url=rig.serve("/x", bodies[kind]), kind=kind)
    crawl(lambda crawler: crawler.listing(one, Validators()), open_limits(feed_seconds=9, page_seconds=9))
    (hit,) = rig.asked("/x")
    assert hit.headers["accept"] == kind_named(kind).MANNER.accept
    assert bool(rig.asked("/robots.txt")) is kind_named(kind).MANNER.like_pages


@pytest.mark.parametrize(
    ("body", "kind"),
    [(rss(1).decode(), Kind.FEED), (NEWS, Kind.SITEMAP), (LIST, Kind.ADDRESSES), (SECTION, Kind.SECTION)],
)
def test_a_kind_sees_its_own_documents_and_no_others(body: str, kind: Kind) -> None:
    one = document(body, url="https://quay.example/x")
    sights = {other: kind_named(other).look(one) for other in Kind if other is not Kind.SECTION}
    assert {other for other, sight in sights.items() if sight is not None} == {kind} - {Kind.SECTION}


def test_to_ask_loads_no_parser() -> None:
    code = """
import sys
from crawler.kinds import kind_named
from news.source import Kind
for kind in Kind: kind_named(kind).MANNER
loaded = {"lxml", "feedparser", "trafilatura", "scrapy", "pebble"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_list_of_addresses_is_read_in_its_order_without_comments_and_repeats() -> None:
    reading = read_list(Kind.ADDRESSES, document(LIST))
    assert [item.url for item in reading.items] == [
        "https://quay.example/news/2",
        "https://quay.example/news/1",
        "HTTPS://quay.example/about#top",
    ]
    assert reading.detail == "left out: 1 of 5 lines, for they are no web address"


def test_of_a_long_list_the_first_are_read_and_the_rest_counted() -> None:
    lines = "\n".join(f"https://quay.example/{number}" for number in range(9))
    reading = read_list(Kind.ADDRESSES, document(lines, limits=Limits(items=4)))
    assert [item.url[-1] for item in reading.items] == ["0", "1", "2", "3"]
    assert reading.surplus == 5


def test_a_sources_pattern_chooses_among_addresses() -> None:
    assert [item.url for item in read_list(Kind.ADDRESSES, document(LIST, links="/news/1$")).items] == [
        "https://quay.example/news/1"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_addresses_is_read_in_every_common_encoding(encoding: str) -> None:
    assert len(read_list(Kind.ADDRESSES, document(LIST.encode(encoding))).items) == 3


@pytest.mark.parametrize(
    "body", ["one\ntwo\nhttps://quay.example/1\n", "ftp://quay.example/1\n", "a,b\nc,d\n", "https://"]
)
def test_text_of_another_kind_is_no_list_of_addresses(body: str) -> None:
    with pytest.raises(CrawlError) as caught:
        read_list(Kind.ADDRESSES, document(body))
    assert caught.value.reason == Reason.NOT_ADDRESSES


def test_a_list_of_addresses_is_found_out_by_asking(rig: Rig) -> None:
    url = rig.serve("/list.txt", Document(body=LIST.encode(), headers={"Content-Type": "text/plain"}))
    found = crawl(lambda crawler: crawler.discover(url))
    assert (found.url, found.kind, found.how) == (url, Kind.ADDRESSES, "a list of addresses")


def test_a_list_of_addresses_is_asked_conditionally(rig: Rig) -> None:
    url = rig.serve("/list.txt", Document(body=LIST.encode(), etag='"a"'))
    first, second = listings(Source(name="desk", url=url, kind=Kind.ADDRESSES), 2, Validators())
    assert (len(first.items), second.fetch.status) == (3, 304)
