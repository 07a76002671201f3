"""Turns measured rounds into a table and into verdicts on the goals; pure."""

from collections.abc import Mapping, Sequence
from statistics import median

Row = Mapping[str, object]
HEAD = ("", "round", "CPU s", "wall s", "MB, tree", "MB, largest", "requests", "304", "pages", "stored", "")


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


def goals(rows: Sequence[Row]) -> list[str]:
    """Each goal with what was measured, for every size that was."""
    sizes = sorted({int(number(row, "feeds")) for row in rows})
    lines = ["", "Goals (ratios of medians within this run)"]
    for feeds in sizes:
        for name in ("first", "unchanged"):
            at = {"feeds": feeds, "round": name}
            ours = {"contender": "presswatch", **at}
            lines += _goal(
                f"CPU, feeds only, {feeds} feeds, {name} round: presswatch / reader",
                ratio(rows, "cpu", {**ours, "full_text": False}, {"contender": "reader", **at}),
                0.7,
            )
            lines += _goal(
                f"CPU, full text, {feeds} feeds, {name} round: presswatch / plain script",
                ratio(rows, "cpu", {**ours, "full_text": True}, {"contender": "plain script", **at}),
                1.0,
            )
    lines += _memory_goal(rows, sizes)
    return lines


def _memory_goal(rows: Sequence[Row], sizes: Sequence[int]) -> list[str]:
    large, small = sizes[-1], 200
    lines = []
    for name in ("first", "unchanged") if large > small else ():
        ours = {"contender": "presswatch", "full_text": False, "round": name}
        found = ratio(rows, "memory", {**ours, "feeds": large}, {**ours, "feeds": small})
        lines += _goal(f"Memory, feeds only, {name} round: {large} feeds / {small} feeds", found, 1.3)
    return lines


def _goal(what: str, found: float | None, limit: float) -> list[str]:
    if found is None:
        return []
    return [f"  {'met   ' if found <= limit else 'MISSED'}  {found:5.2f} (goal <= {limit})  {what}"]
