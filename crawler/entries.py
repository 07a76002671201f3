"""A feed's entry as its author wrote it, whichever parser found it, and the item we make of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.dates import from_struct, parse_date, sane, zone_name_unknown
from crawler.documents import Document, Reading, newest, web_link
from crawler.plain import clip, one_line, plain
from news.article import Item


@dataclass(slots=True, kw_only=True)
class Entry:
    """What one entry says, markup and all."""

    link: str = ""
    guid: str = ""
    title: str = ""
    summary: str = ""
    contents: Sequence[str] = ()
    authors: Sequence[str] = ()
    section: str = ""
    date: str = ""  # as written: published, else updated, else created
    date_parts: object = (
        None  # the same as feedparser reads it, nine numbers in UTC; None: it could not, or was not asked
    )


def reading_of(title: str, entries: Iterable[Entry], document: Document) -> Reading:
    """Make a reading of a feed's entries, saying how many had to be left out."""
    made = [item_of(entry, document) for entry in entries]
    items = [item for item in made if item is not None]
    reading = newest(items, document.limits, title=one_line(plain(title)))
    lost = len(made) - len(items)
    return replace(reading, detail=f"{lost} items with no address on the web left out") if lost else reading


def item_of(entry: Entry, document: Document) -> Item | None:
    """Make an item: plain text, absolute link, a date that can be true; None: it links nowhere on the web."""
    url = web_link(document.url, entry.link) if entry.link.strip() else ""
    if not url:
        return None
    limits = document.limits
    text = max(map(plain, entry.contents), key=len) if entry.contents else ""
    summary = plain(entry.summary)
    if len(text) < len(summary):
        text = ""  # a picture's caption: feedparser takes media:description for content
    return Item(
        url=url,
        guid=entry.guid,
        title=clip(plain(entry.title).replace("\n", " "), limits.title_bytes),
        summary="" if summary == text else clip(summary, limits.summary_bytes),
        text=clip(text, limits.text_bytes),
        authors=tuple(dict.fromkeys(filter(None, map(one_line, entry.authors)))),
        section=one_line(entry.section),
        published_at=sane(_moment(entry), document.now),
    )


def _moment(entry: Entry) -> datetime | None:
    moment = parse_date(entry.date)
    if moment is None and entry.date_parts is not None and not zone_name_unknown(entry.date):
        moment = from_struct(entry.date_parts)
    return moment
