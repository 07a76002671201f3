"""An alert: the decision to tell of a story for a topic, and each delivery that is owed for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from news.article import Article
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
    """An alert owed to a channel; `id` never changes and is the receiver's key for dropping repeats."""

    id: str
    channel: str
    alert: Alert
    owner: str = ""
    attempt: int = 1  # this one included
    due_at: datetime
    taken_by: tuple[str, ...] = ()  # the channel's receivers that have it already, as last settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an attempt: delivered, due again at `due_at`, or dead."""

    state: DeliveryState
    detail: str = ""
    due_at: datetime | None = None  # DUE: when to try again
    taken_by: tuple[str, ...] = ()  # receivers that have it, kept for the next attempt
