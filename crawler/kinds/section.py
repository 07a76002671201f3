"""Section pages: web pages that list articles. Any page is looked at as one last, for what else it may lead to."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.documents import Document, Reading
from crawler.kinds import Manner, Sight
from crawler.mistaken import mistaken
from crawler.nature import Nature, nature
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NAME = "a page that lists articles"
MANNER = Manner(accept="text/html, application/xhtml+xml, */*;q=0.5", like_pages=True)

_A_LIST = 3  # links to articles that make a page a list of them
_A_STORY = 500  # characters of running text for each link to an article that make a page an article of its own
_ARTICLE_KINDS = ("article", "newsarticle", "reportagenewsarticle", "blogposting")


def read(document: Document) -> Reading:
    """Read a page that lists articles; raises CrawlError NOT_HTML, or what it is a mask of."""
    from crawler.pages import read_section

    if nature(document) in {Nature.ADDRESSES, Nature.TEXT}:
        raise mistaken(Reason.NOT_HTML, document, NAME)
    try:
        return read_section(document)
    except CrawlError as error:
        if error.reason != Reason.NOT_HTML or nature(document) is Nature.PAGE:
            raise
        raise mistaken(Reason.NOT_HTML, document, NAME) from error


def look(document: Document) -> Sight:
    """See what a page is for us: a list of articles, an article, or a way to a feed; raises CrawlError NOT_HTML."""
    from crawler.facts import read_facts
    from crawler.markup import read_markup
    from crawler.pages import links_of

    markup = read_markup(document)
    facts = read_facts(markup, document.url, document.now)
    listed = len(links_of(markup, document))
    inner = bool(urlsplit(document.url).path.strip("/"))
    said = facts.kind in _ARTICLE_KINDS or facts.kind.endswith("article")
    article = inner and (said or _prose(markup) >= _A_STORY * max(1, listed))
    ordered = sorted(dict.fromkeys(url for _, url in facts.feeds if url), key=lambda url: "comment" in url.lower())
    return Sight(
        url=document.url,
        kind=Kind.SECTION if not article and listed >= _A_LIST else None,
        article=article,
        title=facts.title or facts.site,
        feeds=tuple(ordered),
        entries=listed,
    )


def _prose(markup: "HtmlElement") -> int:
    """Return how many characters of running text a page has, links left out."""
    return sum(len(text.strip()) for text in markup.xpath("//p//text()[not(ancestor::a)]"))
