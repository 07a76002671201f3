"""How many messages a channel gets: single ones while there are few, then digests; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.alert import Picked, Waiting, is_digest

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What may begin now: so many single messages; or, beyond these, one more; or a digest."""

    singly: int
    one_more: bool = False
    digest: bool = False


def singly(per_hour: int) -> int:
    """How many of an hour's messages go singly; the rest is kept for digests."""
    return per_hour - max(1, per_hour // 4)


def room(begun: Mapping[str, datetime], *, now: datetime, per_hour: int) -> Room:
    """Say what may begin, after the messages of the last hour and the times of their last attempts.

    Three quarters of an hour's messages go singly. The rest is kept for digests, the first of them at once, the others
    spread over the time until the oldest message is an hour old and never closer than an even share of the hour: a
    storm that lasts gets a digest every few minutes and no silence. No hour ever sees more than `per_hour` messages.
    """
    alone = singly(per_hour) - len(begun)
    left = per_hour - len(begun)
    if left <= 0:
        return Room(singly=0)
    if not begun:
        return Room(singly=alone, one_more=True, digest=True)
    digests = [at for name, at in begun.items() if is_digest(name)]
    first, last = min(begun.values()), min(max(begun.values()), now)
    gap = max(HOUR / per_hour, (first + HOUR - last) / (left + 1))
    is_quiet = now >= last + gap
    return Room(singly=max(alone, 0), one_more=is_quiet, digest=is_quiet or not digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The choice of a claim: what goes now of what is due."""

    now: datetime
    at_once: int  # messages taken in one claim
    per_hour: int = 0  # different messages that may begin in any hour; 0: as many as there are
    most: int = 1  # deliveries of a new digest; 1: none is begun

    def __call__(self, due: Sequence[Waiting], begun: Mapping[str, datetime], /) -> Picked:
        """Choose the longest due that there is room for.

        Another attempt of a message of the last hour needs no room: it is that message, under its id.
        """
        new = [each for each in due if each.id not in begun]
        picked = self._begin(new, begun)
        chosen = {each.id for each in due if each.id in begun}.union(picked.messages)
        places = self.at_once - bool(picked.digest)
        return Picked(messages=[each.id for each in due if each.id in chosen][:places], digest=picked.digest)

    def _begin(self, new: Sequence[Waiting], begun: Mapping[str, datetime]) -> Picked:
        """Choose among messages that were not tried within the hour."""
        if self.per_hour <= 0:
            return Picked(messages=[each.id for each in new[: self.at_once]])
        free = room(begun, now=self.now, per_hour=self.per_hour)
        is_storm = len(new) > free.singly and any(map(is_digest, begun))
        if free.singly and not is_storm:
            return Picked(messages=[each.id for each in new[: min(free.singly, self.at_once)]])
        fresh = [each.id for each in new if each.is_fresh][: self.most]
        if free.digest and len(fresh) > 1 and (new[0].is_fresh or not free.one_more):
            return Picked(digest=fresh)
        return Picked(messages=[each.id for each in new[:1] if free.one_more])
