"""Web pages: the text and facts of an article's own page, and the articles that a section page links to."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.dates import parse_date, sane
from crawler.documents import Document, Reading, newest, none_of
from crawler.facts import Facts, read_facts
from crawler.language import detect
from crawler.lighten import lighten
from crawler.markup import read_markup
from crawler.masks import check_mask, quality
from crawler.picked import finders, picked_lines, picked_text, take_away
from crawler.plain import clip, one_line
from crawler.shape import LIKELY, article_score, same_site
from crawler.sitemaps import compiled
from news.article import DateFrom, Item, Page
from news.errors import CrawlError
from news.fetch import Reason

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

_HEADLINE_WORDS = 4  # a link of so many words is a headline rather than a menu entry
_UNREADABLE = 0.05  # share of a text's characters that could not be decoded


def read_page(document: Document) -> Page:
    """Read an article's page; raises CrawlError NOT_HTML, NO_TEXT, or what it is a mask of."""
    tree = read_markup(document)
    facts = read_facts(tree, document.url, document.now)
    picks = document.picks
    picked: tuple[str, ...] = ("without",) if take_away(tree, picks) else ()
    if picks:
        picked += finders(tree, picks)
        facts = _picked(facts, tree, document)
    text = picked_text(tree, picks) or main_text(lighten(tree))
    check_mask(document.asked or document.url, document.url, facts.title, text)
    if not text:
        raise CrawlError(Reason.NO_TEXT, "no article text on the page")
    if text.count("\ufffd") > _UNREADABLE * len(text):
        raise CrawlError(Reason.NOT_HTML, "the page is no text in any encoding that it could be in")
    limits = document.limits
    return Page(
        url=document.url,
        title=clip(facts.title, limits.title_bytes),
        text=clip(text, limits.text_bytes),
        canonical=_own_canonical(facts, document.url),
        authors=facts.authors,
        lang=detect(text, facts.lang),
        section=facts.section,
        published_at=facts.published_at,
        date_from=facts.date_from,
        paywalled=facts.paywalled,
        quality=quality(text),
        picked=picked,
    )


def _picked(facts: Facts, tree: HtmlElement, document: Document) -> Facts:
    """Put what the operator's selectors find before what the page says of itself."""
    picks = document.picks
    title = next(iter(picked_lines(tree, picks.title)), facts.title)
    authors = tuple(picked_lines(tree, picks.authors)) or facts.authors
    dates = (sane(parse_date(line), document.now) for line in picked_lines(tree, picks.date))
    moment = next(filter(None, dates), None)
    if moment is not None:
        facts = replace(facts, published_at=moment, date_from=DateFrom.PICKED)
    return replace(facts, title=title, authors=authors)


def main_text(tree: HtmlElement) -> str:
    """Return an article's text without menus, comments and footers; "" for none."""
    from trafilatura import bare_extraction

    found = bare_extraction(tree, options=_extraction())
    return "" if found is None or isinstance(found, dict) else (found.text or "").strip()


@lru_cache(maxsize=1)
def _extraction() -> "Extractor":
    """Return trafilatura's options, built once; its metadata would cost a third of the whole, `facts` has them."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", fast=True, comments=False, with_metadata=False)


def _own_canonical(facts: Facts, url: str) -> str:
    """Return the canonical address where it can be one: on the same site, and no front page for an inner one."""
    canonical = facts.canonical
    if not canonical or not same_site(canonical, url):
        return ""
    parts, own = urlsplit(canonical), urlsplit(url)
    front = not parts.path.strip("/") and not parts.query
    return "" if front and own.path.strip("/") else canonical


def read_section(document: Document) -> Reading:
    """Read a page that lists articles; raises CrawlError NOT_HTML, or what a page that lists none is a mask of."""
    tree = read_markup(document)
    facts = read_facts(tree, document.url, document.now)
    found = links_of(tree, document)
    if not found:
        check_mask(document.asked or document.url, document.url, facts.title, main_text(tree))
    nothing = "" if found else none_of(len({url for url, _ in _anchors(tree, document.url)}), document.links)
    limits = document.limits
    items = (Item(url=url, title=clip(words, limits.title_bytes)) for url, words in found.items())
    return newest(items, limits, title=facts.site or facts.title, nothing=nothing)


def links_of(tree: HtmlElement, document: Document) -> dict[str, str]:
    """Return the articles that a page links to, each with the longest words that do."""
    pattern = compiled(document.links)
    found: dict[str, str] = {}
    for url, words in _anchors(tree, document.url):
        wanted = pattern.search(url) is not None if pattern else _looks_like_one(url, words, document.url)
        if wanted and len(words) > len(found.get(url, "")):
            found[url] = words
        elif wanted:
            found.setdefault(url, words)
    return found


def _anchors(tree: HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """Yield each link's absolute address, without fragment, and its words."""
    base_element = tree.find(".//base[@href]")
    base = url if base_element is None else _joined(url, base_element.get("href") or "")
    own = urldefrag(url).url
    for anchor in tree.iter("a"):
        target = urldefrag(_joined(base, (anchor.get("href") or "").strip())).url
        if target.startswith(("http://", "https://")) and target != own:
            yield target, one_line(anchor.text_content())


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def _looks_like_one(url: str, words: str, page: str) -> bool:
    if not same_site(url, page):
        return False
    headline = len(words.split()) >= _HEADLINE_WORDS
    return article_score(url) + headline >= LIKELY
