"""A query as a tree; every node knows its stretch of the query as the user wrote it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias


class Zone(StrEnum):
    """Which part of an article's words a clause looks at."""

    ALL = "all"
    TITLE = "title"
    LEAD = "lead"  # the title and the first 60 words
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Stretch:
    """`query[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word, or several in a row; each as written, with `*` and `?` for unknown letters."""

    at: Stretch
    words: tuple[str, ...]
    slop: int | None = None  # None: in a row; else in any order with at most so many other words among them
    exact: bool = False  # only this spelling, capitals included
    edits: int = 0  # 1: one letter wrong, missing, too many or swapped with its neighbour


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """At least so many different entries of a named list, or of several as one."""

    at: Stretch
    names: tuple[str, ...]
    at_least: int = 1
    without: tuple[str, ...] = ()  # canonical names that do not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """An RE2 pattern, tried on the text as stored, capitals forgiven."""

    at: Stretch
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A word about the article: source, group, lang, section, author or url; `*` and `?` as in words."""

    at: Stretch
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """First seen since a day, or published no longer than so before we saw it; a query stays a pure function so."""

    at: Stretch
    max_age: timedelta | None = None  # None: `since` says it
    since: datetime | None = None  # None: `max_age` says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Two clauses close together, in either order."""

    at: Stretch
    left: "Node"
    right: "Node"
    within: int | None  # words from one to the other; None: in the same sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Every part."""

    at: Stretch
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one part."""

    at: Stretch
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part is not met."""

    at: Stretch
    part: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """The part, looked for in one zone only."""

    at: Stretch
    zone: Zone
    part: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The part counts so many points, once, when it is met."""

    at: Stretch
    part: "Node"
    points: float


Node: TypeAlias = Words | Listed | Regex | Field | Age | Near | And | Or | Not | In | Weighed
