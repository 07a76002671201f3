"""Web pages: the links of a section page, and the text and facts of an article's own page."""

from crawler.dates import parse_date, sane
from crawler.documents import Document
from crawler.plain import clip, one_line
from news.article import Page
from news.errors import CrawlError
from news.fetch import Reason


def read_page(document: Document) -> Page:
    """Read an article's page; raises CrawlError NOT_HTML or NO_TEXT."""
    from trafilatura import bare_extraction

    found = bare_extraction(document.body, url=document.url, fast=True, with_metadata=True, include_comments=False)
    if found is None or not found.text:
        raise CrawlError(Reason.NO_TEXT, "no article text on the page")
    limits = document.limits
    return Page(
        url=document.url,
        title=clip(one_line(found.title or ""), limits.title_bytes),
        text=clip(found.text, limits.text_bytes),
        canonical=found.url or "",
        authors=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        lang=found.language or "",
        published_at=sane(parse_date(found.date or ""), document.now),
    )
