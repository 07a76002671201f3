"""`sources try`: one page read as an article of its source, before anybody trusts it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import TYPE_CHECKING

import rich_click as click

from news.article import Article, DateFrom, Item, Page
from news.errors import ConfigError, CrawlError
from news.source import Source, Validators
from presswatch.addresses import lone_articles
from presswatch.app import App
from presswatch.cli import FAILED, Options
from presswatch.cli.output import as_json, clean, print_json, table
from presswatch.logs import configure
from presswatch.owners import Owners, named
from presswatch.sourcefile import url_problem

if TYPE_CHECKING:
    from crawler.crawl import Crawler

_BEGINNING = 400  # characters of the text that are shown; --json has all of it
_LISTED, _PAGE, _PICKED = "listed", "page", "picked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a page gives, and where each part was found: picked by a selector, on the page, listed; "": nowhere."""

    source: str
    url: str
    title: str
    title_from: str
    published_at: datetime | None
    date_from: str
    authors: tuple[str, ...]
    authors_from: str
    lang: str
    text: str
    text_from: str
    quality: float
    paywalled: bool
    note: str
    picks: Mapping[str, bool]  # the source's selectors: did each find something


@click.command("try")
@click.argument("what", metavar="NAME|ADDRESS")
@click.option("--source", default="", metavar="NAME", help="With an ADDRESS: whose article it is; else its host's.")
@as_json
@click.pass_obj
def try_page(options: Options, what: str, source: str, as_json: bool) -> int:
    """Read one page as an article of its source, and say where title, date, authors and text came from.

    NAME is a source, of which the newest article is read; ADDRESS is an article. The page is asked for as the source
    says, with its header fields, log-in, proxy and selectors. Nothing is stored.

    \b
    Examples:
      presswatch sources try "Example News"
      presswatch sources try https://example.org/news/1
      presswatch sources try https://example.net/1 --source "Example News"
    """
    app = App.open(options.config)
    configure("error", app.settings.log.format)
    owner, url = _wanted(app, what, source)
    try:
        tried = asyncio.run(_try(app, owner, url))
    except CrawlError as error:
        if as_json:
            print_json({"source": owner.name, "problem": str(error)})
        else:
            click.echo(f"{clean(owner.name)}: {clean(str(error))}", err=True)
        return FAILED
    if as_json:
        print_json(tried)
    else:
        _show(tried)
    return 0


def _wanted(app: App, what: str, whose: str) -> tuple[Source, str]:
    """Whose page, and its address; "" for the newest that its source lists. Raises ConfigError."""
    known = {source.name: source for source in app.sources}
    for name in filter(None, (whose, "" if "://" in what else what)):
        named(name, known, none="an address begins with https://")
    if "://" not in what:
        return known[what], ""
    if problem := url_problem(what):
        raise ConfigError(problem)
    return known.get(whose) or Owners(app.sources).of(what) or lone_articles(what), what


async def _try(app: App, source: Source, url: str) -> Tried:
    from crawler.compose import compose

    async with app.gathering() as crawler:
        item = Item(url=url) if url else await _newest(crawler, source)
        try:
            page = await crawler.page(item.url, source)
        except CrawlError as error:
            raise CrawlError(error.reason, f"{error.detail} ({item.url})") from error
    asking = app.watched.asking.get(source.name)
    picks = asking.picks.names if asking else ()
    article = compose(source, item, page, now=app.clock.now())
    return _tried(article, page, item, {name: name in page.picked for name in picks})


async def _newest(crawler: "Crawler", source: Source) -> Item:
    listing = await crawler.listing(source, Validators())
    if not listing.items:
        raise CrawlError("no_text", "the source lists no article now; name the ADDRESS of one")
    return listing.items[0]


def _tried(article: Article, page: Page, item: Item, picks: Mapping[str, bool]) -> Tried:
    return Tried(
        source=article.source,
        url=page.url,
        title=article.title,
        title_from=_from("title", article.title, page, item.title),
        published_at=article.published_at,
        date_from=article.date_from.value,
        authors=article.authors,
        authors_from=_from("authors", article.authors, page, item.authors),
        lang=article.lang,
        text=article.text,
        text_from=_PICKED if "text" in page.picked else article.text_from.value,
        quality=page.quality,
        paywalled=page.paywalled,
        note=article.note,
        picks=picks,
    )


def _from(key: str, kept: object, page: Page, listed: object) -> str:
    if not kept:
        return ""
    return _PICKED if key in page.picked else _LISTED if kept == listed else _PAGE


_DATES = {
    DateFrom.LISTED: _LISTED,
    DateFrom.JSON_LD: "page, JSON-LD",
    DateFrom.META: "page, meta element",
    DateFrom.PICKED: _PICKED,
    DateFrom.ELEMENT: "page, time element (not sure)",
    DateFrom.URL: "address (a day, not sure)",
    DateFrom.NOWHERE: "",
}


def _show(tried: Tried) -> None:
    click.echo(f"{clean(tried.url)}, as an article of {clean(tried.source)}:")
    date = f"{tried.published_at:%Y-%m-%d %H:%M %Z}" if tried.published_at else "none found"
    size = f"{len(tried.text):,} characters, quality {tried.quality:.2f}"
    rows = [
        ("title", tried.title, tried.title_from),
        ("date", date, _DATES[DateFrom(tried.date_from)]),
        ("authors", ", ".join(tried.authors) or "none found", tried.authors_from),
        ("language", tried.lang or "none found", ""),
        ("text", size, tried.text_from),
        ("paywall", "yes, the text may be a part" if tried.paywalled else "no", ""),
    ]
    table(("", "", "From"), rows + ([("note", tried.note, "")] if tried.note else []), empty="")
    click.echo(f"\n{shorten(clean(tried.text), _BEGINNING, placeholder=' …')}")
    for name, found in tried.picks.items():
        if not found:
            click.echo(f"pick.{name} finds nothing on this page")
    if tried.picks.get("date") and tried.date_from != DateFrom.PICKED:
        click.echo("pick.date finds something that is no date, or none that can be true")
