"""A source's health: the facts that it is judged by, what it comes to, and what operators are told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How a source does."""

    NEW = "new"  # not read yet
    FINE = "fine"
    PAUSED = "paused"  # switched off in the configuration
    FAILING = "failing"  # it cannot be read
    GONE = "gone"  # its publisher says that it will not come back (410)
    BROKEN = "broken"  # it is read, but its pages no longer give texts
    SILENT = "silent"  # it is read, but has brought nothing new for longer than it ever did

    @property
    def is_trouble(self) -> bool:
        """True where an operator should look."""
        return self in {State.FAILING, State.GONE, State.BROKEN, State.SILENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What became of one article's page."""

    read: bool  # False: the page could not be had or held no text
    short: bool = False  # too few words to tell it from others
    quality: float = 1.0  # see Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a source when it is judged."""

    enabled: bool = True
    state: State = State.NEW  # as last judged
    since: datetime | None = None  # of that state
    failures: int = 0  # in a row
    failing_since: datetime | None = None  # the first of them, as far as the history reaches
    asked_at: datetime | None = None  # None: never yet
    reason: str = ""  # of the last failure, a news.fetch.Reason
    success_at: datetime | None = None  # None: never yet
    arrivals: Sequence[datetime] = ()  # when it brought something new, oldest first; a first look counts once
    texts: Sequence[Text] = ()  # of pages that were wanted, newest first
    repeated: int = 0  # addresses that lately gave one and the same text


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A verdict, and since when it holds."""

    state: State
    since: datetime | None = None  # None: never asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An article as the figures of its source count it."""

    seen_at: datetime
    published_at: datetime | None = None  # None: not said, or not sure
    backlog: bool = False  # it was there before we came
    copy: bool = False  # it joined a story that stood already
    page: bool | None = None  # whether its page was read; None: it was not wanted
    quality: float | None = None  # of the page's text, see Page; None: not read
