"""Sources from elsewhere: OPML both ways, and plain lists with one address a line."""

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from news.errors import ConfigError, Location
from news.source import Kind, Source
from presswatch.sourcefile import default_name, url_problem


def read_list(path: Path) -> tuple[list[Source], list[str]]:
    """Read OPML, or a plain list with one address a line (`#` begins a comment), into sources.

    Returns the sources and, for each line that could not be used, a sentence with its place.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    text = _decoded(data, str(path))
    if text.lstrip()[:1] == "<":
        return _read_opml(text, str(path))
    return _read_plain(text, str(path))


def _decoded(data: bytes, file: str) -> str:
    """A text in UTF-8, or in UTF-16 with its mark; anything else is refused whole."""
    coding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not a text in UTF-8: nothing was added") from error
    if "\0" in text:
        raise ConfigError(f"{file} is not a text: nothing was added")
    return text


def _read_plain(text: str, file: str) -> tuple[list[Source], list[str]]:
    sources, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        address, _, name = line.strip().partition(" ")
        if not address or address.startswith("#"):
            continue
        url = address if "://" in address else f"https://{address}"
        problem = url_problem(url) if "." in address or "://" in address else "this is no address"
        if problem:
            problems.append(f"{file}:{number}:{line.index(address) + 1}: {problem}")
        else:
            sources.append(Source(name=name.strip() or default_name(url), url=url))
    return sources, problems


def _read_opml(text: str, file: str) -> tuple[list[Source], list[str]]:
    if "<!DOCTYPE" in text[:4096] or "<!ENTITY" in text:
        raise ConfigError(f"{file}: an OPML file with a document type is not read: it could expand without end")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314  without a document type there are no entities to expand
    except ET.ParseError as error:
        line, column = error.position
        raise ConfigError(
            f"not well-formed OPML: {error}", at=Location(file=file, line=line, column=column + 1)
        ) from error
    if root.tag.lower() != "opml":
        raise ConfigError(f"{file}: this is <{root.tag}>, not OPML", hint="expected <opml> with <outline xmlUrl=…>")
    sources: list[Source] = []
    problems: list[str] = []
    _walk(root, "", file, sources, problems)
    return sources, problems


def _walk(element: ET.Element, group: str, file: str, sources: list[Source], problems: list[str]) -> None:
    """Folders become groups; iterative, since a hostile file may nest without end."""
    waiting = [(element, group)]
    while waiting:
        parent, group = waiting.pop(0)
        for child in parent:
            fields = {key.lower(): value.strip() for key, value in child.attrib.items()}
            label = fields.get("title") or fields.get("text") or ""
            url = fields.get("xmlurl", "")
            if not url:
                waiting.append((child, group if child.tag != "outline" else label or group))
            elif problem := url_problem(url):
                problems.append(f"{file}: {label or 'an outline'}: {problem}")
            else:
                kind = Kind(fields["type"]) if fields.get("type") in set(Kind) else Kind.FEED
                sources.append(Source(name=label or default_name(url), url=url, kind=kind, group=group))


def write_opml(sources: Iterable[Source]) -> str:
    """OPML 2.0 with groups as folders; other kinds than feeds carry theirs as `type`."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "presswatch sources"
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {"": body}
    for source in sources:
        if source.group not in folders:
            folders[source.group] = ET.SubElement(body, "outline", text=source.group, title=source.group)
        kind = "rss" if source.kind is Kind.FEED else source.kind.value
        ET.SubElement(
            folders[source.group], "outline", type=kind, text=source.name, title=source.name, xmlUrl=source.url
        )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
