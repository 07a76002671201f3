"""sources.yaml: read with places, edited without losing a comment."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import re2
import yaml

from news.errors import ConfigError, Location
from news.source import Kind, Source
from presswatch.asking import KEYS, NOTHING, Asking, read_asking
from presswatch.settings import duration
from presswatch.yamlfile import Node, load
from scheduler.cron import mistake

FIELDS = ("name", "url", "kind", "group", "lang", "full_text", "links", "interval", "cron", "enabled", *KEYS)
_NAME_IT = "give one of them another name: `name: …`"
_QUIET = re2.Options()
_QUIET.log_errors = False  # we say what is wrong ourselves
_MAX_URL = 2048
_BLANK = re.compile(r"[\x00-\x20\x7f]")  # a space or a control character
_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(days=30)
_TELLTALE = re.compile(r"(?i)(?:authorization|cookie|token|secret|passw\w*|key)[\"']?\s*:\s*[^\s{]|://[^\s/@]*@")
_PLAIN = re.compile(r"[A-Za-z](?:[\w./@()+ -]*[\w/)])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a sources file says: the sources, and how those of them are asked of which it says more."""

    sources: Sequence[Source] = ()
    asking: Mapping[str, Asking] = field(default_factory=dict)  # by name of source
    is_blank: bool = True  # no file, or one that says nothing, not even `sources: []`


def read_sources(path: Path) -> list[Source]:
    """Give the sources of a file alone; see `read_watched`."""
    return list(read_watched(path).sources)


def read_watched(path: Path) -> Watched:
    """Read a sources file; one that does not exist holds none.

    Raises ConfigError with file, line and column; names and addresses must not repeat. A line that may hold a secret
    is not shown.
    """
    try:
        return _read(path) if path.exists() else Watched()
    except ConfigError as error:
        if error.at and _TELLTALE.search(error.at.source_line):
            error.at = replace(error.at, source_line="")
        raise


def _read(path: Path) -> Watched:
    sources: list[Source] = []
    said: dict[str, Asking] = {}
    names: dict[str, Location] = {}
    urls: dict[str, Location] = {}
    fields = load(path).fields(["sources"])
    for node in fields.get("sources", ()):
        source, asked = _source(node)
        if source.name in names:
            at = node.fields().get("name", node).at
            there = names[source.name].line
            raise ConfigError(f"a source named {source.name!r} stands already at line {there}", at=at, hint=_NAME_IT)
        if source.url in urls:
            at = node.fields()["url"].at
            raise ConfigError(f"this address is watched already, at line {urls[source.url].line}", at=at)
        names[source.name] = urls[source.url] = node.at
        sources.append(source)
        if asked is not NOTHING and asked.kinds:
            said[source.name] = asked
    return Watched(sources=sources, asking=said, is_blank=not fields)


def _source(node: Node) -> tuple[Source, Asking]:
    fields = node.fields(FIELDS)
    asked = read_asking(fields)
    if "url" not in fields:
        raise node.error("a source needs a url")
    text = {key: fields[key].text().strip() for key in ("name", "url", "group", "lang", "links") if key in fields}
    problem = url_problem(text["url"])
    if problem:
        raise fields["url"].error(problem)
    flags = {key: fields[key].flag() for key in ("full_text", "enabled") if key in fields}
    source = Source(
        name=text.get("name") or default_name(text["url"]),
        url=text["url"],
        kind=_kind(fields.get("kind")),
        group=text.get("group", ""),
        lang=text.get("lang", "").lower(),
        links=_links(fields.get("links")),
        interval=_interval(fields.get("interval")),
        cron=_cron(fields.get("cron"), fields.get("interval")),
        **flags,
    )
    return source, asked


def _kind(node: Node | None) -> Kind:
    if node is None:
        return Kind.FEED
    try:
        return Kind(node.text())
    except ValueError as error:
        raise node.error(f"{node.text()!r} is not a kind of source", f"write {', '.join(Kind)}") from error


def _links(node: Node | None) -> str:
    if node is None or not node.text():
        return ""
    try:
        re2.compile(node.text(), _QUIET)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise node.error(f"not a pattern: {said}", "RE2 syntax, e.g. /news/\\d+/") from error
    return node.text()


def _interval(node: Node | None) -> timedelta | None:
    if node is None:
        return None
    try:
        interval = duration(node.text())
    except ValueError as error:
        raise node.error(str(error)) from error
    if not _SHORTEST <= interval <= _LONGEST:
        raise node.error("an interval lies between 30 seconds and 30 days")
    return interval


def _cron(node: Node | None, interval: Node | None) -> str:
    if node is None:
        return ""
    if interval is not None:
        raise node.error("a source has an interval or a cron line, not both", "take one of them out")
    line = node.text()
    if wrong := mistake(line):
        at = replace(node.text_at, column=node.text_at.column + wrong.offset, width=wrong.width)
        hint = 'minute, hour, day of the month, month, day of the week, e.g. "0 7,12,18 * * mon-fri"'
        raise ConfigError(wrong.message, at=at, hint=hint)
    return " ".join(line.split())


def url_problem(url: str) -> str:
    """Why an address cannot be watched, in plain words; "" when it can."""
    if len(url) > _MAX_URL:
        return f"the address has {len(url)} characters; {_MAX_URL} is the limit"
    if _BLANK.search(url):
        return "the address contains a space or a control character"
    try:
        parts = urlsplit(url)
        port_fits = parts.port != 0
    except ValueError as error:
        return f"not an address: {error}"
    if parts.scheme.lower() not in {"http", "https"}:
        return f"only http:// and https:// addresses can be watched, not {url[:80]!r}"
    if parts.username or parts.password:
        return "the address holds a user name; it would be shown wherever the source is named"
    if not parts.hostname or not port_fits:
        return f"the address names no host: {url[:80]!r}"
    return ""


def default_name(url: str) -> str:
    """A readable name for a source that was given none: host and path; a query may hold a secret and is left out."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{port}{parts.path}".rstrip("/") or url


def add_sources(path: Path, sources: Sequence[Source]) -> None:
    """Append sources to a file in its own style; comments and order stay.

    Raises ConfigError when the file's `sources:` is not a plain block list.
    """
    original = text = path.read_text("utf-8") if path.exists() else ""
    before = read_sources(path)
    indent = _list_indent(text)
    if indent is None:
        text = _with_heading(text)
    block = "".join(_as_yaml(source, "  " if indent is None else indent) for source in sources)
    _replace(path, text.rstrip("\n") + "\n" + block)
    if not _holds(path, len(before) + len(sources)):
        _replace(path, original)
        raise ConfigError(
            f"{path}: `sources:` must be a list of `- url: …` lines at the file's end to add to it; nothing was changed"
        )


def _with_heading(text: str) -> str:
    """The text with an empty `sources:` that a block list may follow."""
    text = re.sub(r"(?m)^sources:[ \t]*(?:\[\s*\]|null|~)?[ \t]*(#.*)?$", r"sources:  \1", text)
    if re.search(r"(?m)^sources:", text):
        return text
    return text.rstrip("\n") + ("\n\n" if text.strip() else "") + "sources:"


def _holds(path: Path, count: int) -> bool:
    try:
        return len(read_sources(path)) == count
    except ConfigError:
        return False


def _list_indent(text: str) -> str | None:
    found = re.search(r"(?m)^sources:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*([ ]*)- ", text)
    return found[1] if found else None


def _as_yaml(source: Source, indent: str) -> str:
    pairs: list[tuple[str, str]] = [("name", _quoted(source.name)), ("url", _quoted(source.url))]
    if source.kind is not Kind.FEED:
        pairs.append(("kind", source.kind.value))
    pairs += [(key, _quoted(getattr(source, key))) for key in ("group", "lang", "links") if getattr(source, key)]
    if source.interval is not None:
        pairs.append(("interval", f"{source.interval.total_seconds():g}s"))
    if source.cron:
        pairs.append(("cron", _quoted(source.cron)))
    pairs += [(key, "false") for key in ("full_text", "enabled") if not getattr(source, key)]
    lines = [f"{key}: {value}" for key, value in pairs]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A YAML scalar: plain where that is safe, else double-quoted."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=100_000)
    return quoted.removesuffix("\n")


_WORDS = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}


def _replace(path: Path, text: str) -> None:
    """Write all or nothing."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}; nothing was changed") from error


def merge(have: Iterable[Source], more: Iterable[Source]) -> tuple[list[Source], int]:
    """What of `more` is new by address, with names made unique; and how many were there already."""
    names = {source.name for source in have}
    urls = {source.url for source in have}
    fresh: list[Source] = []
    known = 0
    for source in more:
        if source.url in urls:
            known += 1
            continue
        fresh.append(_renamed(source, names))
        names.add(fresh[-1].name)
        urls.add(source.url)
    return fresh, known


def _renamed(source: Source, taken: set[str]) -> Source:
    """The source under a name that nobody has: a title that many feeds bear is told apart by the feed's address."""
    address = default_name(source.url)
    name = " ".join(source.name.encode("utf-8", "replace").decode("utf-8").split())[:120] or address
    if name in taken and name != address:
        name = f"{name} ({address})"
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name} ({number})"
        number += 1
    return replace(source, name=unique)
