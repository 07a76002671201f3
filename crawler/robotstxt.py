"""robots.txt as RFC 9309 reads it: the rules for one crawler, in little memory and linear time. Pure.

A general parser keeps every crawler's rules as objects, fifty times the file's size; we need the few lines that concern
us.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

_SITEMAPS = 20  # kept of those a file names
_DISALLOW = frozenset(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"))  # as it is misspelt
_AGENT = frozenset(("user-agent", "useragent", "user agent"))
_DELAY = frozenset(("crawl-delay", "crawl delay"))
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_AS_IT_IS = "/%?&=*$~!'()+,;:@"  # left alone in addresses and patterns alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a host's robots.txt asks of us."""

    lines: tuple[tuple[str, bool], ...] = ()  # pattern and whether it allows, the one that decides first
    otherwise: bool = True  # the answer where no line matches
    delay: float = 0.0  # seconds between requests; 0: not said
    sitemaps: tuple[str, ...] = ()
    had: bool = True  # False: the file could not be had

    def allow(self, path: str) -> bool:
        """Say whether a path with its query may be fetched."""
        path = _normal(path or "/")
        if path == "/robots.txt":
            return True
        return next((allows for pattern, allows in self.lines if _matches(pattern, path)), self.otherwise)

    @property
    def weight(self) -> int:
        """Return about how many bytes these rules hold."""
        return 500 + sum(150 + len(pattern) for pattern, _ in self.lines) + sum(map(len, self.sitemaps))


@dataclass(slots=True)
class _Group:
    """The rules of one agent, gathered from every group that names it."""

    lines: dict[tuple[str, bool], None] = field(default_factory=dict)
    delay: float = 0.0


def read_robots(body: bytes, agent: str, most: int) -> Rules:
    """Read what a robots.txt says to an agent of this name; of a longer file the first `most` bytes (RFC 9309 §2.5)."""
    groups: dict[str, _Group] = {}
    sitemaps: dict[str, None] = {}
    open_groups: list[_Group] = []
    naming = False  # the line before named an agent, so this one names another for the same rules
    for name, value in _fields(body[:most].decode("utf-8-sig", "ignore")):
        if name in _AGENT:
            open_groups = open_groups if naming else []
            token = _TOKEN.match(value)
            if token and token[0].lower() in {agent.lower(), "*"}:
                open_groups.append(groups.setdefault(token[0].lower(), _Group()))
            naming = True
        elif name == "sitemap" and len(sitemaps) < _SITEMAPS:
            sitemaps[value] = None
        else:
            naming = False
            _add(open_groups, name, value)
    group = groups.get(agent.lower()) or groups.get("*") or _Group()
    return Rules(lines=_ordered(group.lines), delay=group.delay, sitemaps=tuple(sitemaps))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for raw in text.splitlines():
        name, colon, value = raw.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _add(groups: Iterable[_Group], name: str, value: str) -> None:
    for group in groups:
        if name in _DELAY:
            group.delay = _seconds(value) or group.delay
        elif value and (name == "allow" or name in _DISALLOW):
            group.lines[_normal(value), name == "allow"] = None


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _ordered(lines: Iterable[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    """Put the line that decides first: the longest match counts, and "allow" where two are as long (§2.2.2)."""
    return tuple(sorted(lines, key=lambda line: (-len(line[0]), not line[1])))


def _normal(text: str) -> str:
    """Write a path or pattern in one way: what is no ASCII escaped, what needs no escape plain (§2.2.2)."""
    if "%" in text:
        text = _ESCAPES.sub(lambda found: _plain(found[0]), text)
    return text if text.isascii() and text.isprintable() else quote(text, safe=_AS_IT_IS, errors="replace")


def _plain(escapes: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-._~") else f"%{byte:02X}"
        for byte in unquote_to_bytes(escapes)
    )


def _matches(pattern: str, path: str) -> bool:
    """Say whether a pattern matches from a path's start: `*` is any run of characters, `$` at the end is the end."""
    if "*" not in pattern and not pattern.endswith("$"):
        return path.startswith(pattern)
    closed = pattern.endswith("$")
    first, *parts = (pattern[:-1] if closed else pattern).split("*")
    if not path.startswith(first):
        return False
    if not parts:
        return path == first
    place = len(first)
    for part in parts[:-1]:
        place = path.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return path.endswith(parts[-1]) and len(path) - len(parts[-1]) >= place if closed else parts[-1] in path[place:]
