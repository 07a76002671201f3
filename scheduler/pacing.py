"""The pace of hosts, exchanged with other processes."""

import logging
from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from news.errors import StorageError
from news.pace import Pace
from news.time import Clock
from scheduler.writer import Run

log = logging.getLogger(__name__)


class Pacing(Protocol):
    """What an exchange needs from the crawler's gate."""

    def paces(self) -> Sequence[Pace]:
        """Tell how the hosts may be asked next that were asked since the last call."""
        ...

    def heed(self, paces: Iterable[Pace], /) -> None:
        """Take over what other processes learnt of hosts."""
        ...

    def share(self, leave: Callable[[str, float], Awaitable[float]], /) -> None:
        """Ask leave of the other processes for each request to a host that has a delay."""
        ...


class HostStore(Protocol):
    """What it needs to hear from, and tell, the other processes."""

    def exchange(self, mine: Sequence[Pace], /, *, owner: str, now: datetime) -> Sequence[Pace]:
        """Write down what this process learnt of hosts, and give what others did."""
        ...

    def reserve(self, host: str, gap: float, /, *, owner: str, now: datetime, lease: timedelta) -> float:
        """Have a host for one request, the next not before `gap` seconds; else say how many seconds to wait."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Asks leave of other processes for requests to hosts that are not ours by the lease of a source.

    Pages may lie on hosts that are nobody's, or another process's: there one database is the only thing that all share.
    """

    hosts: HostStore
    run: Run
    clock: Clock
    owner: str
    lease: timedelta
    ours: Container[str]  # hosts of the sources that we run; other processes keep away from them

    async def __call__(self, host: str, gap: float) -> float:
        """Have the host's turn, 0, or the seconds after which to ask for it again."""
        if host in self.ours:
            return 0.0
        try:
            return await self.run(
                self.hosts.reserve, host, gap, owner=self.owner, now=self.clock.now(), lease=self.lease
            )
        except StorageError as error:  # no reason to lose a page: what it brings will hear of it soon enough
            log.error("no_leave", extra={"host": host, "error": str(error)})  # noqa: TRY400  a known failure needs no traceback
            return 0.0


async def exchange(gate: Pacing, hosts: HostStore, run: Run, *, owner: str, now: datetime) -> None:
    """Tell other processes how hosts were asked, and hear of it from them; raises StorageError."""
    gate.heed(await run(hosts.exchange, gate.paces(), owner=owner, now=now))
