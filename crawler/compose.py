"""An article from what its source listed and what its page says. Pure."""

from datetime import datetime

from news.article import Article, Item, Page, TextFrom
from news.source import Source


def compose(source: Source, item: Item, page: Page | None, *, now: datetime, note: str = "") -> Article:
    """Join an item and its page; `note` says why there is no page where one was wanted."""
    text, text_from = _text(source, item, page)
    return Article(
        url=item.url,
        title=item.title or (page.title if page else "") or item.url,
        text=text,
        summary=item.summary,
        source=source.name,
        group=source.group,
        guid=item.guid,
        aliases=_aliases(item, page),
        authors=item.authors or (page.authors if page else ()),
        lang=item.lang or (page.lang if page else "") or source.lang,
        section=item.section or (page.section if page else ""),
        published_at=item.published_at or (page.published_at if page else None),
        first_seen_at=now,
        text_from=text_from,
        note=note,
    )


def _text(source: Source, item: Item, page: Page | None) -> tuple[str, TextFrom]:
    if page is not None and (len(page.text) >= len(item.text)):
        return page.text, TextFrom.PAGE
    if item.text:
        return item.text, TextFrom.FEED
    return item.summary, TextFrom.SUMMARY if source.full_text else TextFrom.FEED


def _aliases(item: Item, page: Page | None) -> tuple[str, ...]:
    if page is None:
        return ()
    return tuple(dict.fromkeys(url for url in (page.url, page.canonical) if url and url != item.url))
