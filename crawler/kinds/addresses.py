"""Lists of addresses: plain text, one web address a line, in the order in which they are to be read.

Empty lines and what stands behind a # at a line's beginning or after a space are comments.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from crawler.documents import Document, Reading, newest, none_of
from crawler.kinds import Manner, Sight
from crawler.mistaken import mistaken
from crawler.nature import Nature, nature
from news.article import Item
from news.fetch import Reason
from news.source import Kind

NAME = "a list of addresses"
MANNER = Manner(accept="text/plain, */*;q=0.5")

_COMMENT = re.compile(r"(?:^|\s)#.*")
_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def read(document: Document) -> Reading:
    """Read a list of addresses; raises CrawlError NOT_ADDRESSES where most of its lines are none."""
    from crawler.sitemaps import compiled

    lines = _lines(document)
    addresses = [line for line in lines if _ADDRESS.fullmatch(line)]
    others = len(lines) - len(addresses)
    if nature(document) not in {Nature.ADDRESSES, Nature.TEXT} or others > len(addresses):
        raise mistaken(Reason.NOT_ADDRESSES, document, NAME)
    pattern = compiled(document.links)
    wanted: Iterable[str] = (url for url in addresses if pattern is None or pattern.search(url))
    nothing = none_of(len(addresses), document.links)
    reading = newest((Item(url=url) for url in dict.fromkeys(wanted)), document.limits, nothing=nothing)
    if not others:
        return reading
    left_out = f"left out: {others} of {len(lines)} lines, for they are no web address"
    return replace(reading, detail="; ".join(filter(None, (left_out, reading.detail))))


def look(document: Document) -> Sight | None:
    """See a list of addresses by its first line that is no comment."""
    if nature(document) is not Nature.ADDRESSES:
        return None
    return Sight(url=document.url, kind=Kind.ADDRESSES, entries=len(read(document).items))


def _lines(document: Document) -> list[str]:
    body = document.body
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    lines = (_COMMENT.sub("", line).strip() for line in body.decode(encoding, "replace").splitlines())
    return [line for line in lines if line]
