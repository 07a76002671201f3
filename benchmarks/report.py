"""Turns measured rounds into a table and into verdicts on the goals; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Row = Mapping[str, object]
HEAD = (
    "", "round", "CPU s", "wall s", "MB, tree", "MB, largest", "requests", "304", "pages", "stored", "pages/CPU s", "",
)  # fmt: skip


def number(row: Row, key: str) -> float:
    """A figure of a row."""
    value = row[key]
    assert isinstance(value, (int, float))
    return float(value)


def typical(rows: Sequence[Row], key: str) -> float:
    """The median of a figure over the repeats."""
    return median(number(row, key) for row in rows)


def same(rows: Sequence[Row], **wanted: object) -> list[Row]:
    """The rows with these values."""
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def table(rows: Sequence[Row], limits: Sequence[Row]) -> str:
    """The rounds of one size, medians over repeats, with the limits below."""
    lines = []
    for full_text in (False, True):
        part = same(rows, full_text=full_text)
        if part:
            title = f"{part[0]['feeds']} feeds, {'full text' if full_text else 'feeds only'}"
            lines += ["", title, *_aligned([HEAD, *_lines(part)])]
    if limits:
        lines += ["", f"{limits[0]['feeds']} feeds, limits (in process, without start-up)"]
        lines += _aligned([("", "CPU s", "ms each"), *(_limit(row) for row in limits)])
    return "\n".join(lines)


def _limit(row: Row) -> tuple[str, ...]:
    return str(row["name"]), f"{number(row, 'cpu'):.2f}", f"{number(row, 'each'):.2f}"


def _lines(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    keys = dict.fromkeys((row["contender"], row["round"]) for row in rows)
    return [_line(same(rows, contender=contender, round=name)) for contender, name in keys]


def _line(rows: Sequence[Row]) -> tuple[str, ...]:
    stored, expected = typical(rows, "whole"), number(rows[0], "expected")
    lost = "" if stored == expected else f"LOST {expected - stored:.0f} of {expected:.0f}"
    failed = "" if not any(number(row, "exit_status") for row in rows) else "FAILED"
    return (
        str(rows[0]["contender"]),
        str(rows[0]["round"]),
        f"{typical(rows, 'cpu'):.2f}",
        f"{typical(rows, 'wall'):.2f}",
        *(
            f"{typical(rows, key):.0f}"
            for key in ("memory", "largest", "requests", "not_modified", "pages", "articles")
        ),
        f"{pages / typical(rows, 'cpu'):.0f}" if (pages := typical(rows, "pages")) else "",
        f"{failed} {lost}".strip(),
    )


def _aligned(lines: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if n < 1 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def ratio(rows: Sequence[Row], key: str, mine: dict[str, object], theirs: dict[str, object]) -> float | None:
    """A figure of ours over the same figure of theirs; None when one of them was not measured."""
    ours, others = same(rows, **mine), same(rows, **theirs)
    return typical(ours, key) / typical(others, key) if ours and others else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A ratio that is to stay below a limit, at one size of newsroom; at other sizes it is only told."""

    what: str
    full_text: bool
    against: str
    at: int  # feeds
    limit: float
    unchanged: float | None = None  # in the round that finds nothing new; None: as in the first


GOALS = (
    Goal(
        what="CPU, feeds only, presswatch / reader",
        full_text=False,
        against="reader",
        at=2000,
        limit=0.55,
        unchanged=0.5,
    ),
    Goal(what="CPU, full text, presswatch / plain script", full_text=True, against="plain script", at=200, limit=0.75),
)
ROUNDS = ("first", "unchanged")
MEMORY_LIMIT, MEMORY_BASE = 1.3, 200  # times as much as at so many feeds


def goals(rows: Sequence[Row]) -> list[str]:
    """Each ratio that was measured, with a verdict where a goal is set."""
    sizes = sorted({int(number(row, "feeds")) for row in rows})
    lines = ["", "Ratios of medians within this run"]
    for goal in GOALS:
        for feeds in sizes:
            for name in ROUNDS:
                at = {"feeds": feeds, "round": name}
                ours = {"contender": "presswatch", "full_text": goal.full_text, **at}
                found = ratio(rows, "cpu", ours, {"contender": goal.against, **at})
                limit = goal.unchanged if name == "unchanged" and goal.unchanged else goal.limit
                lines += _told(f"{goal.what}, {feeds} feeds, {name} round", found, limit if feeds == goal.at else None)
    return lines + _memory(rows, sizes)


def _memory(rows: Sequence[Row], sizes: Sequence[int]) -> list[str]:
    lines: list[str] = []
    for feeds in (size for size in sizes if size > MEMORY_BASE):
        for name in ROUNDS:
            ours = {"contender": "presswatch", "full_text": False, "round": name}
            found = ratio(rows, "memory", {**ours, "feeds": feeds}, {**ours, "feeds": MEMORY_BASE})
            lines += _told(
                f"memory, feeds only, {name} round, {feeds} feeds / {MEMORY_BASE} feeds", found, MEMORY_LIMIT
            )
    return lines


def _told(what: str, found: float | None, limit: float | None) -> list[str]:
    if found is None:
        return []
    verdict = "" if limit is None else f"{'met' if found <= limit else 'MISSED'} (goal {limit} at most)"
    return [f"  {found:5.2f}  {what}  {verdict}".rstrip()]
