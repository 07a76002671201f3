"""Sitemaps of every kind."""

import gzip
from datetime import UTC, datetime

import pytest

from crawler.kinds import read_list
from crawler.settings import Limits
from crawler.sitemaps import read_sitemap
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind
from tests.crawler.acts import document

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://quay.example/a</loc><news:news><news:publication><news:name>The Quay</news:name>
<news:language>tr</news:language></news:publication><news:publication_date>2026-02-27T10:00:00Z</news:publication_date>
<news:title>Ortak rıhtım açıldı</news:title></news:news></url>
<url><loc>https://quay.example/b</loc><news:news><news:publication><news:language>az-AZ</news:language></news:publication>
<news:publication_date>2026-02-28</news:publication_date>
<news:title>Yeni tərsanə &amp; körpü</news:title></news:news></url>
</urlset>"""

PLAIN = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://quay.example/</loc><lastmod>2026-03-01</lastmod></url>
<url><loc>https://quay.example/news/joint-dock-opened-in-may</loc><lastmod>2026-01-05</lastmod></url>
<url><loc> https://quay.example/news/yard-follows-in-june-too </loc><lastmod>2026-02-05T10:00:00+04:00</lastmod></url>
<url><loc>https://quay.example/news/undated-story-of-the-quay</loc></url>
<url><loc>https://quay.example/tag/docks-and-ships-and-yards</loc><lastmod>2026-03-01</lastmod></url>
<url><loc>ftp://quay.example/news/joint-dock-opened-in-june</loc></url><url></url></urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://quay.example/2025.xml</loc><lastmod>2025-12-31</lastmod></sitemap>
<sitemap><loc>/2026.xml</loc><lastmod>2026-02-28</lastmod></sitemap></sitemapindex>"""


def test_a_news_sitemap_gives_titles_dates_and_languages_newest_first() -> None:
    items = read_sitemap(document(NEWS)).items
    assert [item.url for item in items] == ["https://quay.example/b", "https://quay.example/a"]
    assert [item.title for item in items] == ["Yeni tərsanə & körpü", "Ortak rıhtım açıldı"]
    assert [item.lang for item in items] == ["az", "tr"]
    assert items[0].published_at == datetime(2026, 2, 28, tzinfo=UTC)


def test_a_plain_sitemap_gives_what_looks_like_articles_last_changed_first() -> None:
    reading = read_sitemap(document(PLAIN))
    assert [item.url.rsplit("/", 1)[1] for item in reading.items] == [
        "yard-follows-in-june-too",
        "joint-dock-opened-in-may",
        "undated-story-of-the-quay",
    ]
    assert all(item.published_at is None for item in reading.items)  # a change is no publication


def test_a_pattern_chooses_instead_of_the_shape() -> None:
    items = read_sitemap(document(PLAIN, links="/tag/")).items
    assert [item.url for item in items] == ["https://quay.example/tag/docks-and-ships-and-yards"]


def test_the_newest_are_kept_and_the_rest_counted() -> None:
    reading = read_sitemap(document(PLAIN, limits=Limits(items=1)))
    assert (len(reading.items), reading.surplus) == (1, 2)
    assert reading.items[0].url.endswith("june-too")


def test_an_index_names_its_lists_newest_first() -> None:
    reading = read_sitemap(document(INDEX, url="https://quay.example/sitemap.xml"))
    assert reading.children == ("https://quay.example/2026.xml", "https://quay.example/2025.xml")
    assert reading.children_dated
    assert not read_sitemap(document(INDEX.replace("<lastmod>2025-12-31</lastmod>", ""))).children_dated


def test_a_packed_sitemap_and_a_list_of_lines_are_read() -> None:
    packed = document(gzip.compress(PLAIN.encode()))
    assert read_list(Kind.SITEMAP, packed).items == read_sitemap(document(PLAIN)).items
    lines = "https://quay.example/news/joint-dock-opened-in-may\r\n\nhttps://quay.example/\n"
    assert len(read_sitemap(document(lines)).items) == 1


def test_a_sitemap_cut_short_gives_what_arrived() -> None:
    assert len(read_sitemap(document(NEWS[:-300])).items) >= 1


@pytest.mark.parametrize(
    "body", ["", "words", "<html><body>x</body></html>", '<rss version="2.0"/>', "<!DOCTYPE html><html></html>"]
)
def test_what_is_no_sitemap_is_named(body: str) -> None:
    with pytest.raises(CrawlError) as caught:
        read_sitemap(document(body))
    assert caught.value.reason == Reason.NOT_A_SITEMAP


def test_a_packed_bomb_stops_at_the_cap() -> None:
    with pytest.raises(CrawlError) as caught:
        read_list(Kind.SITEMAP, document(gzip.compress(bytes(2_000_000)), limits=Limits(feed_bytes=1_000_000)))
    assert caught.value.reason == Reason.TOO_LARGE
