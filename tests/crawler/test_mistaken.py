"""Documents served in the place of others, over real HTTP: read where they can be, else named for what they are."""

import gzip
from typing import Any

import pytest

from news.article import Listing
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind, Source, Validators
from tests.crawler.acts import open_limits
from tests.crawler.test_crawl import crawl
from tests.crawler.test_masks import WALL
from tests.crawler.test_pages import PAGE, SECTION
from tests.crawler.test_sitemaps import NEWS, PLAIN
from tests.rig import Document, Rig, feed

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title><id>q</id>
<entry><id>1</id><title>Joint dock opened</title><link href="http://quay.example/1"/></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/"><channel rdf:about="q"><title>The Quay</title></channel>
<item rdf:about="http://quay.example/1"><title>Joint dock</title><link>http://quay.example/1</link></item></rdf:RDF>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "The Quay",
 "items": [{"id": "1", "url": "http://quay.example/1", "title": "Joint dock opened"}]}"""
ADDRESSES = "# what the desk asked for\nhttp://quay.example/1\n\nhttp://quay.example/2 # the follow-up\n"
FOREIGN = """<?xml version="1.0"?><rss version="2.0" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:ads="urn:ads" xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Quay</title><ads:item><title>Buy now</title><link>http://shop.example/1</link></ads:item>
<sm:url><sm:loc>http://quay.example/9</sm:loc></sm:url>
<item><title>Joint dock opened</title><link>http://quay.example/1</link><ads:link>http://shop.example/2</ads:link>
<ads:title>Buy later</ads:title><media:content url="http://quay.example/1.jpg"><media:title>A dock</media:title>
</media:content></item>
</channel></rss>"""
NAMES_A_FEED = """<html><head><title>The Quay</title><link rel="alternate" type="application/rss+xml" href="/the-feed">
</head><body><p>Hello</p></body></html>"""
NOT_FOUND = "<html><head><title>Page not found</title></head><body><p>Sorry, we looked everywhere.</p></body></html>"
CONSENT = f"<html><body><article><p>{WALL}</p></article></body></html>"
LOGIN = """<!doctype html><html><head><title>Sign in</title></head><body><form><p>Members of the press only.</p>
<input name="u"><input type="password" name="p"></form></body></html>"""
XML_ERROR = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
JSON_ERROR = '{"status": 403, "message": "API key missing"}'


def listed(rig: Rig, kind: Kind, body: bytes | str, kind_served: str = "", links: str = "", **changes: Any) -> Listing:
    headers = {"Content-Type": kind_served} if kind_served else {}
    raw = body.encode() if isinstance(body, str) else body
    url = rig.serve("/asked", Document(body=raw, **{"headers": headers, **changes}))
    one = Source(name="quay", url=url, kind=kind, links=links)
    return crawl(lambda crawler: crawler.listing(one, Validators()), open_limits(feed_seconds=9, page_seconds=9))


@pytest.mark.parametrize("served", ["text/html", "text/plain", "application/octet-stream", "image/png", ""])
@pytest.mark.parametrize("body", [feed(1).decode(), ATOM, RDF, JSON_FEED], ids=["rss", "atom", "rdf", "json"])
def test_a_feed_is_read_in_whatever_type_it_is_served(rig: Rig, body: str, served: str) -> None:
    assert len(listed(rig, Kind.FEED, body, served).items) == 1


@pytest.mark.parametrize(
    ("kind", "body", "items"),
    [
        (Kind.FEED, feed(2).decode().strip(), 2),
        (Kind.FEED, ATOM, 1),
        (Kind.SITEMAP, NEWS, 2),
        (Kind.ADDRESSES, ADDRESSES, 2),
        (Kind.SECTION, SECTION, 3),
    ],
    ids=["rss", "atom", "sitemap", "addresses", "section"],
)
@pytest.mark.parametrize("served", ["text/html", "application/x-gzip", "application/xml"])
def test_a_packed_document_is_read_in_whatever_type_it_is_served(
    rig: Rig, kind: Kind, body: str, items: int, served: str
) -> None:
    own = body.replace("https://quay.example/", rig.url("/"))
    assert len(listed(rig, kind, gzip.compress(own.encode()), served).items) == items


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("kind", "body", "items"),
    [(Kind.FEED, ATOM, 1), (Kind.FEED, RDF, 1), (Kind.SITEMAP, NEWS, 2)],
    ids=["atom", "rdf", "sitemap"],
)
def test_sixteen_bit_documents_are_read(rig: Rig, kind: Kind, body: str, items: int, encoding: str) -> None:
    text = body.replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding[:6]}"?>')
    text = text.replace('encoding="UTF-8"', f'encoding="{encoding[:6]}"')
    found = listed(rig, kind, text.encode(encoding), "application/xml").items
    assert len(found) == items
    assert found[0].title.isprintable()


def test_items_of_other_vocabularies_are_no_items_and_change_none(rig: Rig) -> None:
    (item,) = listed(rig, Kind.FEED, FOREIGN).items
    assert (item.url, item.title) == ("http://quay.example/1", "Joint dock opened")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.FEED, '<rss version="2.0"><channel><title>The Quay</title></channel></rss>'),
        (Kind.FEED, '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title></feed>'),
        (Kind.FEED, '{"version": "https://jsonfeed.org/version/1.1", "title": "The Quay", "items": []}'),
        (Kind.SITEMAP, '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'),
        (Kind.ADDRESSES, "# nothing to read yet\n"),
    ],
    ids=["rss", "atom", "json", "sitemap", "addresses"],
)
def test_an_empty_list_is_read_and_said_to_be_empty(rig: Rig, kind: Kind, body: str) -> None:
    found = listed(rig, kind, body)
    assert (found.items, "it lists nothing" in found.fetch.detail) == ((), True)


SHORT = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://quay.example/a/7</loc></url></urlset>'
)


@pytest.mark.parametrize(
    ("kind", "body", "links", "said"),
    [
        (Kind.SITEMAP, SHORT, "", "none of its 1 addresses looks like an article's: a pattern under `links`"),
        (Kind.SITEMAP, SHORT, "/news/", "none of its 1 addresses matches `links`"),
        (Kind.ADDRESSES, "http://quay.example/a/7", "/news/", "none of its 1 addresses matches `links`"),
        (Kind.SECTION, PAGE, "", "looks like an article's: a pattern under `links`"),
        (Kind.SECTION, PAGE, "/news/", "matches `links`"),
    ],
)
def test_a_list_of_which_nothing_is_taken_is_not_called_empty(
    rig: Rig, kind: Kind, body: str, links: str, said: str
) -> None:
    found = listed(rig, kind, body, links=links)
    assert found.items == ()
    assert said in found.fetch.detail


WRONG = {
    "nothing for a feed": (Kind.FEED, "", Reason.NOT_A_FEED, "an empty document, not a feed"),
    "blanks for a feed": (Kind.FEED, "\ufeff \r\n ", Reason.NOT_A_FEED, "an empty document"),
    "nothing for a sitemap": (Kind.SITEMAP, "", Reason.NOT_A_SITEMAP, "an empty document"),
    "nothing for a section": (Kind.SECTION, "", Reason.NOT_HTML, "an empty document"),
    "nothing for addresses": (Kind.ADDRESSES, "", Reason.NOT_ADDRESSES, "an empty document"),
    "a page for a feed": (Kind.FEED, PAGE, Reason.NOT_A_FEED, "an HTML page, not a feed"),
    "a page that names a feed for a feed": (
        Kind.FEED, NAMES_A_FEED, Reason.NOT_A_FEED, "it names a feed at http://127.0.0.1:{port}/the-feed"),
    "a page that names a feed for a sitemap": (
        Kind.SITEMAP, NAMES_A_FEED, Reason.NOT_A_SITEMAP, "it names a feed at http://127.0.0.1:{port}/the-feed"),
    "a list of articles for a feed": (
        Kind.FEED, SECTION, Reason.NOT_A_FEED, "it lists 3 articles: write kind: section"),
    "a list of articles for addresses": (
        Kind.ADDRESSES, SECTION, Reason.NOT_ADDRESSES, "it lists 3 articles: write kind: section"),
    "a sitemap for a feed": (Kind.FEED, PLAIN, Reason.NOT_A_FEED, "a sitemap, not a feed: write kind: sitemap"),
    "an index for a feed": (Kind.FEED, "<sitemapindex></sitemapindex>", Reason.NOT_A_FEED, "write kind: sitemap"),
    "a sitemap for a section": (
        Kind.SECTION, NEWS, Reason.NOT_HTML, "a sitemap, not a page that lists articles: write kind: sitemap"),
    "a sitemap for addresses": (Kind.ADDRESSES, NEWS, Reason.NOT_ADDRESSES, "write kind: sitemap"),
    "a feed for a sitemap": (Kind.SITEMAP, ATOM, Reason.NOT_A_SITEMAP, "a feed, not a sitemap: write kind: feed"),
    "a feed for a section": (
        Kind.SECTION, RDF, Reason.NOT_HTML, "a feed, not a page that lists articles: write kind: feed"),
    "a JSON Feed for a section": (Kind.SECTION, JSON_FEED, Reason.NOT_HTML, "write kind: feed"),
    "a JSON Feed for a sitemap": (Kind.SITEMAP, JSON_FEED, Reason.NOT_A_SITEMAP, "write kind: feed"),
    "addresses for a feed": (
        Kind.FEED, ADDRESSES, Reason.NOT_A_FEED, "a list of addresses, not a feed: write kind: addresses"),
    "addresses for a section": (Kind.SECTION, ADDRESSES, Reason.NOT_HTML, "write kind: addresses"),
    "a soft 404 for a feed": (
        Kind.FEED, NOT_FOUND, Reason.SOFT_404, "not found, though the server answered 200, in the place of a feed"),
    "a soft 404 for a sitemap": (Kind.SITEMAP, NOT_FOUND, Reason.SOFT_404, "not found"),
    "a soft 404 for a section": (Kind.SECTION, NOT_FOUND, Reason.SOFT_404, "not found"),
    "a consent wall for a feed": (Kind.FEED, CONSENT, Reason.CONSENT_WALL, "asks for consent"),
    "a consent wall for a section": (Kind.SECTION, CONSENT, Reason.CONSENT_WALL, "asks for consent"),
    "a login for a feed": (Kind.FEED, LOGIN, Reason.LOGIN_WALL, "asks to log in"),
    "a login for a section": (Kind.SECTION, LOGIN, Reason.LOGIN_WALL, "asks to log in"),
    "a JSON error for a feed": (
        Kind.FEED, JSON_ERROR, Reason.NOT_A_FEED, "JSON data that says “API key missing”, not a"),
    "a JSON error for a section": (Kind.SECTION, JSON_ERROR, Reason.NOT_HTML, "JSON data that says “API key missing”"),
    "an XML error for a feed": (
        Kind.FEED, XML_ERROR, Reason.NOT_A_FEED, "an XML document that says “Access Denied”, not a feed"),
    "an XML error for a sitemap": (Kind.SITEMAP, XML_ERROR, Reason.NOT_A_SITEMAP, "says “Access Denied”"),
    "an XML error for a section": (Kind.SECTION, XML_ERROR, Reason.NOT_HTML, "says “Access Denied”"),
    "words for a feed": (
        Kind.FEED, "Rate exceeded\n", Reason.NOT_A_FEED, "plain text that says “Rate exceeded”, not a feed"),
    "words for addresses": (
        Kind.ADDRESSES, "Rate exceeded\n", Reason.NOT_ADDRESSES, "plain text that says “Rate exceeded”"),
    "a PDF for a feed": (Kind.FEED, "%PDF-1.7 ...", Reason.NOT_A_FEED, "a file of another kind, not a feed"),
    "a PDF for a section": (Kind.SECTION, "%PDF-1.7 ...", Reason.NOT_HTML, "a file of another kind"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "reason", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_served_in_a_sources_place_is_named(
    rig: Rig, kind: Kind, body: str, reason: Reason, words: str
) -> None:
    with pytest.raises(CrawlError) as caught:
        listed(rig, kind, body.replace("https://quay.example/", rig.url("/")))
    assert (caught.value.reason, caught.value.detail) == (reason, caught.value.detail)
    assert words.format(port=rig.port) in caught.value.detail


@pytest.mark.parametrize(
    ("target", "reason"),
    [("/login?next=feed", Reason.LOGIN_WALL), ("/consent", Reason.CONSENT_WALL), ("/", Reason.SOFT_404)],
)
def test_a_feed_that_leads_elsewhere_is_named_by_where_it_leads(rig: Rig, target: str, reason: Reason) -> None:
    rig.serve(target, PAGE)
    with pytest.raises(CrawlError) as caught:
        listed(rig, Kind.FEED, "", status=302, headers={"Location": target})
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [(NOT_FOUND, Reason.SOFT_404), (CONSENT, Reason.CONSENT_WALL), (LOGIN, Reason.LOGIN_WALL)],
)
def test_an_articles_page_behind_a_mask_is_named(rig: Rig, body: str, reason: Reason) -> None:
    url = rig.serve("/a", body)
    with pytest.raises(CrawlError) as caught:
        crawl(lambda crawler: crawler.page(url, Source(name="quay", url=url)))
    assert caught.value.reason == reason


def test_an_article_about_logging_in_is_no_login(rig: Rig) -> None:
    body = PAGE.replace("Joint dock opened", "Sign in to the new port office, ministry tells captains")
    url = rig.serve("/a", body)
    assert crawl(lambda crawler: crawler.page(url, Source(name="quay", url=url))).text
