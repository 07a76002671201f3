"""What was served in the place of a source's document: named, with what to write instead where it can be read. Pure."""

import re

from crawler.documents import Document
from crawler.nature import Nature, nature, opening
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind

_KINDS = {Nature.FEED: Kind.FEED, Nature.SITEMAP: Kind.SITEMAP, Nature.ADDRESSES: Kind.ADDRESSES}
_MASKS = frozenset((Reason.SOFT_404, Reason.CONSENT_WALL, Reason.LOGIN_WALL, Reason.ROBOT_CHECK))
_A_LIST = 3  # links to articles from which a page is worth a kind of its own
_JSON_WORD = re.compile(r'"(?:message|error|detail|title|error_description)"\s*:\s*"([^"\\]{1,120})')
_XML_WORD = re.compile(r"<(?:\w+:)?(?:message|error|detail|description)>\s*([^<]{1,120}?)\s*<", re.IGNORECASE)
_LINE = re.compile(r"\s*([^\r\n]{1,80})")
_WORDS = {Nature.JSON: _JSON_WORD, Nature.XML: _XML_WORD, Nature.TEXT: _LINE}


def mistaken(reason: Reason, document: Document, wanted: str) -> CrawlError:
    """Return the error for a document of another kind than the source's; a page's mask has a reason of its own."""
    found = nature(document)
    if found is Nature.PAGE:
        return _page(reason, document, wanted)
    if found == wanted:
        return CrawlError(reason, f"{found} too damaged to be read")
    if found in _KINDS:
        return CrawlError(reason, f"{found}, not {wanted}: write kind: {_KINDS[found]}")
    return CrawlError(reason, f"{found}{_message(found, document)}, not {wanted}")


def _message(found: Nature, document: Document) -> str:
    """Return the message inside a service's answer, the one thing worth reading in it."""
    pattern = _WORDS.get(found)
    told = pattern.search(opening(document)) if pattern else None
    words = "".join(filter(str.isprintable, told[1])).strip() if told else ""
    return f" that says “{words}”" if words else ""


def _page(reason: Reason, document: Document, wanted: str) -> CrawlError:
    """Name a page: by its mask, by the feed it names, or as a list of articles."""
    from crawler.facts import read_facts
    from crawler.markup import read_markup
    from crawler.pages import links_of, read_page

    try:
        read_page(document)
    except CrawlError as error:
        if error.reason in _MASKS:
            return CrawlError(error.reason, f"{error.detail}, in the place of {wanted}")
    markup = read_markup(document)
    feeds = [url for _, url in read_facts(markup, document.url, document.now).feeds if url]
    said = f"an HTML page, not {wanted}"
    if feeds:
        return CrawlError(reason, f"{said}; it names a feed at {feeds[0]}")
    listed = len(links_of(markup, document))
    return CrawlError(reason, f"{said}; it lists {listed} articles: write kind: section" if listed >= _A_LIST else said)
