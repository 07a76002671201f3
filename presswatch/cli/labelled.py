"""Labelled pages read from JSON lines: whatever is wrong with a line is named with its file and line."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from news.article import Article
from news.errors import ConfigError, Location

if TYPE_CHECKING:
    from storage.score import Page

_LINE_BYTES = 8 * 1024 * 1024  # sixteen times the longest text that is kept
_KEYS = ("id", "site", "lang", "title", "text", "story", "kind", "first_seen_at")
_NUMBERED = frozenset({"id", "story"})  # may be whole numbers
_YEARS = range(1970, 2101)
_HINT = 'a line reads {"id": "1", "site": "a", "lang": "en", "title": "…", "text": "…", "story": "s1"}'
_BOM = b"\xef\xbb\xbf"


def read_pages(path: Path, *, remark: Callable[[str], None]) -> list["Page"]:
    """Read a file of pages; `remark` is told of keys that mean nothing, each once. Raises ConfigError with the line."""
    try:
        with path.open("rb") as file:
            return list(_pages(file, str(path), remark))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error}") from error


def _pages(file: BinaryIO, name: str, remark: Callable[[str], None]) -> Iterator["Page"]:
    first: dict[str, int] = {}
    strange: set[str] = set()
    words: dict[str, str] = {}  # tokens of all pages, each once: fifty thousand pages share most of them
    for number, raw in enumerate(iter(lambda: file.readline(_LINE_BYTES + 1), b""), 1):
        at = Location(file=name, line=number, column=1)
        line = _line(raw.removeprefix(_BOM) if number == 1 else raw, at)
        if not line.strip():
            continue
        fields = _object(line, at)
        for key in fields.keys() - strange - set(_KEYS):
            strange.add(key)
            remark(f"{name}:{number}: {key!r} is not a key of a page and means nothing; known: {', '.join(_KEYS)}")
        page = _page(fields, at, words)
        if (seen := first.setdefault(page.id, number)) != number:
            raise ConfigError(f"the id {page.id!r} is that of line {seen} already; each page needs its own", at=at)
        yield page


def _line(raw: bytes, at: Location) -> str:
    if len(raw) > _LINE_BYTES:
        raise ConfigError(f"the line is longer than {_LINE_BYTES // 1024**2} MiB", at=at, hint="one page a line")
    try:
        return raw.rstrip(b"\r\n").decode()
    except UnicodeDecodeError as error:
        column = len(raw[: error.start].decode()) + 1
        where = Location(file=at.file, line=at.line, column=column)
        raise ConfigError(
            f"not UTF-8: byte 0x{raw[error.start]:02x}", at=where, hint="save the file as UTF-8"
        ) from error


def _object(line: str, at: Location) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        where = Location(file=at.file, line=at.line, column=error.colno)
        raise ConfigError(f"not JSON: {error.msg}", at=where, hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not JSON that can be read: {error}", at=at, hint=_HINT) from error
    if not isinstance(found, dict):
        raise ConfigError(f"a page is an object, not {_kind(found)}", at=at, hint=_HINT)
    return found


def _page(fields: dict[str, Any], at: Location, words: dict[str, str]) -> "Page":
    from storage.score import labelled
    from topics.reading import Text

    values = {key: _text(fields, key, at) for key in _KEYS}
    for key in _NUMBERED:
        if not values[key]:
            raise ConfigError(f"the page has no {key}", at=at, hint=_HINT)
    seen = values["first_seen_at"]
    article = Article(
        url=f"https://page.invalid/{at.line}",
        title=values["title"],
        text=values["text"],
        source=values["site"] or "?",
        lang=values["lang"],
        first_seen_at=_moment(seen, at) if seen else datetime(2026, 1, 1, tzinfo=UTC),
    )
    tokens = [words.setdefault(token, token) for token in Text(article).tokens]
    return labelled(values["id"], article, tokens, story=values["story"], kind=values["kind"], dated=bool(seen))


def _text(fields: dict[str, Any], key: str, at: Location) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if key in _NUMBERED and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ConfigError(f"{key!r} is {_kind(value)}, not text", at=at)
    if key not in {"title", "text"} and not value.isprintable():
        raise ConfigError(f"{key!r} holds a character that cannot be printed: {value[:80]!a}", at=at)
    return value


def _moment(text: str, at: Location) -> datetime:
    hint = "2026-03-01T12:00:00Z; without a zone it is UTC"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"first_seen_at {text[:80]!r} is not a time", at=at, hint=hint) from error
    if moment.year not in _YEARS:
        raise ConfigError(f"first_seen_at {text!r} is not between {_YEARS[0]} and {_YEARS[-1]}", at=at, hint=hint)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object", str: "text"}
    return names.get(type(value), "null")
