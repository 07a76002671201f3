"""Addresses on the command line: what each is, and how single articles join the flow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from news.article import Item, Listing, Page
from news.errors import CrawlError
from news.fetch import Fetch, Outcome
from news.source import Kind, Source, Validators
from news.time import Clock
from presswatch.owners import Owners
from presswatch.sourcefile import default_name, url_problem

if TYPE_CHECKING:
    from crawler.crawl import Crawler
    from crawler.history import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Addresses, sorted out."""

    names: Sequence[str] = ()  # sources to run
    extra: Sequence[Source] = ()  # of those, the ones that the configuration does not have
    articles: Mapping[str, Sequence[str]] = field(default_factory=dict)  # source name -> the articles it stands for
    asked_as: Mapping[str, Source] = field(default_factory=dict)  # of these, the source that has their site


async def resolve(crawler: "Crawler", addresses: Sequence[str], known: Sequence[Source]) -> tuple[Resolved, list[str]]:
    """Find out what addresses are; those that cannot be read come back as sentences."""
    if not addresses:
        return Resolved(), []
    by_url, owners = {source.url: source for source in known}, Owners(known)
    asked_as: dict[str, Source] = {}
    names: list[str] = []
    extra: list[Source] = []
    articles: dict[str, list[str]] = {}
    problems: list[str] = []
    for address in dict.fromkeys(addresses):
        url = address if "://" in address else f"https://{address}"
        try:
            source = by_url.get(url) or await discover(crawler, url, owners)
        except CrawlError as error:
            problems.append(f"{address}: {error}")
            continue
        if source is None:
            source = lone_articles(url)
            articles.setdefault(source.name, []).append(url)
            asked_as[source.name] = owners.of(url) or source
        if source not in known and source.name in {each.name for each in known}:
            source = replace(source, name=f"{source.name} ({default_name(source.url)})")
        names.append(source.name)
        extra += [] if source in known else [source]
    fresh = {source.name: source for source in extra}
    found = Resolved(names=list(dict.fromkeys(names)), extra=list(fresh.values()), articles=articles, asked_as=asked_as)
    return found, problems


async def discover(crawler: "Crawler", url: str, owners: Owners) -> Source | None:
    """What an address is: a source of some kind, or None for a single article; raises CrawlError.

    The source that has its site may have a log-in there, and it is asked with it.
    """
    if problem := url_problem(url):
        raise CrawlError("bad_url", problem)
    found = await crawler.discover(url, owners.of(url))
    if found.kind is None:
        return None
    return Source(name=found.title or default_name(found.url), url=found.url, kind=found.kind)


def lone_articles(url: str) -> Source:
    """The source that single articles of one host belong to; it is asked only when they are named."""
    parts = urlsplit(url)
    host = parts.hostname or url
    return Source(name=f"{host} (single articles)", url=f"{parts.scheme}://{parts.netloc}/", kind=Kind.SECTION)


class Addresses:
    """A crawler whose lists for single articles are those articles, unasked."""

    def __init__(self, crawler: "Crawler", resolved: Resolved, *, clock: Clock) -> None:
        self._crawler = crawler
        self._articles = resolved.articles
        self._asked_as = resolved.asked_as
        self._clock = clock

    async def listing(self, source: Source, validators: Validators, /, *, address: str = "") -> Listing:
        """What a source lists; raises CrawlError."""
        named = self._articles.get(source.name)
        if named is None:
            return await self._crawler.listing(source, validators, address=address)
        items = [Item(url=url) for url in named]
        fetch = Fetch(url=source.url, at=self._clock.now(), outcome=Outcome.READ, items=len(items))
        return Listing(items=items, validators=Validators(), fetch=fetch, whole=False)

    async def history(
        self, source: Source, *, since: datetime, until: datetime, limit: int, listed: Iterable[str] = ()
    ) -> "Past":
        """What a source's site printed in a time; raises CrawlError."""
        return await self._crawler.history(source, since=since, until=until, limit=limit, listed=listed)

    async def page(self, url: str, source: Source, /) -> Page:
        """An article's page; raises CrawlError."""
        return await self._crawler.page(url, self._asked_as.get(source.name, source))
