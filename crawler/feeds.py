"""Feeds, RSS of every age, RDF and Atom: bytes to items."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crawler.dates import from_struct, parse_date, sane, zone_name_unknown
from crawler.documents import Document, Reading, newest, web_link
from crawler.plain import clip, one_line, plain
from news.article import Item
from news.errors import CrawlError
from news.fetch import Reason


def read_feed(document: Document) -> Reading:
    """Read a feed; raises CrawlError NOT_A_FEED."""
    return read_thoroughly(document)


def read_thoroughly(document: Document) -> Reading:
    """Read any feed with feedparser, the truth that the fast path is measured against."""
    import feedparser

    headers = {"content-location": document.url, "content-type": document.content_type}
    found = feedparser.parse(
        io.BytesIO(document.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.get("version"):
        raise CrawlError(Reason.NOT_A_FEED, _what_it_is(document))
    items = [_item(entry, document) for entry in found.entries]
    meta = found.feed
    return newest(
        (item for item in items if item is not None),
        document.limits,
        title=one_line(plain(str(meta.get("title") or ""))),
        lang=str(meta.get("language") or ""),
    )


def _item(entry: Mapping[str, Any], document: Document) -> Item | None:
    limits = document.limits
    url = web_link(document.url, str(entry.get("link") or ""))
    if not url:
        return None
    text = max((plain(str(part.get("value") or "")) for part in entry.get("content", ())), key=len, default="")
    summary = plain(str(entry.get("summary") or ""))
    return Item(
        url=url,
        guid=str(entry.get("id") or ""),
        title=clip(one_line(plain(str(entry.get("title") or ""))), limits.title_bytes),
        summary="" if summary == text else clip(summary, limits.summary_bytes),
        text=clip(text, limits.text_bytes),
        authors=_authors(entry),
        lang="",
        section=_section(entry),
        published_at=_published(entry, document.now),
    )


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = (one_line(str(author.get("name") or "")) for author in entry.get("authors", ()))
    return tuple(dict.fromkeys(name for name in names if name))


def _section(entry: Mapping[str, Any]) -> str:
    return next((one_line(str(tag.get("term"))) for tag in entry.get("tags", ()) if tag.get("term")), "")


def _published(entry: Mapping[str, Any], now: datetime) -> datetime | None:
    for name in ("published", "updated", "created"):
        text = str(entry.get(name) or "")
        if text:
            moment = parse_date(text)
            if moment is None and not zone_name_unknown(text):
                moment = from_struct(entry.get(f"{name}_parsed"))
            return sane(moment, now)
    return None


def _what_it_is(document: Document) -> str:
    """Name what was served in a feed's place."""
    head = document.body[:4096].lstrip().lower()
    if not head:
        return "an empty document"
    if b"<html" in head or head.startswith(b"<!doctype html"):
        return "an HTML page, not a feed"
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "a sitemap, not a feed"
    return "not a feed that we know"
