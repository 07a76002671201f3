"""How results are printed: tables for people, JSON for programs, progress on the error stream."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

import rich_click as click

if TYPE_CHECKING:  # loaded where something is drawn with them: most rounds of most days draw nothing
    from rich.console import Console
    from rich.progress import Progress

NUMBER = click.IntRange(1, 2**63 - 1)  # of an alert, an article or a story, as databases count
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


_PIPED = 120  # columns of what is piped
_NARROW = "\u02ff"  # up to here a printable character takes one column


def console() -> "Console":
    """Standard output as rich writes it; plain text when piped, at least as wide as a page."""
    from rich.console import Console

    wide = None if sys.stdout.isatty() else _PIPED
    return Console(highlight=False, soft_wrap=False, width=wide)


def clean(text: str) -> str:
    """Text from the press, made harmless for a terminal: controls out, one line."""
    return " ".join("".join(char if char.isprintable() or char == " " else " " for char in text).split())


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under headers; where there are none, a sentence that says what to do."""
    listed = [[cell if isinstance(cell, Styled) else clean(str(cell)) for cell in row] for row in rows]
    if not listed:
        click.echo(empty)
    elif not sys.stdout.isatty() and (lines := _as_piped(headers, listed)):
        click.echo("\n".join(lines))
    else:
        _draw(headers, listed)


class Styled(str):
    """A cell that a terminal shows in a style of its own."""

    style: str

    def __new__(cls, text: str, style: str) -> Self:
        """Give a text its style."""
        cell = super().__new__(cls, text)
        cell.style = style
        return cell


def _as_piped(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Give a table's lines as rich draws them where nobody sees colours; none where it must fold or measure them.

    To load rich, and have it draw, takes a tenth of a round in which nothing is new.
    """
    table = [[header.lstrip("#") for header in headers], *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    wide = any(max(cell, default="") > _NARROW for row in rows for cell in row)
    if wide or sum(widths) + 2 * (len(widths) - 1) > _PIPED:
        return []
    places = [f"{'>' if header.startswith('#') else '<'}{width}" for header, width in zip(headers, widths, strict=True)]
    return ["  ".join(map(format, row, places)) for row in table]


def _draw(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for header in headers:
        number = header.startswith("#")
        grid.add_column(header.lstrip("#"), justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in rows:
        grid.add_row(*(Text(cell, style=cell.style if isinstance(cell, Styled) else "") for cell in row))
    console().print(grid)


def plain(value: Any) -> Any:
    """Records, times and enumerations as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(each) for key, each in asdict(value).items()}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def print_json(value: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


@contextmanager
def progress(label: str, total: int | None, *, quiet: bool) -> Iterator["Bar"]:
    """A progress bar on the error stream; nothing where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield Bar(None, None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Bar(bars, bars.add_task(label, total=total))


class Bar:
    """A progress bar that may be absent."""

    def __init__(self, bars: "Progress | None", task: Any) -> None:
        self._bars = bars
        self._task = task

    def expect(self, total: int) -> None:
        """Say how many there will be."""
        if self._bars is not None:
            self._bars.update(self._task, total=total)

    def step(self, count: int = 1) -> None:
        """So many more done."""
        if self._bars is not None:
            self._bars.advance(self._task, count)


def ago(when: datetime | None, now: datetime) -> str:
    """A time as people say it: "3 min ago", "in 2 h", "never"."""
    if when is None:
        return "never"
    seconds = (now - when).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if size >= length:
            amount = f"{size / length:.0f} {unit}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return "now" if size < 5 else f"{size:.0f} s ago" if seconds > 0 else f"in {size:.0f} s"
