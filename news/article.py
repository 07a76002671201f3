"""An article, from what a source lists to what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from news.errors import CrawlError
from news.fetch import Fetch
from news.source import Validators
from news.story import Joined
from news.topic import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a source says of one article; plain text, never HTML; `url` is absolute http(s)."""

    url: str
    guid: str = ""
    title: str = ""
    summary: str = ""
    text: str = ""  # the whole article where the feed carries it
    authors: tuple[str, ...] = ()
    lang: str = ""
    section: str = ""
    published_at: datetime | None = None  # None: not said, or absurd
    own_link: bool = True  # False: the address is other items' too, or the front page; storage says so
    listed: int = field(default=0, compare=False)  # hash of what is listed, by storage; 0: not watched for changes
    tries: int = field(default=0, compare=False)  # how often its page could not be read, by storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source's document, read: newest items first, at most the limit; `surplus` says how many were left out."""

    items: Sequence[Item]
    validators: Validators
    fetch: Fetch
    title: str = ""
    surplus: int = 0
    moved_to: str = ""  # where permanent redirects led; "": nowhere
    not_before: timedelta | None = None  # how long the publisher asks not to be asked again; None: does not say
    lied: bool = False  # True: it changed under validators that promised it had not
    whole: bool = True  # False: cut short, or only what changed (226): what is not listed may be there still


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of a source's list is known already."""

    items: int = 0  # listed, each once
    known: int = 0  # of them, kept or expired, whichever source brought them
    titles: int = 0  # of their titles, those that this source's latest articles have


class DateFrom(StrEnum):
    """Where a date of publication was taken from, the surest first."""

    LISTED = "listed"  # the source's own list said so
    JSON_LD = "json_ld"
    META = "meta"
    PICKED = "picked"  # where the operator's own selector points
    ELEMENT = "element"  # a time element in the article: it may be a change's
    URL = "url"  # a day, no hour
    NOWHERE = ""

    @property
    def sure(self) -> bool:
        """True where a publisher states the very moment of publication."""
        return self in {DateFrom.LISTED, DateFrom.JSON_LD, DateFrom.META, DateFrom.PICKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article's own page, read."""

    url: str  # after redirects
    title: str
    text: str
    canonical: str = ""  # rel=canonical or og:url, absolute; "": none
    authors: tuple[str, ...] = ()
    lang: str = ""
    section: str = ""
    published_at: datetime | None = None
    date_from: DateFrom = DateFrom.NOWHERE
    paywalled: bool = False  # the page says that not all of it is free to read
    quality: float = 1.0  # from 0 to 1: how much the text is like an article's
    picked: tuple[str, ...] = ()  # those of the operator's selectors that found something


NOT_READ = "page not read"  # how the note of an article begins whose page was wanted and could not be had


def not_read(error: CrawlError) -> str:
    """What is noted of an article whose page was wanted and could not be had."""
    return f"{NOT_READ}: {error.reason}: {error.detail}"


class TextFrom(StrEnum):
    """Where an article's text was taken from."""

    PAGE = "page"
    FEED = "feed"  # the feed carried it, or no page was wanted
    SUMMARY = "summary"  # the page could not be had: `note` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text at the moment we saw it; two publishers make two articles."""

    url: str
    title: str
    text: str = ""
    summary: str = ""
    source: str = ""
    group: str = ""
    guid: str = ""
    aliases: tuple[str, ...] = ()  # other addresses that led to the same page: redirect targets
    canonical: str = ""  # what the page says its address is; storage believes it or not. "": nothing
    authors: tuple[str, ...] = ()
    lang: str = ""
    section: str = ""
    published_at: datetime | None = None  # None: the publisher did not say, or said nonsense
    first_seen_at: datetime
    text_from: TextFrom = TextFrom.FEED
    date_from: DateFrom = DateFrom.NOWHERE  # of `published_at`
    quality: float = 1.0  # of the extraction, see Page
    paywalled: bool = False  # its page says that not all of it is free to read
    note: str = ""  # why the text is not the page's, or what was odd about it
    own_link: bool = True  # False: `url` is other articles' too, and says nothing of identity
    listed: int = field(
        default=0, compare=False
    )  # see Item; -1, -2, …: the page was tried so often, and is asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as the archive gives it back."""

    id: int
    article: Article
    story_id: int
    joined: Joined | None = None  # why it stands in its story; None: not asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An article read and matched, ready to be kept in one transaction."""

    article: Article
    tokens: Sequence[str]  # folded words of title and text, in order: what search and fingerprints work on
    matches: Sequence[Match] = ()
    reread_at: datetime | None = None  # when its page is to be read again; None: not at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a batch of prepared articles."""

    new: int = 0
    known: int = 0  # another source, worker or address had it first
    revised: int = 0  # known ones whose text was changed since
    copies: int = 0  # of the new ones, those that joined an existing story
    alerts: int = 0  # told now
    held: int = 0  # matched and recorded, not told

    def __add__(self, more: "Kept") -> "Kept":
        return Kept(
            new=self.new + more.new,
            known=self.known + more.known,
            revised=self.revised + more.revised,
            copies=self.copies + more.copies,
            alerts=self.alerts + more.alerts,
            held=self.held + more.held,
        )
