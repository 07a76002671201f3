"""A query cut into signs, and errors that point into it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from news.errors import Location, QueryError
from topics.tree import Stretch


class Sign(StrEnum):
    """The kinds of sign a query is made of."""

    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    MINUS = "-"
    NEAR = "NEAR"
    FIELD = "field:"
    META = "field:value"
    LIST = "@list"
    PHRASE = "phrase"
    REGEX = "regex"
    EXACT = "=word"
    WORD = "word"
    SLOP = "~n"
    WEIGHT = "^n"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One sign of a query with its text and place."""

    sign: Sign
    text: str
    at: Stretch


@dataclass(frozen=True, slots=True)
class Script:
    """A query's text and where it stands, so that errors can point at it."""

    text: str
    at: Location

    def error(self, stretch: Stretch, message: str, hint: str = "") -> QueryError:
        """Make the error that underlines `stretch`."""
        return QueryError(message, at=self.place(stretch), hint=hint)

    def place(self, stretch: Stretch) -> Location:
        """Say where a stretch stands in its file; later lines of a block begin in the same column as the first."""
        before = self.text[: stretch.start]
        row = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        line = self.text.split("\n")[row]
        return Location(
            file=self.at.file,
            line=self.at.line + row,
            column=self.at.column + column,
            source_line=self.at.source_line if not row else " " * (self.at.column - 1) + line,
            width=max(1, min(stretch.end - stretch.start, len(line) - column)),
        )


_SIGNS = re.compile(
    r"""(?x)
      (?P<space>\s+ | \#\s[^\n]*)
    | (?P<OPEN>\() | (?P<CLOSE>\))
    | (?P<PHRASE>"[^"]*" | [“„«][^”“»"]*[”“»])
    | (?P<broken_phrase>["“„«])
    | (?P<REGEX>/(?:[^/\\\n]|\\.)+/(?=[\s)^]|$))
    | (?P<LIST>@[\w+-]*(?:\[[^\]\n]*\])?(?:>=?\d*)?)
    | (?P<SLOP>(?<=\S)~\d*) | (?P<WEIGHT>(?<=\S)\^[-+]?[\w.]*)
    | (?P<NEAR>NEAR(?:/\w*)?(?=[\s()]|$))
    | (?P<AND>AND(?=[\s()]|$)) | (?P<OR>OR(?=[\s()]|$)) | (?P<NOT>NOT(?=[\s()]|$))
    | (?P<MINUS>(?<![^\s(:])-(?=[^\s)]))
    | (?P<META>(?:url|source|group|lang|section|author|since|max_age):(?:"[^"\n]*"|[^\s()]*)(?!\())
    | (?P<FIELD>[A-Za-z_]+:(?=[^\s)]))
    | (?P<EXACT>=[^\s()"“”„«»^~@]+)
    | (?P<WORD>[^\s()"“”„«»^~@]+)
    | (?P<stray>.)
    """
)


def cut(script: Script) -> list[Token]:
    """Cut a query into tokens, an END last. Raises QueryError at what is no sign."""
    tokens = []
    position = 0
    while found := _SIGNS.match(script.text, position):
        kind, at = str(found.lastgroup), Stretch(*found.span())
        position = found.end()
        if kind == "broken_phrase":
            raise script.error(at, "this quotation is never closed", 'put a " where the phrase ends')
        if kind == "stray":
            raise script.error(at, f"{found[0]!r} means nothing here", "put signs that belong to the text in quotes")
        if kind != "space":
            tokens.append(Token(Sign[kind], found[0], at))
    tokens.append(Token(Sign.END, "", Stretch(len(script.text), len(script.text))))
    return tokens
