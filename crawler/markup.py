"""HTML bytes to a tree, once: decoded as browsers do it, parsed with the one kind of element trafilatura needs."""

import re
from contextlib import suppress
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from w3lib.encoding import html_to_unicode

from crawler.documents import Document
from news.errors import CrawlError
from news.fetch import Reason

_ONE_BYTE = ("cp", "iso8859", "koi8", "mac", "ascii")  # as Python names them; the tables servers are wrongly set to
_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def read_markup(document: Document) -> HtmlElement:
    """Parse a page; raises CrawlError NOT_HTML for an empty document or one of another kind."""
    head = document.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise CrawlError(Reason.NOT_HTML, "an empty document")
    if head.startswith((b"%pdf", b"\x89png", b"\xff\xd8", b"gif8", b"pk\x03\x04")) or b"\x00" in head[:64]:
        raise CrawlError(Reason.NOT_HTML, "a file of another kind, not a web page")
    if head.startswith((b"{", b"<rss", b"<feed", b"<urlset")) or (head.startswith(b"<?xml") and b"<html" not in head):
        raise CrawlError(Reason.NOT_HTML, f"{_named(head)}, not a web page")
    tree = etree.fromstring(decoded(document).encode("utf-8", "surrogatepass"), _parser())
    if not isinstance(tree, HtmlElement):
        raise CrawlError(Reason.NOT_HTML, "nothing that can be read as HTML")
    return tree


def decoded(document: Document) -> str:
    """Decode a page as browsers do; but bytes that can be nothing else than UTF-8 are UTF-8, whatever was declared."""
    encoding, text = html_to_unicode(document.content_type, document.body)
    if encoding.startswith(_ONE_BYTE) and _PAIR.search(document.body):
        with suppress(UnicodeDecodeError):
            return document.body.decode("utf-8-sig")
    return str(text)


def _named(head: bytes) -> str:
    """Name what was served in a page's place."""
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "a sitemap"
    feed = (b"<rss", b"<feed", b"<rdf:rdf", b"jsonfeed.org")
    return "a feed" if any(mark in head for mark in feed) else "data"


@lru_cache(maxsize=1)
def _parser() -> etree.HTMLParser:
    """Return a parser whose elements are all of one class; lxml.html asks Python for each, a tenth of the time."""
    parser = etree.HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser
