"""Why an article met a topic or not: every clause, its places and points, and the smallest thing that was missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from news.topic import Place, Topic
from topics.clauses import Clause, Close, Every, Some, Weighted, Without
from topics.lists import Members
from topics.places import places_of
from topics.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One clause against one article."""

    source: str  # as the user wrote it
    holds: bool
    points: float  # what it brings to the sum; a part of a group with a weight brings nothing of its own
    places: Sequence[Place]
    note: str = ""  # for a list: how many entries of how many, and which
    parts: tuple["Verdict", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A topic against one article."""

    topic: str
    version: str
    met: bool
    points: float
    threshold: float  # 0: the points do not matter
    verdict: Verdict
    missing: str = ""  # the smallest change that would have met the topic; "" when it was met
    lacking: tuple[str, ...] = ()  # the clauses that would have to change; (): the query holds
    gap: float = 0.0  # points short of the threshold, were the query to hold as it stands


def explain(topic: Topic, clause: Clause, reading: Reading) -> Explanation:
    """Explain a topic's verdict on a reading; the same clauses that alert, asked one by one."""
    points = clause.score(reading)
    wanting = tuple(dict.fromkeys(lacking(clause, reading)))
    gap = max(0.0, topic.threshold - _potential(clause, reading))
    missing = ", and ".join(wanting) if wanting or not gap else _points_lacking(clause, reading, gap)
    return Explanation(
        topic=topic.name,
        version=topic.version,
        met=not missing,
        points=points,
        threshold=topic.threshold,
        verdict=_verdict(clause, reading, counted=True),
        missing=missing,
        lacking=wanting,
        gap=gap,
    )


def _verdict(clause: Clause, reading: Reading, *, counted: bool) -> Verdict:
    own = counted and not isinstance(clause, Weighted | Without)
    holds = clause.holds(reading)
    return Verdict(
        source=clause.source,
        holds=holds,
        points=clause.score(reading) if counted else 0.0,
        places=places_of(clause, reading) if holds and not inside(clause) else (),
        note=_entries(clause, reading) if isinstance(clause, Members) else "",
        parts=tuple(_verdict(part, reading, counted=own) for part in inside(clause)),
    )


def _entries(clause: Members, reading: Reading) -> str:
    found = sorted(clause.entries(reading))
    names = f": {', '.join(found)}" if found else ""
    return f"{len(found)} of {clause.at_least} needed{names}" if clause.at_least > 1 or not found else ", ".join(found)


def inside(clause: Clause) -> tuple[Clause, ...]:
    """Give a clause's direct parts."""
    match clause:
        case Every(parts=parts) | Some(parts=parts):
            return parts
        case Close(left=left, right=right):
            return (left, right)
        case Without(part=part) | Weighted(part=part):
            return (part,)
    return ()


def lacking(clause: Clause, reading: Reading) -> list[str]:
    """Say what would have to change for a clause to hold, as few things as possible; nothing when it holds."""
    if clause.holds(reading):
        return []
    match clause:
        case Every(parts=parts):
            return [each for part in parts for each in lacking(part, reading)]
        case Some(parts=parts):
            return min((lacking(part, reading) for part in parts), key=len)
        case Weighted(part=part):
            return lacking(part, reading)
        case Without(part=part):
            return [f"no {part.source}"]
        case Close(source=source):
            sides = [each for part in inside(clause) for each in lacking(part, reading)]
            return sides or [f"{source} (both are there, but not so close)"]
        case Members():
            return [f"{clause.source} ({_entries(clause, reading)})"]
    return [clause.source]


def _potential(clause: Clause, reading: Reading) -> float:
    """Add up the points of what is met, although something else that is demanded is not."""
    if isinstance(clause, Every | Some):
        return sum(_potential(part, reading) for part in clause.parts)
    return clause.score(reading)


def _points_lacking(clause: Clause, reading: Reading, gap: float) -> str:
    """Name the one clause that would have closed the gap in points, or the one that would have helped most."""
    helps = [
        (abs(each.points), f"without {each.part.source} ({each.points:+g})" if each.points < 0 else _with(each))
        for each in weighted(clause)
        if (each.points < 0) == each.part.holds(reading) and each.points
    ]
    enough = [each for each in helps if each[0] >= gap]
    best = min(enough, default=None) or max(helps, default=None)
    return f"{gap:g} points more" + (f", as {best[1]}" if best else "")


def _with(clause: Weighted) -> str:
    return f"with {clause.part.source} ({clause.points:+g})"


def weighted(clause: Clause) -> list[Weighted]:
    """Give the clauses that have a weight, outermost first and none inside another."""
    if isinstance(clause, Weighted):
        return [clause]
    return [each for part in inside(clause) if not isinstance(clause, Without) for each in weighted(part)]


def lines(explanation: Explanation, fields: dict[str, str]) -> list[str]:
    """Write an explanation for a terminal; `fields` are the article's title, text and summary."""
    head = "met" if explanation.met else f"not met; missing: {explanation.missing}"
    points = f"; {explanation.points:g} points of {explanation.threshold:g}" if explanation.threshold else ""
    return [f"{explanation.topic}: {head}{points}", *_lines(explanation.verdict, fields, 1, scored=bool(points))]


def _lines(verdict: Verdict, fields: dict[str, str], depth: int, *, scored: bool) -> list[str]:
    shown = []
    for place in verdict.places[:5]:
        loose = "" if place.tier == 1 else ", loosely"
        shown.append(f"“{fields.get(place.zone, '')[place.start : place.end]}” in the {place.zone}{loose}")
    points = f" ({verdict.points:+g})" if scored and verdict.points else ""
    source = " ".join(verdict.source.split())
    source = source if len(source) <= 80 or not verdict.parts else f"{source[:77]}..."
    note = f" [{verdict.note}]" if verdict.note else ""
    line = f"{'  ' * depth}{'yes' if verdict.holds else 'no '} {source}{points}{note}"
    line += f": {'; '.join(shown)}" if shown else ""
    return [line, *(each for part in verdict.parts for each in _lines(part, fields, depth + 1, scored=scored))]
