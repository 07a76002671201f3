"""What a query probably does not mean: remarks with a place and a hint, for queries that can be read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from news.errors import Location
from topics.fold import loose
from topics.language import parse, parts_of, true_of_nothing, walk
from topics.lexer import Script
from topics.tree import And, Listed, Near, Node, Not, Or, Stretch, Weighed, Words

_LATIN, _CYRILLIC = re.compile("[A-Za-z]"), re.compile("[\u0400-\u04ff]")
_TURKIC = re.compile("[ğışəĞİŞƏ]|[çöüÇÖÜ].*[çöüı]")
_COMMONEST = (
    "a an and are as at be by for from has have he in is it its not of on or said that the they this to was were "
    "will with ve bir bu da de ile için olan olarak daha çok gibi var en və bu bir ilə üçün olan da də daha çox "
    "и в на с по о что это как из за к от не для der die das und in zu von mit den auf für ist im ein eine nicht "
    "le la les de des et en un une pour dans que qui sur el los las del y que con para por una "
    "في من على إلى عن مع هذا التي الذي أن"
)
_STOP_WORDS = frozenset(map(loose, _COMMONEST.split()))
_PAIRS = {  # British and American spelling, and what finds both
    "defence": "defen?e", "defense": "defen?e", "offence": "offen?e", "offense": "offen?e", "armour": "armo*",
    "armoured": "armo*", "armored": "armo*", "centre": "cent*", "center": "cent*", "programme": "program*",
    "program": "program*", "licence": "licen?e", "license": "licen?e", "manoeuvre": "man*uv*", "maneuver": "man*uv*",
    "manoeuvres": "man*uv*", "maneuvers": "man*uv*", "harbour": "harbo*", "harbor": "harbo*", "labour": "labo*",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to think about; the query is valid."""

    at: Location
    message: str
    hint: str = ""


def lint(query: str, *, at: Location | None = None, threshold: float = 0.0) -> list[Remark]:
    """Read a query and remark on what it probably does not mean, in the order of its text. Raises QueryError."""
    tree = parse(query, at=at)
    first = query.split("\n", 1)[0]
    script = Script(query, at or Location(file="query", line=1, column=1, source_line=first))
    found = [(where, message, hint) for rule in _RULES for where, message, hint in rule(tree, script, threshold)]
    return [
        Remark(at=script.place(where), message=message, hint=hint)
        for where, message, hint in sorted(found, key=lambda each: each[0].start)
    ]


_Found = tuple[Stretch, str, str]


def _terms(tree: Node) -> Iterator[Words]:
    return (node for node in walk(tree) if isinstance(node, Words))


def _stop_words(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    terms = list(_terms(tree))
    others = any(not isinstance(node, Words | And | Or | Not | Near | Weighed) for node in walk(tree))
    if terms and not others and all(loose(word) in _STOP_WORDS for term in terms for word in term.words):
        yield tree.at, "only words that stand in nearly every text", "add a word that tells what it is about"


def _mixed_scripts(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    for term in _terms(tree):
        for word in term.words:
            if _LATIN.search(word) and _CYRILLIC.search(word):
                yield term.at, f"{word} mixes Latin and Cyrillic letters", "type it anew on one keyboard layout"


def _small_operators(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    for node in walk(tree):
        inside = parts_of(node)[1:-1] if isinstance(node, And) else ()
        for part in inside:
            if isinstance(part, Words) and part.words[0] in {"and", "or", "not", "near"} and len(part.words) == 1:
                word = part.words[0]
                yield part.at, f"{word} in small letters is a word to look for", f"the operator is {word.upper()}"


def _loose_ends(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    for term in _terms(tree):
        last = term.words[-1]
        if term.exact or term.edits or len(last) < 4 or {"*", "?"} & set("".join(term.words)):
            continue
        if _TURKIC.search("".join(term.words)):
            yield term.at, f"{last} is found in this form only", f"Turkish and Azerbaijani add endings: {last}*"
        elif pair := _PAIRS.get(last.lower()):
            yield term.at, f"{last} has a British and an American spelling", f"{pair} finds both"


def _alternatives(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Or) else ()


def _mixed_operators(tree: Node, script: Script, _threshold: float) -> Iterator[_Found]:
    for node in walk(tree):
        for part in _alternatives(node):
            if isinstance(part, And) and script.text[part.at.start] != "(":
                said = " ".join(script.text[part.at.start : part.at.end].split())
                yield part.at, "AND binds before OR", f"this reads as ({said}); write the brackets you mean"


def _or_not(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    for node in walk(tree):
        for part in _alternatives(node):
            if true_of_nothing(part):
                yield part.at, "this alternative holds for nearly every article", "join it by AND, or drop it"


def _repeated(tree: Node, _script: Script, _threshold: float) -> Iterator[_Found]:
    for node in walk(tree):
        seen: set[tuple[object, ...]] = set()
        for part in node.parts if isinstance(node, And | Or) else ():
            if not isinstance(part, Words | Listed):
                continue
            key = _key(part)
            if key in seen:
                yield part.at, "this stands here twice", "once is enough"
            seen.add(key)


def _key(part: Words | Listed) -> tuple[object, ...]:
    if isinstance(part, Words):
        return (*map(loose, part.words), part.slop, part.exact, part.edits)
    return (part.names, part.at_least, part.without)


def _points(tree: Node, _script: Script, threshold: float) -> Iterator[_Found]:
    best = most_points(tree)
    if best < threshold:
        yield tree.at, f"at most {best:g} points, and the threshold is {threshold:g}", "it can never be reached"
    weights = [node for node in walk(tree) if isinstance(node, Weighed)]
    if weights and not threshold:
        yield weights[0].at, "weights change nothing without a threshold", "add `threshold: 3` to the topic"


def most_points(node: Node) -> float:
    """Give the most points that a tree can bring."""
    match node:
        case Weighed(points=points):
            return max(0.0, points)
        case And(parts=parts) | Or(parts=parts):
            return sum(map(most_points, parts))
        case Words() | Listed() | Near():
            return 1.0
    return sum(map(most_points, parts_of(node))) if not isinstance(node, Not) else 0.0


_RULES: tuple[Callable[[Node, Script, float], Iterator[_Found]], ...] = (
    _stop_words,
    _mixed_scripts,
    _small_operators,
    _loose_ends,
    _mixed_operators,
    _or_not,
    _repeated,
    _points,
)
