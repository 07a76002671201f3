"""What operators are told, and when: pure rules that make one notice of what breaks together.

A change waits a little for others. A source that broke and recovered is told of; if it breaks again soon it is told
later, with how often it changed. While nothing at all can be reached, that is said once, and no source is blamed.
Alerts that were given up are told in one notice for all channels, and of no channel twice within hours. No notice
tells of a notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.fetch import Reason
from news.health import State
from news.notice import Asked, Event, Lost, Notice, Pending, Scene

FLAPPING = timedelta(hours=6)  # a source's or channel's next trouble is told no earlier after its last notice
STANDING = timedelta(days=7)  # the same for a receiver that refuses: it will, until somebody corrects its address
_WINDOW = timedelta(minutes=10)  # of runs that show whether anything can be reached
_HOSTS = 3  # fewer may well fail together by themselves
_NETWORK = frozenset({Reason.DNS, Reason.REFUSED, Reason.TIMEOUT, Reason.NETWORK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a change waits for others."""

    quiet: timedelta = timedelta(minutes=5)  # since the last of them
    most: timedelta = timedelta(minutes=30)  # since the first of them


AT_ONCE = Patience(quiet=timedelta(0), most=timedelta(0))


def tell(scene: Scene, *, now: datetime, patience: Patience) -> list[Notice]:
    """Say what operators are told now."""
    network = _network(scene, now)
    notices = [
        Notice(id=0, event=Event.CHANNEL_OFF, created_at=now, since=off.at, channel=off.channel, detail=off.detail)
        for off in scene.switched_off
    ]
    notices += [network] if network else []
    ripe = [each for each in scene.pending if _may_be_told(each, network or scene.network, now)]
    if ripe and _waited([each.changed_at for each in ripe], now, patience):
        changes = sorted((each.change for each in ripe), key=lambda each: (not each.state.is_trouble, each.source))
        notices.append(Notice(id=0, event=Event.SOURCES, created_at=now, changes=changes))
    losses = tuple(each.loss for each in scene.lost if _is_news(each, scene, now))
    if losses and _waited([at for each in losses for at in (each.since, each.until)], now, patience):
        notices.append(Notice(id=0, event=Event.UNDELIVERED, created_at=now, losses=losses))
    return notices


def _waited(times: Sequence[datetime], now: datetime, patience: Patience) -> bool:
    return now - max(times) >= patience.quiet or now - min(times) >= patience.most


def _is_news(each: Lost, scene: Scene, now: datetime) -> bool:
    """Not what a notice of today says already: that the channel was switched off, or lost others a moment ago."""
    if not each.loss.receiver and each.loss.channel in {off.channel for off in scene.switched_off}:
        return False
    rest = STANDING if each.loss.receiver else FLAPPING
    return each.told_at is None or now - each.told_at >= rest


def _may_be_told(each: Pending, network: Notice | None, now: datetime) -> bool:
    """A recovery at once; a trouble unless it was told of a moment ago, or is our own network's."""
    if not each.change.state.is_trouble:
        return True
    if each.told_at is not None and now - each.told_at < FLAPPING:
        return False
    if each.change.state is not State.FAILING or each.change.reason not in _NETWORK or network is None:
        return True
    if network.event is Event.NETWORK_DOWN:
        return False
    return each.asked_at is not None and each.asked_at > network.created_at


def _network(scene: Scene, now: datetime) -> Notice | None:
    """The network's own notice, where it changed."""
    is_down = scene.network is not None and scene.network.event is Event.NETWORK_DOWN
    if is_down and scene.network is not None:
        back = [each.at for each in scene.asked if not _unreached(each) and each.at > scene.network.created_at]
        since = scene.network.since
        return Notice(id=0, event=Event.NETWORK_BACK, created_at=now, since=since) if back else None
    lost = lost_network(scene.asked, now)
    if not lost:
        return None
    since = min(each.at for each in lost)
    return Notice(id=0, event=Event.NETWORK_DOWN, created_at=now, since=since, asked=len(lost))


def lost_network(asked: Sequence[Asked], now: datetime) -> Sequence[Asked]:
    """The runs that show that nothing can be reached: all of the last minutes', over several hosts; or none."""
    recent = [each for each in asked if now - each.at <= _WINDOW]
    lost = all(map(_unreached, recent)) and len({each.host for each in recent}) >= _HOSTS
    return recent if lost else ()


def _unreached(each: Asked) -> bool:
    return each.reason in _NETWORK
