"""The kinds of sources, a file each, found by name.

A new kind is a module here with what `SourceKind` asks for, and its name in `news.source.Kind`. The modules load their
parsers where they read, so that asking costs no import of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from crawler.documents import Document, Reading
from crawler.nature import unpacked
from news.source import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a kind's documents are asked for."""

    accept: str
    like_pages: bool = False  # with the time and size of pages, on a kept connection, and robots.txt has a say
    delta: bool = False  # a server may answer with what changed alone (RFC 3229)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one document turned out to be."""

    url: str
    kind: Kind | None  # None: an article, or a page of no use, as `article` says
    article: bool = False
    title: str = ""
    feeds: tuple[str, ...] = ()  # addresses that the page names, comments last
    entries: int = 0  # articles it lists
    news: bool = False  # a news sitemap, with titles and dates


class SourceKind(Protocol):
    """What a kind's module holds."""

    NAME: str  # "a feed", as in "this is a feed"
    MANNER: Manner

    def read(self, document: Document, /) -> Reading:
        """Read a document of this kind: its items, or as `children` the lists it leads to; raises CrawlError."""
        ...

    def look(self, document: Document, /) -> Sight | None:
        """Say what an unknown document is where it is of this kind; None: it is not."""
        ...


@lru_cache
def kind_named(kind: Kind) -> SourceKind:
    """Return a kind's module."""
    return cast("SourceKind", import_module(f"crawler.kinds.{kind.value}"))


def read_list(kind: Kind, document: Document) -> Reading:
    """Read a source's document, in a parsing child; raises CrawlError."""
    return kind_named(kind).read(unpacked(document))
