"""The words, phrases, lists and other leaves of a query, and what may follow them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from topics.lexer import Script, Sign, Token
from topics.regexes import compile_regex
from topics.tokens import query_words
from topics.tree import Age, Field, Listed, Node, Regex, Stretch, Weighed, Words

FARTHEST = 500  # words that NEAR and ~ may bridge
_MOST_SCATTERED = 8  # words of a phrase with ~
_LIST = re.compile(r"@([\w-]+(?:\+[\w-]+)*)?(?:\[([^\]]*)\])?(?:(>=?)(\d*))?")
_WITHOUT = re.compile(r"-\s*(?:\"([^\"]*)\"|([^\s,\"]+))[\s,]*")
_SPAN = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_QUOTES = '"“„«'


def meta(script: Script, token: Token) -> Node:
    """Read `lang:tr`, `source:apa`, `since:2026-03-31`, `max_age:7d`."""
    name, _, value = token.text.partition(":")
    value = value.strip('"')
    if name == "since":
        return Age(at=token.at, since=_day(script, token, value))
    if name == "max_age":
        return Age(at=token.at, max_age=_age(script, token, value))
    if not value.strip("*? "):
        raise script.error(token.at, f"{name}: needs a value", f"write {name}:something")
    return Field(at=token.at, name=name, value=value)


def _day(script: Script, token: Token, value: str) -> datetime:
    try:
        day = datetime.fromisoformat(value)
    except ValueError as error:
        raise script.error(token.at, f"{value!r} is no date", "write since:2026-03-31") from error
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def _age(script: Script, token: Token, value: str) -> timedelta:
    found = _SPAN.fullmatch(value)
    if not found or len(found[1]) > 4:
        raise script.error(token.at, f"{value!r} is no age", "write max_age:48h, max_age:7d or max_age:2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def word(script: Script, token: Token) -> Node:
    """Read a word; `F-16` is two in a row."""
    return words(script, token, token.text)


def phrase(script: Script, token: Token) -> Node:
    """Read words in quotes: they stand in a row."""
    return words(script, token, token.text[1:-1])


def exactly(script: Script, token: Token) -> Node:
    """Read `=Word`: this spelling, capitals included."""
    return replace(words(script, token, token.text[1:]), exact=True)


def words(script: Script, token: Token, text: str) -> Words:
    """Cut written words as an article is cut."""
    found = tuple(query_words(text))
    if not found:
        raise script.error(token.at, "no letter or digit to look for here", "write a word")
    for each in found:
        if not each.strip("*?"):
            raise script.error(token.at, f"{each} alone would match any word", "give it some letters")
        if len(found) == 1 and "*" in each and len(each.strip("*?")) < 2 and each.isascii():
            raise script.error(token.at, f"{each} would match far too much", "give it two letters or more")
    return Words(at=token.at, words=found)


def listed(script: Script, token: Token) -> Node:
    """Read `@list`, `@list>=2`, `@list[-entry]`, `@list+other`."""
    found = _LIST.fullmatch(token.text)
    if not found or not found[1]:
        raise script.error(token.at, "a list needs a name", "write @states or @states>=2")
    name, without, sign, number = found.groups()
    if sign and (sign == ">" or not number or not 1 <= int(number) <= 99):
        raise script.error(token.at, "how many entries of the list?", f"write @{name}>=2")
    left_out = tuple(quoted or bare for quoted, bare in _WITHOUT.findall(without or ""))
    if _WITHOUT.sub("", without or "").strip():
        raise script.error(token.at, "only entries to leave out go in the brackets", f"write @{name}[-Georgia]")
    return Listed(at=token.at, names=tuple(name.split("+")), at_least=int(number or 1), without=left_out)


def regex(script: Script, token: Token) -> Node:
    """Read `/pattern/`."""
    pattern = token.text[1:-1].replace("\\/", "/")
    try:
        compile_regex(pattern)
    except ValueError as error:
        raise script.error(token.at, f"this regular expression cannot be used: {error}", "RE2 syntax") from error
    return Regex(at=token.at, pattern=pattern)


def slop(script: Script, node: Node, token: Token) -> Node:
    """Read what `~n` says of the word or phrase before it."""
    at = Stretch(node.at.start, token.at.end)
    number = int(token.text[1:] or 1)
    if not isinstance(node, Words) or node.exact:
        raise script.error(token.at, f"{token.text} goes after a word or phrase", 'word~1 or "a b"~5')
    if script.text[node.at.start] in _QUOTES and len(node.words) > 1:
        if number > FARTHEST or len(node.words) > _MOST_SCATTERED:
            limit = f"at most {FARTHEST} words among at most {_MOST_SCATTERED}"
            raise script.error(token.at, limit, 'write "a b"~5')
        return replace(node, at=at, slop=number)
    if number != 1 or len(node.words) > 1 or "*" in node.words[0] or "?" in node.words[0]:
        raise script.error(token.at, "one edit in one plain word is what can be forgiven", "write word~1")
    if len(node.words[0]) < 4:
        raise script.error(node.at, "too short to forgive an edit", "four letters or more")
    return replace(node, at=at, edits=1)


def weight(script: Script, node: Node, token: Token) -> Node:
    """Read the points that `^n` gives to the clause before it."""
    try:
        points = float(token.text[1:])
    except ValueError as error:
        raise script.error(token.at, "a weight is a number", "write word^2 or word^-1.5") from error
    if not abs(points) <= 1000:
        raise script.error(token.at, "a weight lies between -1000 and 1000", "write word^2")
    return Weighed(at=Stretch(node.at.start, token.at.end), part=node, points=points)


LEAVES: dict[Sign, Callable[[Script, Token], Node]] = {
    Sign.META: meta,
    Sign.WORD: word,
    Sign.PHRASE: phrase,
    Sign.EXACT: exactly,
    Sign.LIST: listed,
    Sign.REGEX: regex,
}
