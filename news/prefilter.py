"""What a text must contain for a query to have a chance: the language between `topics` and `storage`'s full-text index.

Words are folded tokens as `topics` makes them. A prefilter may let too much through, never too little.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A token; `prefix`: any token that begins so."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part."""

    parts: tuple["Prefilter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple["Prefilter", ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """No condition that an index can check."""


Prefilter: TypeAlias = Word | AllOf | AnyOf | Everything
