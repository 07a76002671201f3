"""Queries for many keys at once."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from storage.native import Native, many_texts

_GIVEN = {
    "sqlite": "json_each(:given) AS g",
    "postgresql": "unnest(CAST(:given AS {kind}[])) AS g(value)",
}


class Lookup:
    """A query that reads its keys from `{given}`, a table g with the column `value`.

    The keys travel as one parameter, so the statement is the same for two keys and for two thousand, and is prepared
    once. Begin with `{given} CROSS JOIN`: SQLite then takes the keys one by one to the other table's index.
    """

    def __init__(self, query: str, *, kind: str = "text") -> None:
        self._query = Native(
            sqlite=query.replace("{given}", _GIVEN["sqlite"]),
            postgresql=query.replace("{given}", _GIVEN["postgresql"].replace("{kind}", kind)),
        )

    def rows(
        self, connection: Connection, keys: Collection[str] | Collection[int], **values: object
    ) -> Sequence[tuple[Any, ...]]:
        """Run the query with its other values, which go to the driver as they are; nothing is asked for no keys."""
        if not keys:
            return ()
        return self._query.run(connection, {"given": many_texts(connection, keys), **values})
