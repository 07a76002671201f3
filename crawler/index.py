"""A sitemap index: its newest lists read and joined, and what may be remembered of them."""

import hashlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from crawler.documents import Reading, joined
from crawler.engine import Answer
from crawler.settings import Limits
from news.errors import CrawlError
from news.source import Validators

_HASH_BYTES = 16

Read = Callable[[str], Awaitable[tuple[Answer, Reading]]]  # fetches and reads one list; raises CrawlError


def digest(*bodies: bytes) -> str:
    """Return what tells one answer's bytes, or several answers', from any other."""
    found = hashlib.blake2b(digest_size=_HASH_BYTES)
    for body in bodies:
        found.update(body)
    return found.hexdigest()


@dataclass(slots=True)
class _Walk:
    """What was met on the way through an index."""

    bodies: list[bytes]
    readings: list[Reading] = field(default_factory=list)
    failures: list[CrawlError] = field(default_factory=list)
    cut_short: int = 0
    dated: bool = True  # False: a list may change while the index stands still


async def follow(
    answer: Answer, index: Reading, seen: Validators, read: Read, limits: Limits
) -> tuple[Reading, Validators]:
    """Read the newest lists of an index, those of an index inside it too; raises CrawlError where none can be read.

    An index that does not date its lists stands still while they change: then nothing may answer "unchanged" for
    it, and what is remembered is the hash of everything read. Nothing is remembered unless all of it came whole.
    """
    walk = _Walk(bodies=[answer.body], dated=index.children_dated)
    left = await _visit(index.children, read, limits.sitemaps, walk)
    if walk.failures and not walk.readings:
        raise walk.failures[0]
    whole = replace(joined(walk.readings, limits), detail=_detail(walk, left))
    if walk.failures or walk.cut_short or not answer.whole:
        return whole, Validators()
    return whole, seen if walk.dated else Validators(body_hash=digest(*walk.bodies))


async def _visit(children: tuple[str, ...], read: Read, most: int, walk: _Walk) -> int:
    """Read at most so many lists, in order; returns how many were left."""
    waiting, met = deque(children), set(children)
    while waiting and most:
        most -= 1
        try:
            child, reading = await read(waiting.popleft())
        except CrawlError as error:
            walk.failures.append(error)
            continue
        walk.bodies.append(child.body)
        walk.cut_short += not child.whole
        if reading.children:  # an index in an index, which the protocol forbids and publishers have
            walk.dated = False
            fresh = [url for url in reading.children if url not in met]
            waiting.extendleft(reversed(fresh))
            met.update(fresh)
        else:
            walk.readings.append(reading)
    return len(waiting)


def _detail(walk: _Walk, left: int) -> str:
    words = list(dict.fromkeys(reading.detail for reading in walk.readings if reading.detail))
    if walk.failures:
        words.append(f"{len(walk.failures)} lists of the index could not be read, the first: {walk.failures[0]}")
    if walk.cut_short:
        words.append(f"{walk.cut_short} lists of the index cut short")
    if not walk.readings:
        words.append("none of its lists is one of addresses")
    if left:
        words.append(f"{left} older lists of the index not read")
    return "; ".join(words)
