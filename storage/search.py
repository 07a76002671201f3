"""The full-text index asked for candidates; the matcher in `topics` has the last word."""

from sqlalchemy import Connection, TextClause, text

from news.prefilter import AllOf, Everything, Prefilter, Word
from storage.clean import TOKEN_CHARS

_DEEPEST = 40  # FTS5's parser gives up at 100 nested brackets; what lies deeper is left to the matcher


def sought(prefilter: Prefilter, dialect: str) -> str | None:
    """Write a prefilter in the index's own language; None: any article may do. "" finds nothing."""
    return _sought(prefilter, _FTS5 if dialect == "sqlite" else _TSQUERY, _DEEPEST)


def candidates(connection: Connection, expression: str | None, *, before: int, limit: int) -> list[int]:
    """Give the ids of articles that the index proposes, newest first, all smaller than `before`."""
    if expression == "":
        return []
    statement = _EVERYTHING if expression is None else _INDEXED[connection.dialect.name]
    values = {"before": before, "limit": limit} | ({} if expression is None else {"sought": expression})
    return list(connection.execute(statement, values).scalars())


_EVERYTHING = text("SELECT id FROM articles WHERE id < :before ORDER BY id DESC LIMIT :limit")
_INDEXED: dict[str, TextClause] = {
    "sqlite": text(
        "SELECT rowid FROM article_words WHERE article_words MATCH :sought AND rowid < :before"
        " ORDER BY rowid DESC LIMIT :limit"
    ),
    "postgresql": text(
        "SELECT id FROM articles WHERE array_to_tsvector(string_to_array(tokens, ' ')) @@ CAST(:sought AS tsquery)"
        " AND id < :before ORDER BY id DESC LIMIT :limit"
    ),
}


def index_new(connection: Connection, first: int) -> None:
    """Put the articles from this id on into the index; PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite":
        connection.execute(_INDEX, {"first": first})


def index_again(connection: Connection, ids: list[int]) -> None:
    """Put articles into the index that were taken out of it; their rows stand as they are to be found."""
    if connection.dialect.name == "sqlite":
        connection.execute(_INDEX_ONE, [{"id": number} for number in ids])


def unindex(connection: Connection, ids: list[int]) -> None:
    """Take articles out of the index, before their rows go."""
    if connection.dialect.name == "sqlite":
        connection.execute(_UNINDEX, [{"id": number} for number in ids])


_INDEX = text("INSERT INTO article_words (rowid, tokens) SELECT id, tokens FROM articles WHERE id >= :first")
_INDEX_ONE = text("INSERT INTO article_words (rowid, tokens) SELECT id, tokens FROM articles WHERE id = :id")
_UNINDEX = text(
    "INSERT INTO article_words (article_words, rowid, tokens) SELECT 'delete', id, tokens FROM articles WHERE id = :id"
)


class _Fts5:
    both, either = " AND ", " OR "

    def word(self, token: str, *, prefix: bool) -> str:
        quoted = token.replace('"', '""')
        return f'"{quoted}" *' if prefix else f'"{quoted}"'


class _TsQuery:
    both, either = " & ", " | "

    def word(self, token: str, *, prefix: bool) -> str:
        quoted = token.replace("\\", "\\\\").replace("'", "''")
        return f"'{quoted}':*" if prefix else f"'{quoted}'"


_FTS5, _TSQUERY = _Fts5(), _TsQuery()


def _sought(prefilter: Prefilter, spelling: _Fts5 | _TsQuery, depth: int) -> str | None:
    if isinstance(prefilter, Word):
        return _word(prefilter, spelling)
    if isinstance(prefilter, Everything) or depth == 0:
        return None
    parts = [_sought(part, spelling, depth - 1) for part in prefilter.parts]
    return _all(parts, spelling.both) if isinstance(prefilter, AllOf) else _any(parts, spelling.either)


def _word(word: Word, spelling: _Fts5 | _TsQuery) -> str | None:
    if not word.text or not set(word.text).isdisjoint(" \n\t\0"):
        return None  # no token: nothing that the index could tell
    return spelling.word(word.text[:TOKEN_CHARS], prefix=word.prefix or len(word.text) > TOKEN_CHARS)


def _all(parts: list[str | None], joint: str) -> str | None:
    conditions = [part for part in parts if part is not None]
    if "" in conditions:
        return ""
    return _bracketed(conditions, joint) if conditions else None


def _any(parts: list[str | None], joint: str) -> str | None:
    if None in parts:
        return None
    possible = [part for part in parts if part]
    return _bracketed(possible, joint) if possible else ""


def _bracketed(parts: list[str], joint: str) -> str:
    return parts[0] if len(parts) == 1 else f"({joint.join(parts)})"
