"""A source: a document we ask again and again, and what we remember of asking."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from news.fetch import Fetch
from news.health import State
from news.pace import Pace
from news.reread import Reread


class Kind(StrEnum):
    """What a source's document is; an unknown one is tried as each in this order, so a page stands last."""

    FEED = "feed"  # RSS, Atom, RDF or JSON Feed
    SITEMAP = "sitemap"  # sitemap, sitemap index or news sitemap
    ADDRESSES = "addresses"  # plain text, one address a line
    SECTION = "section"  # an HTML page that lists articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the operator wrote of a source; `name` is its identity."""

    name: str
    url: str
    kind: Kind = Kind.FEED
    group: str = ""
    lang: str = ""  # primary language subtag such as "tr"; "": detected per article
    full_text: bool = True  # False: keep what the feed says, fetch no pages
    links: str = ""  # RE2 pattern an article's address must match, not for FEED; "": by its shape
    interval: timedelta | None = None  # None: adapts to how much is new
    cron: str = ""  # five fields: asked at these times and no others; "": by the interval
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What lets the next request be answered with "unchanged"; saved only with the items of the same body."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What fell out of a source's list between two looks, and is still to be had from its site's sitemaps."""

    since: datetime  # of the look before
    left: int = 0  # articles that are known to be missed; 0: the sitemaps were not asked yet
    tries: int = 0  # runs in a row that brought nothing of it


LEARNED = 3  # agreeing answers after which a permanent redirect is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A source that is ours to run until `until`; who lost it cannot write."""

    source_id: int
    source: Source
    owner: str
    token: int = 0  # this claim's number: two leases of one owner are told apart by it
    until: datetime
    validators: Validators = field(default_factory=Validators)
    interval: timedelta = timedelta(minutes=15)  # the cadence in force
    failures: int = 0  # failed runs since the last good one
    attempts: int = 1  # claims since the last settled run; above 1 a worker died on it
    first_look: bool = False  # True: never read to the end before, what it lists is backlog
    due_at: datetime | None = None  # None: was not due, asked for by name
    pace: Pace | None = None  # the host's, as another process left it; None: it says nothing
    last_success_at: datetime | None = None  # None: never yet
    listed: int = 0  # items of its list when it was last read; 0: there was none that we hold
    whole_at: datetime | None = None  # when it last sent its list, and did not just call it unchanged; None: never yet
    lied_at: datetime | None = None  # when its "unchanged" was last seen to be a lie; None: never, or long ago
    moved_to: str = ""  # where its permanent redirects lead; "": nowhere
    moved_times: int = 0  # answers in a row that agree on it
    rereads: bool = False  # True: pages of articles are due to be read again
    open_gap: Gap | None = None  # None: nothing is known to be missed

    @property
    def looked_at(self) -> datetime | None:
        """When its list was last seen; "unchanged" may have been a lie since. None: never yet."""
        return self.whole_at or self.last_success_at

    @property
    def address(self) -> str:
        """Where it is asked: its own address, or the one that three answers in a row named as its new one."""
        return self.moved_to if self.moved_times >= LEARNED else self.source.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a run ended: written with its articles, in the transaction that gives the lease back."""

    fetch: Fetch
    validators: Validators | None = None  # None: keep the old ones; only a whole, parsed body brings new ones
    due_at: datetime
    interval: timedelta
    failures: int = 0
    moved_to: str = ""  # where permanent redirects lead
    moved_times: int = 0  # answers in a row that agree on it
    lied_at: datetime | None = None  # None: its "unchanged" is believed
    complete: bool = True  # False: items were left for the next run, so a first look goes on
    listed: int | None = None  # items of the list, 0 where we hold none of them; None: it was not read
    rereads: Sequence[Reread] = ()  # of articles whose pages were asked for again
    paces: Sequence[Pace] = ()  # how hosts may be asked next, for whoever runs their sources then
    open_gap: Gap | None = None  # None: none, or none any more


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """A source as operators see it."""

    source: Source
    due_at: datetime | None = None  # None: switched off
    last_success_at: datetime | None = None  # None: never yet
    last_fetch: Fetch | None = None  # None: never asked
    failures: int = 0
    attempts: int = 0  # claims since the last settled run; above 1 a worker died on it
    articles: int = 0
    moved_to: str = ""
    moved_times: int = 0  # answers in a row that agree on it; from LEARNED on it is asked there
    lied_at: datetime | None = None  # when it last called a changed list unchanged; None: never, or long ago
    state: State = State.NEW  # as last judged
    state_since: datetime | None = None  # None: never asked
    gaps: int = 0  # in the kept history, looks that found its list moved on too far
    open_gap: Gap | None = None  # None: nothing is known to be missed
