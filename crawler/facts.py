"""What a page says of itself beside its text: JSON-LD, meta elements, links, time elements. Pure.

trafilatura and htmldate find the same and more, for a third of an article's whole cost; what presswatch keeps takes one
walk over the head and a few look-ups.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.dates import parse_date, sane
from crawler.jsonld import article_node, string
from crawler.plain import one_line, plain
from crawler.written import written_day
from news.article import DateFrom

_DATE_NAMES = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "pubdate",
    "publishdate", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.created", "dc.date", "dcterms.date", "dc.date.created", "article.published", "date",
)  # fmt: skip
_DATE_PATHS = (
    '//*[@itemprop="datePublished"]',
    '//*[contains(@property, "dc:date") or contains(@property, "datePublished")]',
    "//time[@pubdate]",
    '//time[@datetime and contains(@class, "published")]',
    "//article//time[@datetime]",
    "//main//time[@datetime]",
)
_TIER, _PAID = "article:content_tier", frozenset(("locked", "metered"))
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_DATE_CLASS = re.compile(  # none of an update
    r"^(?!.*(?:updat|modif)).*?(?:^|[\s_-])(?:date|published|pubdate|submitted|posted)(?:$|[\s_-])", re.IGNORECASE
)
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])(?:author|byline|username)(?:$|[\s_-]name|\s)", re.IGNORECASE)
_LABEL = frozenset(("class", "id"))
_A_DATE = 40  # characters of a line that is a date alone
_BY = re.compile(r"^(?:by|von|par|yazan|müəllif|автор)\s*:?\s+", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Facts:
    """A page's own words about itself; "" and empty where it has none."""

    title: str = ""
    site: str = ""
    authors: tuple[str, ...] = ()
    lang: str = ""
    section: str = ""
    canonical: str = ""
    kind: str = ""  # og:type or the JSON-LD type, in lower case
    published_at: datetime | None = None
    date_from: DateFrom = DateFrom.NOWHERE
    paywalled: bool = False
    feeds: list[tuple[str, str]] = field(default_factory=list)  # title and address of each alternate feed


def read_facts(tree: HtmlElement, url: str, now: datetime) -> Facts:
    """Collect what a page says of itself."""
    metas = _metas(tree)
    node = article_node(tree)
    published_at, date_from = _published(tree, metas, node, url, now)
    facts = Facts(
        title=_title(tree, metas, node),
        site=metas.get("og:site_name", "") or _name(node.get("publisher")),
        authors=tuple(dict.fromkeys(_authors(tree, metas, node))),
        lang=tree.get("lang") or string(node.get("inLanguage")) or metas.get("og:locale", ""),
        section=metas.get("article:section", "") or string(node.get("articleSection")),
        kind=(metas.get("og:type", "") or string(node.get("@type"))).lower(),
        published_at=published_at,
        date_from=date_from,
        paywalled=_unfree(node) or metas.get(_TIER, "") in _PAID,
    )
    _links(tree, url, facts)
    facts.canonical = facts.canonical or _absolute(url, metas.get("og:url", ""))
    facts.title = without_site(facts.title, facts.site)
    return facts


def _unfree(node: dict[str, Any]) -> bool:
    """Say whether an article or a part of it is stated not to be free."""
    parts = node.get("hasPart")
    listed = [node, *(parts if isinstance(parts, list) else [parts])]
    return any(str(one.get("isAccessibleForFree", "")).lower() == "false" for one in listed if isinstance(one, dict))


def lines_of_class(tree: HtmlElement, pattern: "re.Pattern[str]") -> list[str]:
    """Return the short lines of elements whose class or id matches, in the order of the page."""
    elements = (
        one for one in tree.iter("span", "div", "p", "a", "li", "time", "address") if not _LABEL.isdisjoint(one.keys())
    )
    found = (one for one in elements if pattern.search(f"{one.get('class', '')} {one.get('id', '')}"))
    lines = (one_line(one.text_content()) for one in found)
    return [line for line in lines if 0 < len(line) <= 80]


def without_site(title: str, site: str) -> str:
    """Take a site's name off the end or the front of a title, with the dash or bar that joins it."""
    if not site:
        return title
    name = _letters(site)
    for joint in _JOINTS:
        head, found, tail = title.rpartition(joint)
        if found and _letters(tail) == name and head.strip():
            return head.strip()
        head, found, tail = title.partition(joint)
        if found and _letters(head) == name and tail.strip():
            return tail.strip()
    return title


_JOINTS = (" | ", " - ", " – ", " — ", " » ", " :: ", " · ", " / ", "|", ": ")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Return meta elements by property, name or itemprop in lower case; the first of each counts."""
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content") or ""
        if name and content.strip():
            metas.setdefault(name.strip().lower(), one_line(content))
    return metas


def _title(tree: HtmlElement, metas: dict[str, str], node: dict[str, Any]) -> str:
    stated = string(node.get("headline")) or metas.get("og:title", "") or metas.get("twitter:title", "")
    if stated:
        return one_line(plain(stated))
    headings = [text for element in tree.iter("h1") if (text := one_line(element.text_content()))]
    if len(headings) == 1:
        return headings[0]
    found = tree.find(".//head/title")
    title = one_line(found.text_content()) if found is not None else next(iter(headings), "")
    inside = [heading for heading in headings if heading in title]
    return max(inside, key=len, default=title)


def _authors(tree: HtmlElement, metas: dict[str, str], node: dict[str, Any]) -> Iterator[str]:
    stated = list(_names(node.get("author")))
    if not stated:
        stated = [metas.get(name, "") for name in ("author", "article:author", "parsely-author", "dc.creator")]
    if not any(stated):
        stated = [
            one_line(element.text_content())
            for element in tree.iter("a", "span", "p", "div")
            if element.get("rel") == "author" or element.get("itemprop") == "author"
        ][:3] or lines_of_class(tree, _AUTHOR_CLASS)[:1]
    for raw in stated:
        name = _BY.sub("", one_line(raw))
        if name and "://" not in name and len(name) <= 80 and "@" not in name:
            yield name


def _names(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        name = _name(one)
        if name:
            yield name


def _name(value: object) -> str:
    if isinstance(value, dict):
        return string(value.get("name"))
    return string(value)


def _published(
    tree: HtmlElement, metas: dict[str, str], node: dict[str, Any], url: str, now: datetime
) -> tuple[datetime | None, DateFrom]:
    """Return the first stated time that can be true, the surest place first, and the place."""
    for text, place in _stated_dates(tree, metas, node, url):
        moment = sane(parse_date(text) or written_day(text), now)
        if moment is not None:
            return moment, place
    return None, DateFrom.NOWHERE


def _stated_dates(
    tree: HtmlElement, metas: dict[str, str], node: dict[str, Any], url: str
) -> Iterator[tuple[str, DateFrom]]:
    yield string(node.get("datePublished")), DateFrom.JSON_LD
    for name in _DATE_NAMES:
        yield metas.get(name, ""), DateFrom.META
    for path in _DATE_PATHS:
        for element in tree.xpath(path)[:3]:
            stated = element.get("content") or element.get("datetime") or one_line(element.text_content())
            yield stated, DateFrom.ELEMENT
    for line in lines_of_class(tree, _DATE_CLASS):
        yield line, DateFrom.ELEMENT
    found = _URL_DATE.search(url)
    if found:
        yield "-".join(found.groups()), DateFrom.URL
    for element in tree.xpath("//time[@datetime]")[:1]:
        yield element.get("datetime") or "", DateFrom.ELEMENT
    yield _lone_day(tree), DateFrom.ELEMENT


def _lone_day(tree: HtmlElement) -> str:
    """Return a line that holds a day where the page has no more than one such line outside its prose; else ""."""
    lines = {
        line
        for element in tree.iter("i", "em", "b", "small", "font", "span", "td", "div")
        if len(element) == 0 and (line := one_line(element.text or "")) and len(line) <= _A_DATE and written_day(line)
    }
    return next(iter(lines)) if len(lines) == 1 else ""


def _links(tree: HtmlElement, url: str, facts: Facts) -> None:
    for element in tree.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        href = element.get("href") or ""
        if "canonical" in rel and not facts.canonical:
            facts.canonical = _absolute(url, href)
        kind = (element.get("type") or "").lower()
        if "alternate" in rel and kind in _FEED_TYPES:
            facts.feeds.append((one_line(element.get("title") or ""), _absolute(url, href)))


_FEED_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json")
)


def _absolute(base: str, href: str) -> str:
    try:
        found = urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
