"""Articles from files: a web archive, JSON lines, a list of addresses. So that rules have something to be tried on."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from crawler.compose import compose
from crawler.dates import parse_date, sane
from crawler.documents import Document
from crawler.inflate import inflate
from crawler.pages import read_page
from crawler.plain import clip, one_line
from crawler.settings import Limits
from news.article import Article, Item, Page
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Source

_LINE = 8 * 1024  # bytes of a header line
_LINES = 200
_HTML = ("text/html", "application/xhtml+xml")

Told = Callable[[str, str], object]  # where (an address or a line's number) and what went wrong there


def addresses(path: Path) -> Iterator[str]:
    """Yield the web addresses of a list, one a line; blank lines, comments (#) and anything else are passed over."""
    for raw in _lines(path, _LINE, lambda *_: None):
        line = raw.decode("utf-8", "replace").strip()
        if line.startswith(("http://", "https://")):
            yield line.split()[0]


def from_jsonl(path: Path, source: Source, *, now: datetime, limits: Limits, told: Told) -> Iterator[Article]:
    """Yield an article for each line that is an object with a `url` and a `title` or `text`.

    Other members: summary, authors (a list, or a name), lang, section, guid, published_at (RFC 822 or ISO 8601).
    """
    for number, raw in enumerate(_lines(path, limits.feed_bytes, told), start=1):
        if not raw.strip():
            continue
        try:
            item = _item(json.loads(raw), now, limits)
        except (ValueError, RecursionError) as error:
            told(f"line {number}", f"{error}"[:200])
            continue
        yield compose(replace(source, full_text=False), item, None, now=now)


def from_warc(
    path: Path,
    source: Source,
    *,
    now: datetime,
    limits: Limits,
    told: Told,
    read: Callable[[Document], Page] = read_page,
) -> Iterator[Article]:
    """Yield an article for each HTML page, answered 200, of a WARC file (ISO 28500), packed or not.

    `read` may run elsewhere: archives hold what the web holds.
    """
    with _opened(path) as file:
        for document in _pages(file, now, limits, told):
            try:
                page = read(document)
            except CrawlError as error:
                told(document.url, str(error))
                continue
            yield compose(source, Item(url=document.url), page, now=now)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked where it is gzip: a WARC's many members are read as one."""
    with path.open("rb") as file:
        if file.peek(2)[:2] == b"\x1f\x8b":
            with gzip.open(file) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield file


def _lines(path: Path, most: int, told: Told) -> Iterator[bytes]:
    """Yield a file's lines, longer ones in pieces; one whose packing is damaged ends there."""
    with _opened(path) as file:
        try:
            while line := file.readline(most):
                yield line
        except (EOFError, OSError, zlib.error) as error:
            told("the file", f"ends early: {error}")


def _item(found: object, now: datetime, limits: Limits) -> Item:
    """Make an item of a line's object; raises ValueError."""
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a fault of the line, as the others are
    text = {name: value for name, value in found.items() if isinstance(value, str)}
    if urlsplit(text.get("url", "")).scheme not in {"http", "https"}:
        raise ValueError("no web address in `url`")
    if not (text.get("title") or text.get("text")):
        raise ValueError("neither `title` nor `text`")
    named = found.get("authors")
    people = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return Item(
        url=text["url"],
        guid=text.get("guid", ""),
        title=clip(one_line(text.get("title", "")), limits.title_bytes),
        summary=clip(text.get("summary", ""), limits.summary_bytes),
        text=clip(text.get("text", ""), limits.text_bytes),
        authors=tuple(one_line(person) for person in people if isinstance(person, str)),
        lang=text.get("lang", ""),
        section=text.get("section", ""),
        published_at=sane(parse_date(text.get("published_at", "")), now),
    )


def _pages(file: IO[bytes], now: datetime, limits: Limits, told: Told) -> Iterator[Document]:
    """Yield the pages of a WARC; what is damaged ends it, for nobody knows where the next record begins."""
    try:
        for fields, block in _records(file, limits.page_bytes):
            if fields.get("warc-type") == "response":
                yield from _page(fields.get("warc-target-uri", "").strip("<>"), block, now, limits, told)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        told("the archive", f"ends early: {error}")


def _records(file: IO[bytes], most: int) -> Iterator[tuple[Mapping[str, str], bytes]]:
    while version := file.readline(_LINE):
        if version.strip():
            yield _record(version, file, most)


def _record(version: bytes, file: IO[bytes], most: int) -> tuple[Mapping[str, str], bytes]:
    """Read a record's fields and block, b"" for one that is longer than wanted; raises ValueError, EOFError."""
    fields = _fields(file)
    size = int(fields.get("content-length", ""))
    if not version.startswith(b"WARC/") or size < 0:
        raise ValueError("no WARC record where one should begin")
    if size > most:
        _skip(file, size)
        return fields, b""
    block = file.read(size)
    if len(block) < size:
        raise EOFError("a record is shorter than it says")
    return fields, block


def _page(url: str, block: bytes, now: datetime, limits: Limits, told: Told) -> Iterator[Document]:
    head, _, body = block.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    kind = fields.get("content-type", "")
    if status.split()[1:2] != ["200"] or not kind.lower().startswith(_HTML) or not url.startswith("http"):
        return
    try:
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = _joined(body)
        body = inflate(body, fields.get("content-encoding", ""), limits.page_bytes).body
    except CrawlError as error:
        told(url, str(error))
        return
    yield Document(body=body, url=url, content_type=kind, now=now, limits=limits)


def _joined(body: bytes) -> bytes:
    """Join the chunks of a body as it was on the wire; raises CrawlError."""
    parts: list[bytes] = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError as error:
            raise CrawlError(Reason.CUT_SHORT, "broken chunks") from error
        if length <= 0:
            break
        parts.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(parts)


def _fields(file: IO[bytes]) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    for _ in range(_LINES):
        line = file.readline(_LINE).decode("utf-8", "replace").strip()
        if not line:
            return fields
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    raise ValueError("a record with more header lines than any should have")


def _skip(file: IO[bytes], size: int) -> None:
    while size > 0:
        passed = len(file.read(min(size, 1 << 20)))
        if not passed:
            raise EOFError("a record is shorter than it says")
        size -= passed
