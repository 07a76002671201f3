"""Queries for many keys at once."""

import json
from collections.abc import Collection, Iterator
from typing import Any, cast

from sqlalchemy import Connection, text

_GIVEN = {
    "sqlite": "json_each(:given) AS g",
    "postgresql": "unnest(CAST(:given AS {kind}[])) AS g(value)",
}


class Lookup:
    """A query that reads its keys from `{given}`, a table g with the column `value`.

    The keys travel as one parameter, so the statement is the same for two keys and for two thousand, and is prepared
    once. Begin with `{given} CROSS JOIN`: SQLite then takes the keys one by one to the other table's index.
    """

    def __init__(self, query: str, *, kind: str = "text", **types: Any) -> None:
        self._statements = {
            dialect: text(query.replace("{given}", given.replace("{kind}", kind))).columns(**types)
            for dialect, given in _GIVEN.items()
        }

    def rows(
        self, connection: Connection, keys: Collection[str] | Collection[int], **values: object
    ) -> Iterator[tuple[Any, ...]]:
        """Run the query with its other values; nothing is asked for no keys."""
        if not keys:
            return iter(())
        dialect = connection.dialect.name
        given = json.dumps(list(keys)) if dialect == "sqlite" else list(keys)
        found = connection.execute(self._statements[dialect], {"given": given, **values})
        return cast("Iterator[tuple[Any, ...]]", iter(found))  # rows are tuples, though not by name
