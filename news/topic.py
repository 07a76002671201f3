"""A topic a reader wants to hear of, and the fact that an article met it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from news.errors import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A query with a name and the channels that hear of it; `version` changes when its meaning does."""

    name: str  # short id, as in the file name
    title: str
    query: str
    version: str
    channels: tuple[str, ...] = ()
    at: Location | None = None  # where the query's first character stands in its file
    threshold: float = 0.0  # points that the query's clauses must add up to; 0: being met is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class NameList:
    """A named list: canonical names, each with its spellings; a spelling may have wildcards or be a small query."""

    name: str
    entries: Mapping[str, tuple[str, ...]]  # canonical name -> spellings that hold in every language
    by_lang: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict
    )  # language -> name -> its spellings
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> what, present, shows another is meant
    decoys: tuple[str, ...] = ()  # longer expressions that only look like an entry: "New Mexico"
    at: Location | None = None  # where the list stands in its file
    title: str = ""  # what readers call it, "" for its name


class Tier:
    """How literal a hit is."""

    EXACT = 1  # case and Unicode form apart, as written
    LOOSE = 2  # marks, dotless i, schwa, yo and Arabic letter forms apart too


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a clause was met: `article.<zone>[start:end]` is the text as written."""

    zone: str  # "title" or "text" or another field of Article
    start: int
    end: int
    clause: str  # the term of the query, as the user wrote it
    tier: int = Tier.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article met a topic version; `places` made it so, in order of zone and start."""

    topic: str
    version: str
    places: Sequence[Place]
    why: str = ""  # one line for a reader, e.g. "states: Türkiye (“Ankara”); arms: drone (“drones”) in the title"
