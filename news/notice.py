"""A notice: what operators are told of sources, of the network, of channels and of what these did not take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from news.health import State


class Event(StrEnum):
    """What a notice tells of."""

    SOURCES = "sources"  # sources broke, or recovered
    NETWORK_DOWN = "network_down"  # nothing can be reached: it is our own network
    NETWORK_BACK = "network_back"
    CHANNEL_OFF = "channel_off"  # a channel's receiver wants no more
    UNDELIVERED = "undelivered"  # alerts were given up
    CONFIGURATION = "configuration"  # it was changed while the daemon runs, and is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A source that operators are told of."""

    source: str
    url: str
    state: State
    before: State  # what operators heard last; FINE where nothing was amiss
    since: datetime | None = None  # of the state; None: not known
    success_at: datetime | None = None  # None: never read
    reason: str = ""  # of the last failure
    detail: str = ""
    turns: int = 1  # changes since operators heard last, this one included


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Alerts that were given up for a channel, or for one of its receivers while others took them."""

    channel: str
    receiver: str = ""  # "": nobody of the channel took them
    alerts: int
    alert: int  # the last of them
    since: datetime  # when the first of them was given up
    until: datetime  # and the last
    reason: str  # of the last, as its receiver said it


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to operators."""

    id: int
    event: Event
    created_at: datetime
    changes: Sequence[Change] = ()  # SOURCES: those that changed, the troubles first
    asked: int = 0  # NETWORK_DOWN: sources that were asked and could not be reached
    since: datetime | None = None  # NETWORK_DOWN and _BACK: when it began, CHANNEL_OFF: when it was switched off
    channel: str = ""  # CHANNEL_OFF: which
    detail: str = ""  # CHANNEL_OFF: what its receiver said; CONFIGURATION: what is wrong, and where
    losses: Sequence[Loss] = ()  # UNDELIVERED: whom, and how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A change that operators have not heard of."""

    change: Change
    changed_at: datetime  # when it was noticed
    asked_at: datetime | None = None  # the source's last run
    told_at: datetime | None = None  # the last notice of this source; None: never


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The end of a run, as far as it speaks of the network; those of sources that fail for long say nothing."""

    host: str
    at: datetime
    reason: str = ""  # "": it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """A channel whose receiver said that it is gone, and that operators have not heard of."""

    channel: str
    at: datetime
    detail: str  # what the receiver said


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A loss that operators have not heard of."""

    loss: Loss
    told_at: datetime | None = None  # the last notice of this channel or receiver; None: none of late


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known when it is decided whether to tell."""

    pending: Sequence[Pending] = ()
    asked: Sequence[Asked] = ()  # the latest runs, newest first
    network: Notice | None = None  # the last one of the network
    switched_off: Sequence[SwitchedOff] = ()
    lost: Sequence[Lost] = ()


Tell: TypeAlias = Callable[[Scene], Sequence[Notice]]
"""The rule that storage asks in the transaction that keeps notices; their ids are given there."""
