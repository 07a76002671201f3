"""JSON Feed 1.0 and 1.1 (jsonfeed.org): bytes to items."""

import json
from dataclasses import replace
from typing import Any

from crawler.documents import Document, Reading
from crawler.entries import Entry, reading_of
from crawler.mistaken import mistaken
from news.errors import CrawlError
from news.fetch import Reason


def looks_like_json(document: Document) -> bool:
    """Say whether a body begins like a JSON object."""
    return document.body[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_json(document: Document) -> Reading:
    """Read a JSON Feed; raises CrawlError NOT_A_FEED, PARSE_ERROR."""
    try:
        found = json.loads(document.body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise CrawlError(Reason.PARSE_ERROR, f"broken JSON: {error}"[:200]) from error
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("items"), list)
        or "jsonfeed" not in _text(found, "version")
    ):
        raise mistaken(Reason.NOT_A_FEED, document, "a JSON Feed")
    entries = [_entry(entry) for entry in found["items"] if isinstance(entry, dict)]
    reading = reading_of(_text(found, "title"), entries, document)
    lost = len(found["items"]) - len(entries)
    words = f"{lost} items that are no objects left out" if lost else ""
    return replace(reading, detail="; ".join(filter(None, (reading.detail, words))))


def _entry(entry: dict[str, Any]) -> Entry:
    content = _text(entry, "content_html") or _text(entry, "content_text")
    return Entry(
        link=_text(entry, "url") or _text(entry, "external_url") or _text(entry, "id"),
        guid=_text(entry, "id"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        contents=(content,) if content else (),
        authors=_authors(entry),
        section=next((tag for tag in _list(entry, "tags") if isinstance(tag, str) and tag), ""),
        date=_text(entry, "date_published") or _text(entry, "date_modified"),
    )


def _authors(entry: dict[str, Any]) -> list[str]:
    people = _list(entry, "authors") or [entry.get("author")]  # the second is version 1.0
    return [_text(person, "name") for person in people if isinstance(person, dict)]


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def _text(entry: dict[str, Any], name: str) -> str:
    """Return a member as text; ids may be numbers, anything else that is no string is nothing."""
    value = entry.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
