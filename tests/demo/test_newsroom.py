"""The newsroom's servers behave as real outlets do."""

import gzip
import io
import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html

from news.source import Kind, Source
from presswatch.demo.newsroom import Newsroom
from presswatch.demo.newsroom.content import outlets, pieces

OUTLETS = [outlet.id for outlet in outlets()]
QUIET = ["meridian", "alloy", "meridian-ru"]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


def get(url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=dict(headers or {}))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def source(newsroom: Newsroom, outlet: str) -> Source:
    return newsroom.sources()[OUTLETS.index(outlet)]


def listed(kind: Kind, body: bytes) -> list[str]:
    """The addresses that a list names."""
    if kind is Kind.SITEMAP:
        return [str(found) for found in etree.fromstring(body).xpath("//*[local-name()='loc']/text()")]
    if kind is Kind.SECTION:
        return [str(found) for found in html.fromstring(body).xpath("//article//h2/a/@href")]
    if body.startswith(b"{"):
        return [str(item["url"]) for item in json.loads(body)["items"]]
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo
    return [entry.link for entry in parsed.entries]


@pytest.mark.parametrize("outlet", OUTLETS)
@pytest.mark.parametrize("round", [1, 2])
def test_each_list_names_every_article_of_its_outlet(newsroom: Newsroom, outlet: str, round: int) -> None:  # noqa: A002
    if round == 2:
        newsroom.advance()
    it = source(newsroom, outlet)
    response, body = get(it.url)
    assert response.status == 200
    expected = [piece for piece in pieces() if piece.outlet == outlet and piece.round <= round]
    assert len(listed(it.kind, body)) == len(expected)


@pytest.mark.parametrize(
    ("outlet", "version"),
    [("absheron", "rss20"), ("meridian", "atom10"), ("pontic", "rss10"), ("alloy", "rss20"), ("meridian-ru", "rss20")],
)
def test_feeds_are_of_the_form_they_should_be(newsroom: Newsroom, outlet: str, version: str) -> None:
    _, body = get(source(newsroom, outlet).url)
    assert feedparser.parse(io.BytesIO(body)).version == version


@pytest.mark.parametrize("outlet", OUTLETS)
def test_every_listed_address_is_an_article_page_with_its_title_and_text(newsroom: Newsroom, outlet: str) -> None:
    it = source(newsroom, outlet)
    mine = {piece.title: piece for piece in pieces() if piece.outlet == outlet}
    root = f"http://{urlsplit(it.url).netloc}"
    for address in listed(it.kind, get(it.url)[1]):
        response, body = get(address if address.startswith("http") else root + address)
        assert response.status == 200
        page = html.fromstring(body)
        piece = mine[page.xpath("string(//h1)")]
        assert [p.text for p in page.xpath("//div[@class='article-body']/p")] == list(piece.paragraphs)
        canonical = page.xpath("string(//link[@rel='canonical']/@href)")
        assert canonical.startswith(root)
        assert "utm_" not in canonical
        assert json.loads(page.xpath("string(//script[@type='application/ld+json'])"))["headline"] == piece.title


@pytest.mark.parametrize("outlet", OUTLETS)
def test_a_validator_that_holds_is_answered_with_304(newsroom: Newsroom, outlet: str) -> None:
    url = source(newsroom, outlet).url
    first, _ = get(url)
    again, body = get(url, {"If-None-Match": first.headers["ETag"]})
    by_date, _ = get(url, {"If-Modified-Since": first.headers["Last-Modified"]})
    assert (again.status, body, by_date.status) == (304, b"", 304)
    assert [entry.status for entry in newsroom.log(outlet)] == [200, 304, 304]


def test_a_false_etag_counts_more_than_a_date_that_holds(newsroom: Newsroom) -> None:
    url = source(newsroom, "absheron").url
    first, _ = get(url)
    assert get(url, {"If-None-Match": '"old"', "If-Modified-Since": first.headers["Last-Modified"]})[0].status == 200


def test_in_the_second_round_only_outlets_with_something_new_have_changed(newsroom: Newsroom) -> None:
    etags = {outlet: get(source(newsroom, outlet).url)[0].headers["ETag"] for outlet in OUTLETS}
    newsroom.advance()
    unchanged = [
        outlet
        for outlet, etag in etags.items()
        if get(source(newsroom, outlet).url, {"If-None-Match": etag})[0].status == 304
    ]
    assert unchanged == QUIET
    assert [entry.status for entry in newsroom.log("alloy", round=2)] == [304]


def test_a_page_stays_as_it_is_when_others_appear(newsroom: Newsroom) -> None:
    it = source(newsroom, "absheron")
    address = listed(it.kind, get(it.url)[1])[0]
    before = get(address)[1]
    newsroom.advance()
    assert get(address)[1] == before


def test_who_accepts_gzip_gets_it_from_one_outlet(newsroom: Newsroom) -> None:
    url = source(newsroom, "meridian").url
    plain, packed = get(url), get(url, {"Accept-Encoding": "gzip"})
    assert packed[0].headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed[1]) == plain[1]


def test_one_outlet_writes_windows_1251(newsroom: Newsroom) -> None:
    _, body = get(source(newsroom, "meridian-ru").url)
    assert "оборонной промышленности" in body.decode("windows-1251")


def test_lists_carry_trackers_that_lead_to_the_same_article(newsroom: Newsroom) -> None:
    it = source(newsroom, "pontic")
    address = listed(it.kind, get(it.url)[1])[0]
    assert "utm_source=" in address
    assert get(address)[1] == get(address.split("?")[0])[1]


def test_robots_and_unknown_addresses_are_answered_and_logged(newsroom: Newsroom) -> None:
    root = f"http://{urlsplit(source(newsroom, 'xezer').url).netloc}"
    robots, body = get(f"{root}/robots.txt")
    assert robots.status == 200
    assert f"Sitemap: {root}/sitemap-news.xml".encode() in body
    assert get(f"{root}/nowhere")[0].status == 404
    assert [(entry.what, entry.status) for entry in newsroom.log("xezer")] == [("robots", 200), ("other", 404)]


def test_head_is_answered_without_a_body(newsroom: Newsroom) -> None:
    response, body = get(source(newsroom, "absheron").url, method="HEAD")
    assert (response.status, body) == (200, b"")
