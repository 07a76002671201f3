"""An article from what its source listed and what its page says. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crawler.language import detect, primary
from news.article import Article, DateFrom, Item, Page, TextFrom
from news.source import Kind, Source

_A_WHOLE_TEXT = 500  # characters; a feed's shorter text is a teaser until the page proves otherwise
_AS_LONG = 0.9  # of the page's text: then the feed's is as whole, and free of the page's furniture

_POOR = 0.2  # an extraction's quality below which a menu or a caption may stand for the article


def compose(source: Source, item: Item, page: Page | None, *, now: datetime, note: str = "") -> Article:
    """Join an item and its page; `note` says why there is no page where one was wanted.

    The operator's word on language counts most, then the publisher's; the feed's date and authors before the page's,
    unless the operator's own selectors found them there.
    """
    item = _overruled(item, page) if page and page.picked else item
    text, text_from = _text(source, item, page)
    return Article(
        url=item.url,
        title=_title(source, item, page),
        text=text,
        summary=item.summary,
        source=source.name,
        group=source.group,
        guid=item.guid,
        aliases=_aliases(item, page),
        canonical=page.canonical if page else "",
        authors=item.authors or (page.authors if page else ()),
        lang=primary(source.lang) or primary(item.lang) or (page.lang if page else "") or _language(item, text),
        section=item.section or (page.section if page else ""),
        published_at=item.published_at or (page.published_at if page else None),
        first_seen_at=now,
        text_from=text_from,
        date_from=_date_from(item, page),
        quality=page.quality if page and text_from is TextFrom.PAGE else 1.0,
        paywalled=page is not None and page.paywalled,
        note="; ".join(filter(None, (note, *_doubts(item, page, text_from)))),
        own_link=item.own_link,
        listed=item.listed,
    )


def _overruled(item: Item, page: Page) -> Item:
    """Give the item without what the operator's selectors found on its page."""
    return replace(
        item,
        title="" if "title" in page.picked else item.title,
        text="" if "text" in page.picked else item.text,
        authors=() if "authors" in page.picked else item.authors,
        published_at=None if page.date_from is DateFrom.PICKED else item.published_at,
    )


def _title(source: Source, item: Item, page: Page | None) -> str:
    """Return the best title: a link's words on a section page are the last choice, they carry times and kickers."""
    stated = page.title if page else ""
    ordered = (stated, item.title) if source.kind is Kind.SECTION else (item.title, stated)
    return next(filter(None, ordered), "") or item.summary[:80] or item.url


def _text(source: Source, item: Item, page: Page | None) -> tuple[str, TextFrom]:
    if page is not None and not _feed_has_it_all(item, page):
        return page.text, TextFrom.PAGE
    if item.text:
        return item.text, TextFrom.FEED
    return item.summary, TextFrom.SUMMARY if source.full_text else TextFrom.FEED


def _date_from(item: Item, page: Page | None) -> DateFrom:
    if item.published_at is not None:
        return DateFrom.LISTED
    return page.date_from if page else DateFrom.NOWHERE


def _doubts(item: Item, page: Page | None, text_from: TextFrom) -> Iterator[str]:
    """Say what of an article an editor should not take for certain."""
    if page is None:
        return
    if page.paywalled:
        yield "behind a paywall: the text may be a part"
    if text_from is TextFrom.PAGE and page.quality < _POOR:
        yield f"little of the text is running text (quality {page.quality:g})"
    found = _date_from(item, page)
    if found and not found.sure:
        yield f"date not sure: from the page's {'address' if found is DateFrom.URL else 'time element'}"


def _feed_has_it_all(item: Item, page: Page) -> bool:
    return len(item.text) >= max(_A_WHOLE_TEXT, _AS_LONG * len(page.text))


def _language(item: Item, text: str) -> str:
    return detect(f"{item.title}. {text or item.summary}")


def _aliases(item: Item, page: Page | None) -> tuple[str, ...]:
    """Return where the item's address led; the page's word on its canonical address is kept apart."""
    return (page.url,) if page and page.url and page.url != item.url else ()
