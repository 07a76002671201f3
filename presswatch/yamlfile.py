"""YAML that knows where it stands: every value can say its file, line and column."""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from news.errors import ConfigError, Location

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: ten times faster
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML counts as the end of a line
_LIMIT = 16 * 1024 * 1024
_NAMED = 30  # known words that a hint names


@dataclass(frozen=True, slots=True)
class Document:
    """A file's name and its lines, shared by all nodes in it."""

    file: str
    lines: tuple[str, ...]

    def at(self, line: int, column: int, width: int = 1) -> Location:
        """The place at `line` and `column`, both from 0 as YAML counts them."""
        text = self.lines[line] if line < len(self.lines) else ""
        return Location(file=self.file, line=line + 1, column=column + 1, source_line=text, width=width)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file together with its place."""

    raw: yaml.Node
    document: Document

    @property
    def at(self) -> Location:
        """Where the value begins; the caret underlines it as far as it stands on one line."""
        start, end = self.raw.start_mark, self.raw.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return self.document.at(start.line, start.column, width)

    @property
    def text_at(self) -> Location:
        """Where a scalar's first character stands: behind a quote, or on the line below a `|`."""
        start = self.raw.start_mark
        style = getattr(self.raw, "style", None)
        if style in {"'", '"'}:
            return self.document.at(start.line, start.column + 1)
        if style not in {"|", ">"}:
            return self.at
        for number in range(start.line + 1, len(self.document.lines)):
            line = self.document.lines[number]
            if line.strip():
                return self.document.at(number, len(line) - len(line.lstrip()))
        return self.at

    def error(self, message: str, hint: str = "") -> ConfigError:
        """An error that points at this value."""
        return ConfigError(message, at=self.at, hint=hint)

    @property
    def is_mapping(self) -> bool:
        """True for `key: value` lines."""
        return isinstance(self.raw, yaml.MappingNode)

    def fields(self, allowed: Collection[str] | None = None) -> dict[str, "Node"]:
        """The mapping's values by key; a key not in `allowed`, or given twice, is an error."""
        if _is_empty(self.raw):
            return {}
        if not isinstance(self.raw, yaml.MappingNode):
            raise self.error("expected `key: value` lines here")
        found: dict[str, Node] = {}
        for key_node, value_node in self.raw.value:
            key = Node(key_node, self.document)
            name = key.text()
            if allowed is not None and name not in allowed:
                raise key.error(f"unknown key {name!r}", did_you_mean(name, allowed))
            if name in found:
                raise key.error(f"{name!r} is given twice")
            found[name] = Node(value_node, self.document)
        return found

    def key_at(self, name: str) -> Location:
        """Where a key of this mapping stands; the mapping's own place when it has no such key."""
        for key_node, _ in self.raw.value if isinstance(self.raw, yaml.MappingNode) else ():
            if key_node.value == name:
                return Node(key_node, self.document).at
        return self.at

    def __iter__(self) -> Iterator["Node"]:
        """The values of a list."""
        if _is_empty(self.raw):
            return
        if not isinstance(self.raw, yaml.SequenceNode):
            raise self.error("expected a list here, one `- item` a line")
        for each in self.raw.value:
            yield Node(each, self.document)

    def text(self) -> str:
        """A scalar as it is written: `lang: no` is "no", not False."""
        if not isinstance(self.raw, yaml.ScalarNode):
            raise self.error("expected a text here, not a list or mapping")
        return "" if _is_empty(self.raw) else str(self.raw.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        return (
            (self.text(),) if isinstance(self.raw, yaml.ScalarNode) and self.text() else tuple(n.text() for n in self)
        )

    def flag(self) -> bool:
        """A yes or no."""
        value = self.plain()
        if not isinstance(value, bool):
            raise self.error("expected true or false here")
        return value

    def plain(self) -> Any:
        """The value as plain Python data, as YAML reads it."""
        if isinstance(self.raw, yaml.MappingNode):
            return {name: node.plain() for name, node in self.fields().items()}
        if isinstance(self.raw, yaml.SequenceNode):
            return [node.plain() for node in self]
        try:
            return yaml.constructor.SafeConstructor().construct_object(self.raw, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            raise self.error(f"not a value: {error}") from error

    def find(self, path: Collection[str | int]) -> "Node":
        """The node at a path of keys and indexes, or the deepest one on the way."""
        node = self
        for step in path:
            if isinstance(node.raw, yaml.MappingNode) and str(step) in (inside := node.fields()):
                node = inside[str(step)]
            elif isinstance(node.raw, yaml.SequenceNode) and isinstance(step, int) and step < len(node.raw.value):
                node = Node(node.raw.value[step], node.document)
            else:
                break
        return node


def yaml_files(folder: Path) -> list[Path]:
    """Give a folder's files, in order of name; none where there is no folder.

    One that cannot be read is an error, for what is in it would be missed silently: raises ConfigError.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".yaml" and path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"cannot read the folder {folder}: {error.strerror}") from error


def load(path: Path) -> Node:
    """Read a YAML file; an empty one is an empty mapping.

    Raises ConfigError with file, line and column when the file cannot be read or is not YAML.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > _LIMIT:
        raise ConfigError(f"{path} has {len(data)} bytes; more than {_LIMIT} is not a configuration")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        raise ConfigError("not UTF-8 text", at=Location(file=str(path), line=line + 1, column=1)) from error
    return parse(text, str(path))


def parse(text: str, file: str) -> Node:
    """Read YAML text; `file` is what errors call it."""
    document = Document(file, tuple(_BREAKS.split(text)))
    try:
        raw = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and (swallowed := _swallowed(document, mark.line)):
            raise ConfigError(_COMMENT, at=document.at(*swallowed), hint=_QUOTE) from error
        at = document.at(mark.line, mark.column) if mark else None
        raise ConfigError(f"not YAML: {error.problem or error.context}", at=at) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}: not YAML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{file}: nested too deeply") from error
    return Node(raw or yaml.MappingNode("tag:yaml.org,2002:map", [], _START, _START), document)


_FLOW_COMMENT = re.compile(r"^[^#\"']*[\[{][^#\"']*[:,\[{]\s+(#)")
_COMMENT = "not YAML: the rest of this line is a comment, with it the bracket that closes"
_QUOTE = 'a value that begins with # must stand in quotes: "#"'


def _swallowed(document: "Document", line: int) -> tuple[int, int] | None:
    """Find the # that made a comment of a value inside brackets: YAML complains of what comes lines later."""
    for number in range(min(line, len(document.lines) - 1), -1, -1):
        if found := _FLOW_COMMENT.match(document.lines[number]):
            return number, found.start(1)
        if number < line and document.lines[number].strip():
            return None
    return None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint that names the nearest known word, or the known ones when none is near."""
    if not known:
        return ""
    if near := difflib.get_close_matches(word, known, n=1):
        return f"did you mean {near[0]!r}?"
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return f"known here: {', '.join(sorted(known)[:_NAMED])}{more}"


def _is_empty(raw: yaml.Node) -> bool:
    return isinstance(raw, yaml.ScalarNode) and raw.tag == "tag:yaml.org,2002:null"


_START = yaml.Mark("", 0, 0, 0, "", 0)
