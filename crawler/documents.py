"""What a parsing child is given and gives back, and what every list of articles has in common. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any
from urllib.parse import urljoin

from crawler.plain import clip
from crawler.settings import Limits
from crawler.sites import Picks
from news.article import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A body as it came, and what is needed to read it: everything a parsing child is told."""

    body: bytes
    url: str
    content_type: str
    now: datetime
    limits: Limits
    asked: str = ""  # the address before redirects; "": `url`
    picks: Picks = field(default_factory=Picks)  # where this site's pages keep what
    links: str = ""  # RE2 pattern of article addresses, for sections and sitemaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a list of articles said: newest first, at most the limit, `surplus` left out."""

    items: tuple[Item, ...]
    title: str = ""
    surplus: int = 0
    detail: str = ""  # anything odd, for the operator
    children: tuple[str, ...] = ()  # a sitemap index: the lists it names, newest first
    children_dated: bool = True  # False: some list's date is missing, so the index does not tell when it changes

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave a child as bare values: to send items name by name, as dataclasses do, takes twice as long."""
        rest = (self.title, self.surplus, self.detail, self.children, self.children_dated)
        return _arrived, (list(map(_VALUES, self.items)), *rest)


_VALUES = attrgetter(*(each.name for each in fields(Item)))


def _arrived(rows: list[Any], title: str, *rest: Any) -> Reading:
    surplus, detail, children, dated = rest
    items = [
        Item(
            url=url,
            guid=guid,
            title=name,
            summary=summary,
            text=text,
            authors=authors,
            lang=lang,
            section=section,
            published_at=moment,
            own_link=own,
            listed=listed,
            tries=tries,
        )
        for url, guid, name, summary, text, authors, lang, section, moment, own, listed, tries in rows
    ]
    return Reading(
        items=tuple(items), title=title, surplus=surplus, detail=detail, children=children, children_dated=dated
    )


WARM_PAGE = Document(
    body=b"<html><body><article><h1>Harbour</h1>%s</article></body></html>"
    % (b"<p>Ships came and went all day.</p>" * 9),
    url="http://harbour.invalid/",
    content_type="text/html; charset=utf-8",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    limits=Limits(),
)


def newest(items: Iterable[Item], limits: Limits, *, title: str = "", nothing: str = "it lists nothing") -> Reading:
    """Put the newest first, keeping the document's order among items of one time or none, and cap their number.

    `nothing` is what to say when there are none.
    """
    whole = list(items)
    dated = [item.published_at for item in whole if item.published_at is not None]
    if dated and any(later > earlier for earlier, later in pairwise(dated)):
        oldest = min(dated)
        whole.sort(key=lambda item: item.published_at or oldest, reverse=True)
    return Reading(
        items=tuple(whole[: limits.items]),
        title=clip(title, limits.title_bytes),
        surplus=max(0, len(whole) - limits.items),
        detail="" if whole else nothing,
    )


def none_of(offered: int, pattern: str) -> str:
    """Say why nothing of what a list offers is taken; `pattern` is the operator's `links`, "" for none."""
    if not offered:
        return "it lists nothing"
    if pattern:
        return f"none of its {offered} addresses matches `links`"
    return f"none of its {offered} addresses looks like an article's: a pattern under `links` says which are"


def web_link(base: str, link: str) -> str:
    """Make a link absolute; "" for anything but http and https."""
    link = link.strip()
    if not link.startswith(("http://", "https://")):
        try:
            link = urljoin(base, link)
        except ValueError:
            return ""
    return link if link.startswith(("http://", "https://")) else ""


def joined(readings: Iterable[Reading], limits: Limits) -> Reading:
    """Make one reading of an index's lists."""
    lists = list(readings)
    whole = newest({item.url: item for reading in lists for item in reading.items}.values(), limits)
    return replace(whole, surplus=whole.surplus + sum(reading.surplus for reading in lists))
