"""Feeds, RSS of every age, RDF and Atom: bytes to items."""

import io
from collections.abc import Mapping
from typing import Any

from crawler.documents import Document, Reading
from crawler.entries import Entry, reading_of
from crawler.jsonfeed import looks_like_json, read_json
from crawler.mistaken import mistaken
from news.fetch import Reason


def read_feed(document: Document) -> Reading:
    """Read a feed of any kind; raises CrawlError NOT_A_FEED."""
    if looks_like_json(document):
        return read_json(document)
    return read_quickly_or_not(document) or read_thoroughly(document)


def read_quickly_or_not(document: Document) -> Reading | None:
    """Read a plain, well-formed feed; None: it may mean something that only feedparser knows."""
    from crawler.quick import read_quickly
    from crawler.roles import Unsure

    try:
        title, entries = read_quickly(document)
    except Unsure:
        return None
    return reading_of(title, entries, document)


def read_thoroughly(document: Document) -> Reading:
    """Read any XML feed with feedparser, the truth that the fast path is measured against."""
    import feedparser

    headers = {"content-location": document.url, "content-type": document.content_type}
    found = feedparser.parse(
        io.BytesIO(document.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.get("version"):
        raise mistaken(Reason.NOT_A_FEED, document, "a feed")
    return reading_of(str(found.feed.get("title") or ""), [_entry(entry) for entry in found.entries], document)


def _entry(entry: Mapping[str, Any]) -> Entry:
    date, parts = _date(entry)
    return Entry(
        link=str(entry.get("link") or ""),
        guid=str(entry.get("id") or ""),
        title=str(entry.get("title") or ""),
        summary=str(entry.get("summary") or ""),
        contents=[str(part.get("value") or "") for part in entry.get("content", ())],
        authors=[str(author.get("name") or "") for author in entry.get("authors", ())],
        section=next((str(tag.get("term")) for tag in entry.get("tags", ()) if tag.get("term")), ""),
        date=date,
        date_parts=parts,
    )


def _date(entry: Mapping[str, Any]) -> tuple[str, object]:
    for name in ("published", "updated", "created"):
        text = str(entry.get(name) or "") if name in entry else ""  # asked first: "updated" has an alias that warns
        if text:
            return text, entry.get(f"{name}_parsed")
    return "", None
