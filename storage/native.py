"""Statements in the drivers' own words, for what is asked a thousand times: SQLAlchemy's compiler is passed by."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection

from storage.engines import spoken
from storage.tables import binding

_NAME = re.compile(r":(\w+)")


class Native:
    """One statement for each database, its values written `:name`; no `::` casts and no percent signs."""

    def __init__(self, *, sqlite: str, postgresql: str, start: str = "") -> None:
        """start: what both begin with."""
        self._statements = {"sqlite": start + sqlite, "postgresql": _NAME.sub(r"%(\1)s", start + postgresql)}

    def run(
        self, connection: Connection, values: Mapping[str, object] | Sequence[Mapping[str, object]]
    ) -> Sequence[tuple[Any, ...]]:
        """Run the statement, once or for each of many values, which go to the driver as they are; gives its rows."""
        if connection.dialect.name == "sqlite":
            driver = spoken(connection)
            many = not isinstance(values, Mapping)
            return (driver.executemany if many else driver.execute)(self._statements["sqlite"], values).fetchall()
        result = connection.exec_driver_sql(self._statements["postgresql"], values)
        return cast("Sequence[tuple[Any, ...]]", result.all() if result.returns_rows else ())  # tuples, if not by name


class Insert:
    """Rows of some columns into a table, each a mapping; `also`: what follows the values."""

    def __init__(self, table: str, columns: Sequence[str], *, also: str = "") -> None:
        names, places = ", ".join(map('"{}"'.format, columns)), ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places}) {also}"  # noqa: S608  names of our own tables
        self._statements = {"sqlite": statement, "postgresql": statement.replace("?", "%s")}
        self._values = itemgetter(*columns)  # drivers take values by place in less time than by name

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert the rows, whose values go to the driver as they are."""
        values = list(map(self._values, rows))
        if connection.dialect.name == "sqlite":
            spoken(connection).executemany(self._statements["sqlite"], values)
        else:
            connection.exec_driver_sql(self._statements["postgresql"], values)


def with_times(connection: Connection, rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Give rows whose times the driver takes as they are."""
    bound = binding(connection.dialect.name)
    return [
        {name: bound(value) if isinstance(value, datetime) else value for name, value in row.items()} for row in rows
    ]


def many_texts(connection: Connection, values: Collection[str] | Collection[int]) -> object:
    """Put any values into one, as `many` does."""
    return json.dumps(list(values)) if connection.dialect.name == "sqlite" else list(values)


def many(connection: Connection, values: Sequence[int] | Sequence[str]) -> str:
    """Put numbers, or words of letters and digits, into one value: for `json_each`, or a cast to an array."""
    if connection.dialect.name == "sqlite":
        return json.dumps(values)
    return f"{{{','.join(map(str, values))}}}"
