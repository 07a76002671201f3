"""What a document is by its first bytes, whatever its server calls it. Pure."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import replace
from enum import StrEnum

from crawler.documents import Document
from crawler.inflate import inflate

_GZIP = b"\x1f\x8b"
_HEAD = 8192  # bytes; prologs with comments, licences and style sheets come before the first element
_MARKS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\])?[^>]*>)", re.DOTALL)
_JSON = re.compile(r'\{|\[\s*[\[{"\d]')
_ADDRESSES = re.compile(r"(?:\s*#[^\n]*\n)*\s*https?://[^\s/]\S*[ \t\r]*(?:#[^\n]*)?(?:\n|$)")
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([a-z][\w.-]*)")
_FILES = (b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"pk\x03\x04", b"riff", b"\x00\x00\x00")


class Nature(StrEnum):
    """What a document is, as it is named to the operator."""

    EMPTY = "an empty document"
    FEED = "a feed"
    SITEMAP = "a sitemap"
    PAGE = "an HTML page"
    JSON = "JSON data"
    XML = "an XML document"
    FILE = "a file of another kind"
    ADDRESSES = "a list of addresses"
    TEXT = "plain text"


_ROOTS = {
    **dict.fromkeys(("rss", "feed", "rdf", "channel"), Nature.FEED),
    **dict.fromkeys(("urlset", "sitemapindex"), Nature.SITEMAP),
    **dict.fromkeys(
        ("html", "head", "body", "title", "meta", "link", "script", "div", "p", "table", "center", "h1"), Nature.PAGE
    ),
}


def nature(document: Document) -> Nature:
    """Say what a document is by how it begins."""
    head = document.body[:_HEAD]
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return Nature.EMPTY
    if head[:8].lower().startswith(_FILES):
        return Nature.FILE
    text = opening(document).lower()
    if _JSON.match(text):
        return Nature.FEED if "jsonfeed.org/version" in text else Nature.JSON
    if "<!doctype html" in text[:500]:
        return Nature.PAGE
    found = _ROOT.match(_after_prolog(text))
    if found is None:
        return Nature.FILE if "\x00" in text else Nature.ADDRESSES if _ADDRESSES.match(text) else Nature.TEXT
    return _ROOTS.get(found[1], Nature.XML)


def opening(document: Document) -> str:
    """Return the first characters of a document, decoded well enough to tell its kind."""
    head = document.body[:_HEAD]
    for mark, encoding in (*_MARKS, *_UNMARKED):
        if head.startswith(mark):
            return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    return head.decode("utf-8", "replace").lstrip()


def unpacked(document: Document) -> Document:
    """Unpack a body that is a gzip file whatever its server calls it; raises CrawlError TOO_LARGE, CUT_SHORT."""
    if not document.body.startswith(_GZIP):
        return document
    return replace(document, body=inflate(document.body, "gzip", document.limits.feed_bytes).body)


def _after_prolog(text: str) -> str:
    while found := _PROLOG.match(text):
        text = text[found.end() :]
    return text
