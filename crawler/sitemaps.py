"""Sitemaps: lists of addresses, indexes of lists, and news sitemaps with their titles and dates."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element as Element

from crawler.dates import parse_date, sane
from crawler.documents import Document, Reading, newest, web_link
from crawler.inflate import inflate
from crawler.language import primary
from crawler.plain import clip, one_line
from crawler.shape import LIKELY, article_score
from news.article import Item
from news.errors import CrawlError
from news.fetch import Reason

_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_sitemap(document: Document) -> Reading:
    """Read a sitemap or an index of them (its `children`, newest first); raises CrawlError NOT_A_SITEMAP."""
    body = document.body
    if body.startswith(_GZIP):
        body = inflate(body, "gzip", document.limits.feed_bytes).body
    if body.lstrip().startswith(b"http"):
        return _read_lines(body, document)
    root = _root(body)
    kind = etree.QName(root).localname
    if kind == "sitemapindex":
        return _read_index(root, document)
    if kind != "urlset":
        raise CrawlError(Reason.NOT_A_SITEMAP, f"a document of kind {kind[:40]!r}, not a sitemap")
    listed = [_facts(element) for element in root.iterchildren("{*}url")]
    listed.sort(key=_changed, reverse=True)  # stable: what says nothing stays in its order, behind
    return newest(_items(listed, document), document.limits)


def _root(body: bytes) -> Element:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise CrawlError(Reason.NOT_A_SITEMAP, "no XML in it")
    return root


def _read_index(root: Element, document: Document) -> Reading:
    listed = [_facts(element) for element in root.iterchildren("{*}sitemap")]
    dated = all("lastmod" in facts for facts in listed)
    listed.sort(key=_changed, reverse=True)
    links = (web_link(document.url, facts.get("loc", "")) for facts in listed)
    return Reading(items=(), children=tuple(link for link in dict.fromkeys(links) if link), children_dated=dated)


def _read_lines(body: bytes, document: Document) -> Reading:
    listed = [{"loc": line.strip()} for line in body.decode("utf-8", "replace").splitlines()]
    return newest(_items(listed, document), document.limits)


def _facts(element: Element) -> dict[str, str]:
    """Return an entry's leaves by their local names, those of its news element among them."""
    facts: dict[str, str] = {}
    for leaf in element.iter("{*}loc", "{*}lastmod", "{*}title", "{*}publication_date", "{*}language"):
        facts.setdefault(etree.QName(leaf).localname, one_line(leaf.text or ""))
    return facts


def _changed(facts: dict[str, str]) -> datetime:
    return parse_date(facts.get("publication_date") or facts.get("lastmod", "")) or _LONG_AGO


def _items(listed: list[dict[str, str]], document: Document) -> Iterator[Item]:
    pattern = compiled(document.links)
    for facts in listed:
        url = web_link(document.url, facts.get("loc", ""))
        if url and _wanted(url, facts, pattern):
            yield Item(
                url=url,
                title=clip(facts.get("title", ""), document.limits.title_bytes),
                lang=primary(facts.get("language", "")),
                published_at=sane(parse_date(facts.get("publication_date", "")), document.now),
            )


def _wanted(url: str, facts: dict[str, str], pattern: "re.Pattern[str] | None") -> bool:
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
