"""Find the addresses of a receiver that may be dialled; who connects uses these and asks no resolver again."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address

from news.addresses import is_private, is_public
from news.errors import DeliveryError


async def addresses(host: str, port: int, *, allow_private: bool) -> Sequence[str]:
    """Resolve a host to the addresses we may dial, in the resolver's order.

    Raises DeliveryError when there is none. A name with public and private addresses keeps its public ones.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"cannot find the address of {host}: {error}") from error
    every = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    judged = [(address, ip_address(address.partition("%")[0])) for address in every]
    usable = [address for address, found in judged if is_public(found) or (allow_private and is_private(found))]
    if not usable:
        raise DeliveryError(
            f"{host} is at {', '.join(every)}, a private network; set alerts.allow_private_networks to send there"
        )
    return usable


def turn(within: timedelta, addresses: int) -> float | None:
    """How many seconds one of so many addresses may take to connect; None: as long as there is time.

    A share of the exchange's time, so that dead ones leave one for those that answer, and one for the exchange.
    """
    return within.total_seconds() / (addresses + 1) if addresses > 1 else None


async def connect(host: str, port: int, *, allow_private: bool, within: timedelta) -> socket.socket:
    """Connect to the first of a host's usable addresses that answers; raises DeliveryError when none does.

    within: the time of the whole exchange, of which no address takes more than its turn.
    """
    loop = asyncio.get_running_loop()
    failure = ""
    usable = await addresses(host, port, allow_private=allow_private)
    for address in usable:
        one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            one.setblocking(False)
            async with asyncio.timeout(turn(within, len(usable))):
                await loop.sock_connect(one, (address, port))
        except OSError as error:  # also the end of its turn
            one.close()
            failure = str(error) or f"{address} did not answer"
        except BaseException:
            one.close()
            raise
        else:
            return one
    raise DeliveryError(f"cannot connect to {host}:{port}: {failure}")
