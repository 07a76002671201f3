"""Where we may go: which addresses are well-formed web addresses, and which machines may be dialled."""

import re
import socket
from functools import lru_cache
from ipaddress import ip_address

from yarl import URL

from crawler.settings import Limits
from news.addresses import is_private, is_public
from news.errors import CrawlError
from news.fetch import Reason

AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)  # a name in ASCII, or IPv6
_DIGITS = re.compile(r"[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_NEVER_IN_A_URL = frozenset(chr(code) for code in (*range(0x21), 0x7F)) | {"\\"}


class BlockedAddressError(Exception):
    """A dial was refused; not an OSError, so that no client tries the next address of the same name instead."""


def parse_url(text: str, limits: Limits) -> URL:
    """Read a web address strictly: http or https, a host, no login, no characters that parsers disagree on.

    Raises CrawlError BAD_URL. The one parsed object is both what is checked and what is dialled.
    """
    text = text.strip()
    if len(text) > limits.url_length:
        raise CrawlError(Reason.BAD_URL, f"longer than {limits.url_length} characters")
    if not _NEVER_IN_A_URL.isdisjoint(text.replace(" ", "%20")):
        raise CrawlError(Reason.BAD_URL, "holds a backslash or a control character")
    try:
        url = URL(text)
        host, _ = url.raw_host or "", url.port
    except ValueError as error:
        raise CrawlError(Reason.BAD_URL, str(error)) from error
    if url.scheme not in {"http", "https"}:
        raise CrawlError(Reason.BAD_URL, f"only http and https are fetched, not {url.scheme or 'a relative address'!r}")
    if not _HOST.fullmatch(host) or url.raw_user is not None or url.raw_password is not None:
        raise CrawlError(Reason.BAD_URL, "has no host that can be one, or a login in it")
    return url


class Guard:
    """Opens sockets, to public addresses alone unless private networks are allowed.

    The client calls it with the very address it is about to dial, after any name was resolved, IP literals included.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def __call__(self, info: AddrInfo) -> socket.socket:
        """Make a socket for one address; raises BlockedAddressError before anything is sent."""
        family, kind, protocol, _, place = info
        host = str(place[0])
        if not self.allows(host):
            raise BlockedAddressError(f"{host} is not a public address")
        return socket.socket(family=family, type=kind, proto=protocol)

    def check_digits(self, host: str) -> None:
        """Refuse a host that is written as an address and may not be dialled, before anybody stands in line for it."""
        if _DIGITS.fullmatch(host) and not self.allows(host):
            raise CrawlError(Reason.BLOCKED_ADDRESS, f"{host} is not a public address")

    def allows(self, address: str) -> bool:
        """Say whether an address, as digits, may be dialled."""
        try:
            public, private = _judge(address)
        except ValueError:  # unresolved: nothing we know how to judge
            return False
        return public or (self._allow_private and private)


@lru_cache(maxsize=4096)
def _judge(address: str) -> tuple[bool, bool]:
    """Say whether an address is public, and whether it is of one's own network; raises ValueError."""
    found = ip_address(address)
    return is_public(found), is_private(found)
