"""The pace of hosts, exchanged with other processes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from news.pace import Pace
from scheduler.writer import Run


class Pacing(Protocol):
    """What an exchange needs from the crawler's gate."""

    def paces(self) -> Sequence[Pace]:
        """Tell how the hosts may be asked next that were asked since the last call."""
        ...

    def heed(self, paces: Iterable[Pace], /) -> None:
        """Take over what other processes learnt of hosts."""
        ...


class HostStore(Protocol):
    """What it needs to hear from, and tell, the other processes."""

    def exchange(self, mine: Sequence[Pace], /, *, owner: str, now: datetime) -> Sequence[Pace]:
        """Write down what this process learnt of hosts, and give what others did."""
        ...


async def exchange(gate: Pacing, hosts: HostStore, run: Run, *, owner: str, now: datetime) -> None:
    """Tell other processes how hosts were asked, and hear of it from them; raises StorageError."""
    gate.heed(await run(hosts.exchange, gate.paces(), owner=owner, now=now))
