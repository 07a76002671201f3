"""Sitemaps: lists of addresses, indexes of lists, and news sitemaps with their titles and dates."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element as Element

from crawler.dates import parse_date, sane
from crawler.documents import Document, Reading, newest, none_of, web_link
from crawler.language import primary
from crawler.mistaken import mistaken
from crawler.plain import clip, one_line
from crawler.shape import LIKELY, article_score
from news.article import Item
from news.fetch import Reason

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Facts: TypeAlias = Mapping[str, str]
Entry: TypeAlias = tuple[str, Facts]  # absolute address, and what is said of it


def read_sitemap(document: Document) -> Reading:
    """Read a sitemap or an index of them (its `children`, newest first); raises CrawlError NOT_A_SITEMAP."""
    kind, entries = read_entries(document)
    dated = all("lastmod" in facts for _, facts in entries)
    entries.sort(key=_changed, reverse=True)  # stable: what says nothing stays in its order, behind
    if kind is Entries.LISTS:
        return Reading(items=(), children=tuple(dict.fromkeys(url for url, _ in entries)), children_dated=dated)
    pattern = compiled(document.links)
    wanted = (entry for entry in entries if is_wanted(*entry, pattern))
    nothing = none_of(len(entries), document.links)
    return newest((item_of(*entry, document) for entry in wanted), document.limits, nothing=nothing)


class Entries(Enum):
    """What a sitemap's entries are."""

    PAGES = auto()
    LISTS = auto()  # it is an index


def read_entries(document: Document) -> tuple[Entries, list[Entry]]:
    """Return a sitemap's entries in their order, those without a web address left out; raises CrawlError NOT_A_SITEMAP.

    An entry's facts are its leaves by their local names, those of its news element among them.
    """
    body = document.body
    if body.lstrip().startswith(b"http"):
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
        return Entries.PAGES, [(line, {}) for line in lines if line.startswith(("http://", "https://"))]
    root = _root(document)
    kind = etree.QName(root).localname
    if kind not in {"sitemapindex", "urlset"}:
        raise mistaken(Reason.NOT_A_SITEMAP, document, "a sitemap")
    name, what = ("sitemap", Entries.LISTS) if kind == "sitemapindex" else ("url", Entries.PAGES)
    listed = (_facts(element) for element in root.iterchildren(f"{{*}}{name}"))
    entries = ((web_link(document.url, facts.get("loc", "")), facts) for facts in listed)
    return what, [entry for entry in entries if entry[0]]


def _root(document: Document) -> Element:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(document.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise mistaken(Reason.NOT_A_SITEMAP, document, "a sitemap")
    return root


def _facts(element: Element) -> dict[str, str]:
    facts: dict[str, str] = {}
    for leaf in element.iter("{*}loc", "{*}lastmod", "{*}title", "{*}publication_date", "{*}language"):
        facts.setdefault(etree.QName(leaf).localname, one_line(leaf.text or ""))
    return facts


def _changed(entry: Entry) -> datetime:
    facts = entry[1]
    return parse_date(facts.get("publication_date") or facts.get("lastmod", "")) or _LONG_AGO


def item_of(url: str, facts: Facts, document: Document) -> Item:
    """Make an item of an entry; when a page was changed is no date of publication."""
    return Item(
        url=url,
        title=clip(facts.get("title", ""), document.limits.title_bytes),
        lang=primary(facts.get("language", "")),
        published_at=sane(parse_date(facts.get("publication_date", "")), document.now),
    )


def is_wanted(url: str, facts: Facts, pattern: "re.Pattern[str] | None") -> bool:
    """Say whether an entry is an article: by the operator's pattern, else as news or by its address's shape."""
    if pattern is not None:
        return pattern.search(url) is not None
    return "publication_date" in facts or article_score(url) >= LIKELY


def compiled(pattern: str) -> "re.Pattern[str] | None":
    """Compile an operator's pattern with RE2, which takes linear time; None for none."""
    if not pattern:
        return None
    import re2

    found: re.Pattern[str] = re2.compile(pattern)
    return found
