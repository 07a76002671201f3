"""An alert: the decision to tell of a story for a topic, and each delivery that is owed for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from news.article import Article
from news.notice import Notice
from news.story import Story
from news.topic import Match


class Verdict(StrEnum):
    """What `decide` says of a match."""

    NOW = "now"
    HELD = "held"  # recorded with its reason, not sent: backlog of a first look, too old
    COPY = "copy"  # the story was told already; only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict, its reason for a reader, and the channels that are owed a delivery."""

    verdict: Verdict
    reason: str
    channels: tuple[str, ...] = ()


class Decide(Protocol):
    """The rule that storage asks inside its commit; pure."""

    def __call__(self, match: Match, story: Story, article: Article, *, told: bool, backlog: bool) -> Decision:
        """Say what to do; `told`: this story was told for this topic before; `backlog`: seen on a first look."""
        ...


class DeliveryState(StrEnum):
    """The life of an outbox row."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One story, one topic, one alert."""

    id: int
    topic: str
    topic_title: str
    match: Match
    article: Article  # the copy that raised it
    story: Story  # as it stands now: later copies raise the counters
    copies: Sequence[Article]  # the story's articles in order of arrival, at most 20; texts may be empty
    decision: Decision
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is owed to a channel; `id` never changes and is the receiver's key for dropping repeats."""

    id: str
    channel: str
    about: Alert | Notice  # a notice goes alone, never in a digest
    owner: str = ""
    attempt: int = 1  # this one included
    due_at: datetime
    taken_by: tuple[str, ...] = ()  # the channel's receivers that have it already, as last settled
    bundle: str = ""  # the digest that carries it, settled for good with its first attempt; "": it goes alone

    @property
    def alert(self) -> Alert:
        """The alert that is told; raises TypeError where it is a notice to operators."""
        if isinstance(self.about, Alert):
            return self.about
        raise TypeError(f"delivery {self.id} tells of a notice")

    @property
    def message_id(self) -> str:
        """The id of the message that carries it, the same at every attempt."""
        return self.bundle or self.id


_DIGEST = "digest-"


def digest_id(deliveries: Iterable[str]) -> str:
    """The id of the digest of these deliveries: the same for the same ones, in whatever order."""
    return f"{_DIGEST}{sha256(' '.join(sorted(deliveries)).encode()).hexdigest()[:32]}"


def is_digest(message_id: str) -> bool:
    """Say whether a message's id is a digest's."""
    return message_id.startswith(_DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that is due: a delivery, or a digest that was begun."""

    id: str
    is_fresh: bool  # never tried, so that it may still go into a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What is to be sent now: messages under these ids, and deliveries that go together in a new digest."""

    messages: Sequence[str] = ()
    digest: Sequence[str] = ()


class Pick(Protocol):
    """The rule that storage asks inside a claim; pure."""

    def __call__(self, due: Sequence[Waiting], begun: Mapping[str, datetime], /) -> Picked:
        """Choose among what is due, the longest due first; `begun`: the last hour's messages and their last attempt."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an attempt: delivered, due again at `due_at`, or dead."""

    state: DeliveryState
    detail: str = ""
    due_at: datetime | None = None  # DUE: when to try again
    taken_by: tuple[str, ...] = ()  # receivers that have it, kept for the next attempt
    refused: Mapping[str, str] = field(default_factory=dict)  # DELIVERED: receivers that will not have it, and why

    @property
    def gives_up(self) -> bool:
        """True when somebody who was owed it is given up."""
        return self.state is DeliveryState.DEAD or bool(self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A channel's answer to a message that it took."""

    said: str
    taken_by: tuple[str, ...] = ()  # the channel's receivers that have it, where it has several
    refused: Mapping[str, str] = field(default_factory=dict)  # those that refused it for good, and why
