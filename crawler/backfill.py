"""Files that articles come from, so that rules have something to be tried on: web archives, JSON lines, addresses."""

import codecs
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from io import BufferedReader
from itertools import count
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from crawler.dates import parse_date, sane
from crawler.documents import Document
from crawler.inflate import inflate
from crawler.plain import clip, one_line
from crawler.settings import Limits
from news.article import Item
from news.errors import ConfigError, CrawlError
from news.fetch import Reason

_LINE = 8 * 1024  # bytes of a header line
_LINES = 200
_HEAD = 64 * 1024  # bytes of a file that tell its form
_HTML = ("text/html", "application/xhtml+xml")


class Form(StrEnum):
    """What a file holds, packed or not."""

    WARC = "warc"
    JSONL = "jsonl"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An article that a file or a sitemap offers; its page is to be had where neither text nor document is given."""

    item: Item
    document: Document | None = None


Told = Callable[[str], object]  # hears a sentence for each line or record that could not be used


def form_of(path: Path) -> Form:
    """Say what a file holds, from its beginning; raises ConfigError."""
    try:
        with _opened(path) as file:
            head = cast("BufferedReader", file).read1(_HEAD)  # what there is of a file that was cut short
    except (EOFError, OSError, zlib.error) as error:
        raise ConfigError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if head.startswith(b"WARC/"):
        return Form.WARC
    lines = [line for raw in head.removeprefix(codecs.BOM_UTF8).splitlines() if (line := raw.strip())]
    first = next((line for line in lines if not line.startswith(b"#")), b"")
    if first.startswith(b"{"):
        return Form.JSONL
    if not lines or first.startswith((b"http://", b"https://")):
        return Form.ADDRESSES
    raise ConfigError(
        f"{path} begins like no WARC, no JSON lines and no list of addresses", hint="--format says which of them it is"
    )


def offers(path: Path, form: Form, *, now: datetime, limits: Limits, told: Told) -> Iterator[Offer]:
    """Yield what a file offers, in its order; holds one line or record of it at a time.

    A line of JSON is an object with a `url`; what it may have besides: title, summary, text, authors (a list, or a
    name), lang, section, guid, published_at (RFC 822 or ISO 8601). Of a WARC (ISO 28500), the HTML pages
    answered 200, but for front pages.
    """
    if form is Form.WARC:
        with _opened(path) as file:
            for document in _pages(file, now, limits, lambda words: told(f"{path}: {words}")):
                yield Offer(item=Item(url=document.url), document=document)
        return
    read: Callable[[bytes], Item | None] = partial(_address, limits=limits)
    if form is Form.JSONL:
        read = partial(_object, now=now, limits=limits)
    for number, line in _lines(path, limits.feed_bytes, told):
        try:
            item = read(line)
        except (ValueError, RecursionError) as error:
            told(f"{path}:{number}: {error}"[:300])
            continue
        if item is not None:
            yield Offer(item=item)


def _address(line: bytes, limits: Limits) -> Item | None:
    """Read a line that is an address, with anything behind it; None: blank, or a comment."""
    words = line.decode("utf-8", "replace").split()
    if not words or words[0].startswith("#"):
        return None
    return Item(url=_web_address(words[0], limits))


def _object(line: bytes, now: datetime, limits: Limits) -> Item | None:
    if not line.strip():
        return None
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from error
    return _item(found, now, limits)


def _web_address(text: str, limits: Limits) -> str:
    if urlsplit(text).scheme not in {"http", "https"} or len(text) > limits.url_length:
        raise ValueError(f"no web address: {text[:80]!r}" if text else "no `url`")
    return text


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked where it is gzip: a WARC's many members are read as one."""
    with path.open("rb") as file:
        if file.peek(2)[:2] == b"\x1f\x8b":
            with gzip.open(file) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield file


def _lines(path: Path, most: int, told: Told) -> Iterator[tuple[int, bytes]]:
    """Yield a file's lines with their numbers; one that is too long is told and passed over."""
    with _opened(path) as file:
        for number in count(1):
            try:
                line, whole = _line(file, most)
            except (EOFError, OSError, zlib.error) as error:
                told(f"{path}: ends early, in line {number}: {error}")
                return
            if not line:
                return
            if whole:
                yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            else:
                told(f"{path}:{number}: a line longer than {most:,} bytes")


def _line(file: IO[bytes], most: int) -> tuple[bytes, bool]:
    """Read a line, and say whether that is all of it; the rest of a longer one is passed over."""
    rest = line = file.readline(most)
    while len(rest) == most and not rest.endswith(b"\n"):
        rest = file.readline(most)
    return line, rest is line


def _item(found: object, now: datetime, limits: Limits) -> Item:
    """Make an item of a line's object; raises ValueError."""
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a fault of the line, as the others are
    text = {name: value for name, value in found.items() if isinstance(value, str)}
    named = found.get("authors")
    people = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return Item(
        url=_web_address(text.get("url", ""), limits),
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
            url = fields.get("warc-target-uri", "").strip("<>")
            if fields.get("warc-type") == "response" and block:
                yield from _page(url, block, now, limits, told)
            elif fields.get("warc-type") == "response":
                told(f"{url}: longer than {limits.page_bytes:,} bytes")
    except (ValueError, EOFError, OSError, zlib.error) as error:
        told(f"ends early: {error}")


def _records(file: IO[bytes], most: int) -> Iterator[tuple[Mapping[str, str], bytes]]:
    blank = 0
    while version := file.readline(_LINE):
        blank = 0 if version.strip() else blank + 1
        if blank > _LINES:
            raise ValueError("blank lines where a record should begin")
        if not blank:
            yield _record(version, file, most)


def _record(version: bytes, file: IO[bytes], most: int) -> tuple[Mapping[str, str], bytes]:
    """Read a record's fields and block, b"" for one that is longer than wanted; raises ValueError, EOFError."""
    fields = _fields(file)
    length = fields.get("content-length", "")
    if not version.startswith(b"WARC/") or not (length.isascii() and length.isdigit()):
        raise ValueError("no WARC record where one should begin")
    size = int(length)
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
    if status.split()[1:2] != ["200"] or not kind.lower().startswith(_HTML) or not _is_inner(url):
        return
    try:
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = _joined(body)
        body = inflate(body, fields.get("content-encoding", ""), limits.page_bytes).body
    except CrawlError as error:
        told(f"{url}: {error}")
        return
    yield Document(body=body, url=url, content_type=kind, now=now, limits=limits)


def _is_inner(url: str) -> bool:
    """Say whether an address is on the web and no front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.path.strip("/") or parts.query)


def _joined(body: bytes) -> bytes:
    """Join the chunks of a body as it was on the wire; raises CrawlError."""
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        end = body.find(b"\r\n", at, at + _LINE)
        try:
            length = int(body[at : max(at, end)].split(b";")[0], 16)
        except ValueError as error:
            raise CrawlError(Reason.CUT_SHORT, "broken chunks") from error
        if length <= 0:
            break
        parts.append(body[end + 2 : end + 2 + length])
        at = end + length + 4
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
