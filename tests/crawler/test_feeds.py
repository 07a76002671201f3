"""Feeds of every kind become items, and the fast reader says what feedparser says."""

import pickle
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from crawler.documents import Document
from crawler.feeds import read_feed, read_quickly_or_not, read_thoroughly
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from tests.crawler.acts import document
from tests.crawler.feedmaker import FeedMaker

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Quay</title><link>http://quay.example/</link><description>Ships</description>
<item><title>Joint dock &amp; yard opened</title><link>/news/joint-dock</link>
<guid isPermaLink="false">urn:quay:1</guid>
<description>&lt;p&gt;Two ports opened a &lt;b&gt;joint&lt;/b&gt; dock.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Two ports opened a joint dock.</p>
<p>Its yard follows in May.</p>]]></content:encoded>
<dc:creator>Leyla Hasan</dc:creator><category>Ports</category>
<pubDate>Sun, 01 Mar 2026 09:30:00 +0400</pubDate></item>
<item><title>Older</title><link>http://quay.example/news/older</link>
<pubDate>Sat, 28 Feb 2026 09:30:00 GMT</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title><id>urn:q</id>
<updated>2026-03-01T05:30:00Z</updated>
<entry><title type="html">Joint dock &amp;amp; yard opened</title><id>urn:quay:1</id>
<link rel="alternate" href="http://quay.example/news/joint-dock"/><updated>2026-03-01T06:00:00Z</updated>
<published>2026-03-01T09:30:00+04:00</published><author><name>Leyla Hasan</name></author><category term="Ports"/>
<summary type="html">&lt;p&gt;Two ports opened a &lt;b&gt;joint&lt;/b&gt; dock.&lt;/p&gt;</summary>
<content type="html">
&lt;p&gt;Two ports opened a joint dock.&lt;/p&gt;
&lt;p&gt;Its yard follows in May.&lt;/p&gt;</content></entry>
</feed>"""

ATOM03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>The Quay</title>
<entry><title>Joint dock &amp; yard opened</title><id>urn:quay:1</id><link rel="alternate" type="text/html"
href="http://quay.example/news/joint-dock"/>
<issued>2026-03-01T09:30:00+04:00</issued>
<modified>2026-03-01T06:00:00Z</modified>
<author><name>Leyla Hasan</name></author><summary>Two ports opened a joint dock.</summary>
<content type="text/html" mode="escaped">
&lt;p&gt;Two ports opened a joint dock.&lt;/p&gt;
&lt;p&gt;Its yard follows in May.&lt;/p&gt;</content>
</entry></feed>"""

RDF = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="http://quay.example/"><title>The Quay</title><link>http://quay.example/</link></channel>
<item rdf:about="urn:quay:1"><title>Joint dock &amp; yard opened</title><link>http://quay.example/news/joint-dock</link>
<description>Two ports opened a joint dock.</description><dc:creator>Leyla Hasan</dc:creator>
<dc:subject>Ports</dc:subject><dc:date>2026-03-01T09:30:00+04:00</dc:date>
<content:encoded>
&lt;p&gt;Two ports opened a joint dock.&lt;/p&gt;
&lt;p&gt;Its yard follows in May.&lt;/p&gt;</content:encoded></item></rdf:RDF>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "The Quay", "items": [{"id": "urn:quay:1",
"url": "http://quay.example/news/joint-dock", "title": "Joint dock & yard opened",
"summary": "Two ports opened a joint dock.", "tags": ["Ports"], "authors": [{"name": "Leyla Hasan"}],
"content_html": "<p>Two ports opened a joint dock.</p><p>Its yard follows in May.</p>",
"date_published": "2026-03-01T09:30:00+04:00"}]}"""


@pytest.mark.parametrize("body", [RSS, ATOM, ATOM03, RDF, JSON], ids=["rss", "atom", "atom 0.3", "rdf", "json"])
def test_every_kind_of_feed_yields_the_same_item(body: str) -> None:
    reading = read_feed(document(body))
    item = reading.items[0]
    assert reading.title == "The Quay"
    assert item.url == "http://quay.example/news/joint-dock"
    assert item.guid == "urn:quay:1"
    assert item.title == "Joint dock & yard opened"
    assert item.summary == "Two ports opened a joint dock."
    assert item.text == "Two ports opened a joint dock.\nIts yard follows in May."
    assert item.authors == ("Leyla Hasan",)
    assert item.section == ("" if body is ATOM03 else "Ports")
    assert item.published_at == datetime(2026, 3, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(8))
def test_the_fast_reader_says_what_feedparser_says_item_for_item(seed: int) -> None:
    maker = FeedMaker(seed)
    quick = 0
    for _ in range(250):
        body, kind = maker.feed()
        made = document(body, content_type=kind)
        reading = read_quickly_or_not(made)
        if reading is not None:
            quick += 1
            assert reading == read_thoroughly(made), body.decode("utf-8", "replace")
            assert pickle.loads(pickle.dumps(reading)) == reading  # as it leaves its child
    assert quick > 60  # or the comparison would prove nothing


def plain_feed(count: int) -> Document:
    day = datetime(2026, 2, 1, tzinfo=UTC)
    items = "".join(
        f"<item><title>Ministers meet for the {n}th time</title>"
        f"<link>http://quay.example/news/2026/meeting-{n}.html</link>"
        f'<guid isPermaLink="false">m-{n}</guid><description>Two ministers met for the {n}th time, in the harbour '
        f"office, and spoke of docks, of ships and of the men who build them.</description><category>Ports</category>"
        f"<pubDate>{format_datetime(day.replace(hour=n % 24))}</pubDate></item>"
        for n in range(count)
    )
    return document(f'<rss version="2.0"><channel><title>Q</title>{items}</channel></rss>')


def cost(read: Callable[[Document], object], made: Document) -> float:
    read(made)
    started = time.process_time()
    for _ in range(10):
        read(made)
    return (time.process_time() - started) / 10


def test_the_fast_reader_takes_a_fourth_of_feedparsers_time_at_most() -> None:
    made = plain_feed(50)
    assert read_feed(made) == read_thoroughly(made)
    assert cost(read_feed, made) < cost(read_thoroughly, made) / 4


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"<!DOCTYPE html><html><head><title>x</title></head><body>y</body></html>", "an HTML page"),
        (
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>',
            "quay.example/rss",
        ),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', "a sitemap"),
        (b"<note>hello</note>", "not a feed"),
        (b"just words", "not a feed"),
        (b'{"items": []}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "not a JSON Feed"),
    ],
)
def test_what_is_no_feed_is_named_for_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(CrawlError, match=words) as caught:
        read_feed(document(body, content_type="text/html"))
    assert caught.value.reason == Reason.NOT_A_FEED


def test_items_of_a_json_feed_that_are_none_are_counted() -> None:
    reading = read_feed(document(JSON.replace('"items": [', '"items": ["x", null, {"title": "x"}, ')))
    assert len(reading.items) == 1
    assert reading.detail == "1 items with no address on the web left out; 2 items that are no objects left out"


def test_an_empty_feed_is_a_feed_that_lists_nothing() -> None:
    for body in ('<rss version="2.0"><channel/></rss>', '<feed xmlns="http://www.w3.org/2005/Atom"/>'):
        reading = read_feed(document(body))
        assert reading.items == ()
        assert "nothing" in reading.detail


def test_items_over_the_limit_are_counted_and_the_newest_kept() -> None:
    made = document(plain_feed(20).body, limits=Limits(items=5))
    reading = read_feed(made)
    assert reading.surplus == 15
    assert [item.guid for item in reading.items] == ["m-19", "m-18", "m-17", "m-16", "m-15"]


def test_items_without_dates_keep_the_documents_order() -> None:
    items = "".join(f"<item><title>{n}</title><link>http://quay.example/{n}</link></item>" for n in (3, 1, 2))
    reading = read_feed(document(f'<rss version="2.0"><channel>{items}</channel></rss>'))
    assert [item.title for item in reading.items] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a", "http://quay.example/a"),
        ("a", "http://quay.example/dir/a"),
        ("../a", "http://quay.example/a"),
        ("//other.example/a", "http://other.example/a"),
        ("?id=1", "http://quay.example/dir/feed.xml?id=1"),
        ("https://other.example/a?x=1&amp;y=2", "https://other.example/a?x=1&y=2"),
    ],
)
def test_links_are_made_absolute_against_the_feed(link: str, url: str) -> None:
    body = f'<rss version="2.0"><channel><item><title>t</title><link>{link}</link></item></channel></rss>'
    assert read_feed(document(body)).items[0].url == url


def test_links_are_made_absolute_against_a_base_of_their_own() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://base.example/x/"><title>t</title>'
        '<entry><title>e</title><id>1</id><link href="a"/></entry></feed>'
    )
    assert read_feed(document(body)).items[0].url == "http://base.example/x/a"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "file:///etc/passwd", "data:text/html,x", ""]
)
def test_an_item_that_leads_nowhere_on_the_web_is_no_item(link: str) -> None:
    body = f'<rss version="2.0"><channel><item><title>t</title><link>{link}</link></item></channel></rss>'
    assert read_feed(document(body)).items == ()


def test_a_feed_cut_short_gives_what_arrived() -> None:
    body = plain_feed(20).body[:-2000]
    assert 10 <= len(read_feed(document(body)).items) < 20


def test_texts_are_clipped_inside_no_character() -> None:
    limits = Limits(title_bytes=9, summary_bytes=9, text_bytes=9)
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>'
        "<title>əəəəəəəə</title><link>http://quay.example/1</link><description>ııııııııı</description>"
        "<content:encoded>şşşşşşşşşşşş</content:encoded></item></channel></rss>"
    )
    item = read_feed(document(body, limits=limits)).items[0]
    assert (item.title, item.summary, item.text) == ("əəəə", "ıııı", "şşşş")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "iso-8859-9", "windows-1254", "windows-1251", "koi8-r", "gb18030"]
)
def test_encodings_are_read_as_declared(encoding: str) -> None:
    word = {"iso-8859-9": "işbirliği", "windows-1254": "işbirliği"}.get(encoding, "сотрудничество")
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><item><title>{word}</title>'
    body += "<link>http://quay.example/1</link></item></channel></rss>"
    assert read_feed(document(body.encode(encoding))).items[0].title == word
