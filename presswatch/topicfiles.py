"""topics/*.yaml and lists/*.yaml: read with the place of every query, every mistake shown where it stands."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yaml import MappingNode, ScalarNode

from news.errors import Location
from news.topic import NameList, Topic
from presswatch.yamlfile import Node, did_you_mean, load, yaml_files
from topics.language import parse, walk
from topics.spellings import bare_words, check_spelling
from topics.tree import Listed

TOPIC_FIELDS = ("title", "query", "channels", "threshold", "must_match", "must_not_match")
LIST_FIELDS = ("title", "include", "entries", "unless", "decoys")
EXAMPLE_FIELDS = ("title", "text", "lang", "source")
_LANGS = "a language such as tr, or any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text that a topic must, or must not, match."""

    title: str
    text: str = ""
    lang: str = ""
    source: str = ""
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFile:
    """A topic with the examples that its author wrote beside it."""

    topic: Topic
    must_match: tuple[Example, ...] = ()
    must_not_match: tuple[Example, ...] = ()


def load_lists(folder: Path) -> dict[str, NameList]:
    """Read all lists of a folder, by file name; a folder that does not exist holds none.

    Raises ConfigError with file, line and column.
    """
    nodes = {path.stem: load(path) for path in yaml_files(folder)}
    own = {name: _list(node, name) for name, node in nodes.items()}
    return {name: _with_included(names, nodes[name], own) for name, names in own.items()}


def load_topic_files(folder: Path, lists: Mapping[str, NameList]) -> list[TopicFile]:
    """Read all topics of a folder in order of name; a folder that does not exist holds none.

    Raises ConfigError or QueryError with file, line and column.
    """
    return [load_topic(path, lists) for path in yaml_files(folder)]


def load_topic(path: Path, lists: Mapping[str, NameList]) -> TopicFile:
    """Read one topic. Raises ConfigError or QueryError with file, line and column."""
    node = load(path)
    fields = node.fields(TOPIC_FIELDS)
    if "query" not in fields:
        raise node.error(f"{path.stem} has no query", "write: query: defence AND cooperat*")
    query, at = _query(fields["query"])
    threshold = _threshold(fields.get("threshold"))
    topic = Topic(
        name=path.stem,
        title=fields["title"].text() if "title" in fields else path.stem,
        query=query,
        version=version_of(query, threshold, lists, at),
        channels=fields["channels"].texts() if "channels" in fields else (),
        at=at,
        threshold=threshold,
    )
    return TopicFile(
        topic=topic,
        must_match=tuple(_examples(fields.get("must_match"))),
        must_not_match=tuple(_examples(fields.get("must_not_match"))),
    )


def version_of(query: str, threshold: float, lists: Mapping[str, NameList], at: Location | None = None) -> str:
    """Name what a topic means: the same words, points and lists give the same name, any other gives another."""
    listed = [node for node in walk(parse(query, at=at)) if isinstance(node, Listed)]
    used = sorted({name for node in listed for name in node.names})
    meaning = [query.split(), threshold, [[name, _meaning(lists[name])] for name in used if name in lists]]
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()[:12]


def _meaning(names: NameList) -> list[object]:
    return [
        _sorted(names.entries),
        {lang: _sorted(entries) for lang, entries in sorted(names.by_lang.items())},
        _sorted(names.unless),
        sorted(names.decoys),
    ]


def _sorted(entries: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: sorted(spellings) for name, spellings in sorted(entries.items())}


def _query(node: Node) -> tuple[str, Location]:
    """The query's text and the place of its first character; later lines must begin in the column of the first."""
    text, at = node.text(), node.text_at
    start, end = node.raw.start_mark, node.raw.end_mark
    style = getattr(node.raw, "style", None)
    if style != "|" and (style == ">" or end.line != start.line):
        raise node.error("a query of several lines needs a |", "write `query: |` and the lines below it, indented")
    lines = text.rstrip().split("\n")
    while len(lines) > 1 and not lines[0].strip():
        del lines[0]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines), at


def _threshold(node: Node | None) -> float:
    if node is None:
        return 0.0
    value = node.plain()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise node.error("a threshold is a number of points from 0 to 1000")
    return float(value)


def _examples(node: Node | None) -> Iterator[Example]:
    for each in node or ():
        if isinstance(each.raw, ScalarNode):
            yield Example(title=each.text(), at=each.at)
            continue
        said = {name: value.text() for name, value in each.fields(EXAMPLE_FIELDS).items()}
        yield Example(**{"title": "", **said}, at=each.at)


def _list(node: Node, name: str) -> NameList:
    fields = node.fields(LIST_FIELDS)
    if "entries" not in fields and "include" not in fields:
        raise node.error(f"list {name} has no entries", "write: entries: [NATO, AUKUS]")
    anywhere: dict[str, tuple[str, ...]] = {}
    by_lang: dict[str, dict[str, tuple[str, ...]]] = {}
    for entry, lang, spellings in _entries(fields["entries"]) if "entries" in fields else ():
        into = by_lang.setdefault(lang, {}) if lang else anywhere
        into[entry] = (*into.get(entry, ()), *spellings)
    known = {*anywhere, *(entry for entries in by_lang.values() for entry in entries)}
    return NameList(
        name=name,
        entries=anywhere,
        by_lang=by_lang,
        unless=_unless(fields.get("unless"), known),
        decoys=_spellings(fields["decoys"]) if "decoys" in fields else (),
        at=node.at,
        title=fields["title"].text() if "title" in fields else "",
    )


def _with_included(names: NameList, node: Node, own: Mapping[str, NameList]) -> NameList:
    """Add the lists that a list includes (one level: those may include none); entries of one name become one."""
    included = node.fields(LIST_FIELDS).get("include")
    for each in included or ():
        other = each.text()
        if other not in own or other == names.name:
            raise each.error(f"there is no other list named {other!r}", did_you_mean(other, set(own) - {names.name}))
        names = _joined(names, own[other])
    return names


def _joined(names: NameList, other: NameList) -> NameList:
    langs = {*names.by_lang, *other.by_lang}
    return replace(
        names,
        entries=_merged(names.entries, other.entries),
        by_lang={lang: _merged(names.by_lang.get(lang, {}), other.by_lang.get(lang, {})) for lang in langs},
        unless=_merged(names.unless, other.unless),
        decoys=(*names.decoys, *other.decoys),
    )


def _merged(one: Mapping[str, tuple[str, ...]], two: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys((*one.get(name, ()), *two.get(name, ())))) for name in {**one, **two}}


def _entries(node: Node) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give entry, language ("" for any) and spellings; entries in a plain list are spelled as they are called."""
    if not _is_mapping(node):
        for each in node:
            yield each.text(), "", _spellings(each)
        return
    for entry, value in node.fields().items():
        if not _is_mapping(value):
            yield entry, "", _spellings(value) or (entry,)
            continue
        for lang, spellings in value.fields().items():
            if lang != "any" and not (lang.isalpha() and lang.islower() and len(lang) in {2, 3}):
                raise spellings.error(f"{lang!r} is no language", f"the spellings of {entry} stand under {_LANGS}")
            yield entry, "" if lang == "any" else lang, _spellings(spellings)


def _is_mapping(node: Node) -> bool:
    return isinstance(node.raw, MappingNode)


def _spellings(node: Node) -> tuple[str, ...]:
    """A list of spellings, or one text with commas between them."""
    if isinstance(node.raw, ScalarNode):
        found, offset = [], 0
        for part in node.text().split(","):
            if part.strip():
                found.append(_spelling(part.strip(), node, offset + len(part) - len(part.lstrip())))
            offset += len(part) + 1
        return tuple(found)
    return tuple(_spelling(each.text(), each, 0) for each in node)


def _spelling(text: str, node: Node, offset: int) -> str:
    if bare_words(text):  # the most are: no need to work out where they stand, as nothing can be wrong with them
        return text
    at = node.text_at
    place = Location(file=at.file, line=at.line, column=at.column + offset, source_line=at.source_line, width=len(text))
    check_spelling(text, at=place)
    return text


def _unless(node: Node | None, known: set[str]) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    return {entry: _spellings(signs) for entry, signs in node.fields(known).items()}
