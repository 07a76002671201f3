"""What the newsroom prints: outlets and articles, read from the YAML files beside this module."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class Form(StrEnum):
    """How an outlet tells the world what is new."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"
    NEWS_SITEMAP = "news_sitemap"
    SECTION = "section"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An invented publisher and the habits of its web server."""

    id: str
    name: str
    about: str
    lang: str
    group: str
    host: str
    form: Form
    document: str  # path of the feed, sitemap or section page
    article_path: str  # with {section}, {slug} and {number}
    menu: tuple[str, ...]
    related: str
    most_read: str
    notice: str
    footer: str
    tracker: str = ""  # query string that its lists put on links
    charset: str = "utf-8"
    gzip: bool = False
    delay: float = 0.0  # seconds its list takes to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as one outlet prints it; paragraphs without mark-up."""

    id: str
    outlet: str
    title: str
    paragraphs: tuple[str, ...]
    lang: str
    section: str
    author: str
    minutes: int  # printed so long before the show begins
    number: int
    round: int = 1  # of the show, in which it is there for the first time
    copy_of: str = ""  # the piece it was taken from, word for word, edited or cut
    hit: bool = False  # a human reader says: this is defence cooperation

    @property
    def words(self) -> list[str]:
        """The words of its text."""
        return " ".join(self.paragraphs).split()


@cache
def outlets() -> tuple[Outlet, ...]:
    """All eight, in the order of the show."""
    return tuple(
        Outlet(**{**entry, "form": Form(entry["form"]), "menu": tuple(entry["menu"])})
        for entry in _read("outlets.yaml")
    )


@cache
def pieces() -> tuple[Piece, ...]:
    """Every article of both rounds, newest first."""
    entries = list(_entries())
    originals = {entry["id"]: entry for entry in entries if "text" in entry}
    langs = {outlet.id: outlet.lang for outlet in outlets()}
    found = [
        _piece(entry, originals.get(entry.get("copy_of", ""), entry), lang=langs[entry["outlet"]], number=number)
        for number, entry in enumerate(entries, start=48201)
    ]
    return tuple(sorted(found, key=lambda piece: piece.minutes))


def _piece(entry: Mapping[str, Any], original: Mapping[str, Any], *, lang: str, number: int) -> Piece:
    return Piece(
        id=entry["id"],
        outlet=entry["outlet"],
        title=entry["title"],
        paragraphs=_edit(original["text"], entry.get("changes", ()), keep=entry.get("keep")),
        lang=entry.get("lang", lang),
        section=entry.get("section", original["section"]),
        author=entry.get("author", original.get("author", "")),
        minutes=entry["minutes"],
        number=number,
        round=entry.get("round", 1),
        copy_of=entry.get("copy_of", ""),
        hit=original.get("hit", False),
    )


def _edit(text: str, changes: Sequence[tuple[str, str]], *, keep: int | None) -> tuple[str, ...]:
    """The text as an editor leaves it: phrases changed, all but the first `keep` paragraphs cut.

    Raises ValueError where a phrase to change is not there: an edit that does nothing would make a false demonstration.
    """
    joined = "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    for old, new in changes:
        if old not in joined:
            raise ValueError(f"nothing to change: {old!r}")
        joined = joined.replace(old, new)
    return tuple(joined.split("\n\n")[:keep])


def _entries() -> Iterator[dict[str, Any]]:
    folder = files(__package__) / "articles"
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml")):
        yield from _read(f"articles/{name}")


def _read(name: str) -> list[dict[str, Any]]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = yaml.safe_load(text)
    return loaded
