"""From what was met to what is shown: places in the article as stored, and one line that says why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from news.topic import Place, Tier
from topics.clauses import Clause, Mark
from topics.fold import plain_forms
from topics.patterns import glob_regex
from topics.reading import Reading, Text

_MOST_PLACES = 20  # of one clause, in one article
_MOST_CLAUSES = 6  # named in a line of why
_MOST_ENTRIES = 3  # of one list, named there
_BORDERS = {"title": 0, "text": 1, "summary": 1}


def places_of(clause: Clause, reading: Reading) -> list[Place]:
    """Give the places that made a clause hold, in order of zone and start; at most 20 for each of its terms."""
    seen: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[int, int, int, str], Place] = {}
    for mark in sorted({mark for span in clause.spans(reading) for mark in span.marks}):
        seen[mark.clause, mark.note] += 1
        if seen[mark.clause, mark.note] > _MOST_PLACES:
            continue
        place = _place(mark, reading.text)
        key = (_BORDERS[place.zone], place.start, place.end, place.clause)
        places[key] = min(places.get(key, place), place, key=lambda each: each.tier)  # two spellings: the closer one
    return [places[key] for key in sorted(places)]


def _place(mark: Mark, text: Text) -> Place:
    spans = [text.span(at) for at in range(mark.first, mark.last + 1)]
    zone = text.zone(mark.first)
    field = text.article.title if zone == "title" else text.body
    written = tuple(field[start:end] for start, end in spans)
    return Place(
        zone=zone,
        start=spans[0][0],
        end=spans[-1][1],
        clause=f"{mark.clause} {mark.note}" if mark.note else mark.clause,
        tier=tier(mark.written, written, text.lang) if mark.written else Tier.EXACT,
    )


@lru_cache(maxsize=10_000)
def tier(wanted: tuple[str, ...], written: tuple[str, ...], lang: str) -> int:
    """Say how literal a hit is: tier 1 when each word written is one of the query, case and Unicode form apart."""
    if len(written) < len(wanted):
        return Tier.LOOSE
    forms = {form for word in wanted for form in plain_forms(word, lang)}
    wild = [glob_regex(form) for form in forms if "*" in form or "?" in form]
    for word in written:
        plain = plain_forms(word, lang)
        if forms.isdisjoint(plain) and not any(pattern.match(form) for pattern in wild for form in plain):
            return Tier.LOOSE
    return Tier.EXACT


def why(
    places: Sequence[Place],
    text: Text,
    points: float | None = None,
    threshold: float = 0.0,
    titles: Mapping[str, str] | None = None,
) -> str:
    """Say in one line why an article matched: its terms, what was written, where, and the points.

    What lists found is told list by list under the list's title (`titles`, by name), as their readers know no @names.
    """
    terms: dict[str, tuple[str, str]] = {}
    for place in places:
        field = text.article.title if place.zone == "title" else text.body
        terms.setdefault(place.clause, (field[place.start : place.end], place.zone))
    zones = list(dict.fromkeys(zone for _, zone in terms.values()))
    where = f" in the {' and the '.join(zones)}" if zones else "by what is known of the article, not by a word in it"
    score = f"; {points:g} points of {threshold:g}" if points is not None else ""
    return "; ".join(_groups(terms, titles or {})) + where + score


def _groups(terms: Mapping[str, tuple[str, str]], titles: Mapping[str, str]) -> list[str]:
    """Tell the query's own terms first, then what each list found."""
    own: list[str] = []
    lists: dict[str, list[str]] = {}
    for clause, (written, _) in terms.items():
        name, _, entry = clause.removeprefix("@").partition(" ")
        if clause.startswith("@"):
            lists.setdefault(name, []).append(_say(entry, written))
        else:
            own.append(_say(clause, written))
    found = [f"{_title(name, titles)}: {_few(said, _MOST_ENTRIES)}" for name, said in lists.items()]
    return [_few(own, _MOST_CLAUSES), *found] if own else found


def _few(said: Sequence[str], most: int) -> str:
    return ", ".join(said[:most]) + (f" and {len(said) - most} more" if len(said) > most else "")


def _title(names: str, titles: Mapping[str, str]) -> str:
    """What readers call a list (or several, joined by +), as it stands inside a line."""
    said = [titles.get(name, "") or name.replace("-", " ") for name in names.split("+")]
    return " and ".join(title if title[1:2].isupper() else title[:1].lower() + title[1:] for title in said)


def _say(clause: str, written: str) -> str:
    plain = clause.strip('"')
    return clause if plain.casefold() == written.casefold() else f"{clause} (“{written}”)"
