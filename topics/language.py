"""The topic language: from a query's text to its tree (docs/query-language.md is its reference).

query := all (OR all)*     all := near (AND? near)*     near := one (NEAR/n one)*
one   := (NOT | -) one | zone: one | ( query ) | word | "phrase" | =word | @list | /regex/ | field:value, then ~n and ^n
"""

import difflib
from dataclasses import replace

from news.errors import Location, QueryError
from topics.leaves import FARTHEST, LEAVES, meta, slop, weight
from topics.lexer import Script, Sign, Token, cut
from topics.tree import Age, And, Field, In, Near, Node, Not, Or, Stretch, Weighed, Words, Zone

ZONES = {"title": Zone.TITLE, "lead": Zone.LEAD, "body": Zone.BODY}
META = ("author", "group", "lang", "section", "source", "url")
FIELDS = (*ZONES, *META, "since", "max_age")
_LONGEST = 100_000
_DEEPEST = 40


def parse(text: str, *, at: Location | None = None) -> Node:
    """Read a query. `at` is where its first character stands in a file.

    Raises QueryError with line, column and what to write instead.
    """
    first = text.split("\n", 1)[0]
    script = Script(text, at or Location(file="query", line=1, column=1, source_line=first))
    if len(text) > _LONGEST:
        raise QueryError(f"a query may have {_LONGEST} characters, this one has {len(text)}", at=script.at)
    parser = _Parser(script, cut(script))
    tree = parser.whole()
    if true_of_nothing(tree):
        hint = "say what it must contain: a rule of NOT alone would be met by nearly every article"
        raise script.error(tree.at, "this query asks for nothing", hint)
    return tree


def true_of_nothing(node: Node) -> bool:
    """Whether an article without a single word would meet the query; such a query asks for nothing."""
    match node:
        case Not(part=part):
            return not true_of_nothing(part)
        case And(parts=parts):
            return all(map(true_of_nothing, parts))
        case Or(parts=parts):
            return any(map(true_of_nothing, parts))
        case In(part=part) | Weighed(part=part):
            return true_of_nothing(part)
        case _:
            return False


class _Parser:
    """Recursive descent over the tokens; one method a rule of the grammar."""

    def __init__(self, script: Script, tokens: list[Token]) -> None:
        self._script = script
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        if len(self._tokens) == 1:
            raise self._script.error(self._peek.at, "the query is empty", "write the words to look for")
        tree = self._any()
        if self._peek.sign is Sign.CLOSE:
            raise self._script.error(self._peek.at, "this ) closes nothing", "remove it, or open a ( before")
        return tree

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _any(self) -> Node:
        parts = [self._all()]
        while self._peek.sign is Sign.OR:
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(at=_cover(parts), parts=tuple(parts))

    def _all(self) -> Node:
        parts = [self._near()]
        while self._peek.sign not in {Sign.OR, Sign.CLOSE, Sign.END}:
            if self._peek.sign is Sign.AND:
                self._take()
            parts.append(self._near())
        return parts[0] if len(parts) == 1 else And(at=_cover(parts), parts=tuple(parts))

    def _near(self) -> Node:
        left = self._one()
        while self._peek.sign is Sign.NEAR:
            operator = self._take()
            within = self._distance(operator)
            right = self._one()
            for side in (left, right):
                self._refuse_placeless(side)
            left = Near(at=_cover([left, right]), left=left, right=right, within=within)
        return left

    def _distance(self, operator: Token) -> int | None:
        distance = operator.text.partition("/")[2].lower()
        if distance in {"s", "sentence"}:
            return None
        if not distance.isdecimal() or not 1 <= int(distance) <= FARTHEST:
            hint = f"write NEAR/5 (at most 5 words on, up to {FARTHEST}) or NEAR/s (same sentence)"
            raise self._script.error(operator.at, "NEAR needs a distance", hint)
        return int(distance)

    def _refuse_placeless(self, side: Node) -> None:
        """Only what stands somewhere in the text can be near something."""
        bad = next((each for each in walk(side) if isinstance(each, Not | Field | Age)), None)
        if bad:
            what = "NOT" if isinstance(bad, Not) else "a word about the article"
            hint = "put it outside: (a NEAR/5 b) AND NOT c"
            raise self._script.error(bad.at, f"{what} has no place in the text, so nothing can be near it", hint)

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._script.error(self._peek.at, f"nested more than {_DEEPEST} deep", "split the query")
        node = self._postfix(self._rule(self._take()))
        self._depth -= 1
        return node

    def _rule(self, token: Token) -> Node:
        match token.sign:
            case Sign.NOT | Sign.MINUS:
                return self._negated(token)
            case Sign.OPEN:
                return self._group(token)
            case Sign.FIELD:
                return self._field(token)
        if token.sign in LEAVES:
            return LEAVES[token.sign](self._script, token)
        raise self._unexpected(token)

    def _unexpected(self, token: Token) -> QueryError:
        before = self._tokens[self._next - 2] if self._next > 1 else None
        if token.sign is Sign.END and before and before.sign is Sign.OPEN:
            return self._script.error(before.at, "this ( is never closed", "close it with )")
        if before and before.sign in {Sign.AND, Sign.OR, Sign.NOT, Sign.MINUS, Sign.NEAR, Sign.FIELD}:
            return self._script.error(
                before.at, f"{before.text} has nothing after it", "write a word there, or remove it"
            )
        if token.sign is Sign.CLOSE:
            hint = "write a word between the brackets" if before and before.sign is Sign.OPEN else "remove it"
            return self._script.error(token.at, "nothing stands before this )", hint)
        hint = f'write it in quotes, "{token.text}", if you look for the word itself' if token.text.isalpha() else ""
        return self._script.error(token.at, f"{token.text} has nothing before it", hint)

    def _negated(self, token: Token) -> Node:
        part = self._one()
        return Not(at=Stretch(token.at.start, part.at.end), part=part)

    def _group(self, token: Token) -> Node:
        inside = self._any()
        if self._peek.sign is not Sign.CLOSE:
            raise self._script.error(token.at, "this ( is never closed", "close it with )")
        return replace(inside, at=Stretch(token.at.start, self._take().at.end))

    def _field(self, token: Token) -> Node:
        name = token.text[:-1].lower()
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            known = f"did you mean {near[0]}:?" if near else f"fields: {', '.join(FIELDS)}"
            hint = f"{known}; a colon that belongs to the text goes in quotes"
            raise self._script.error(Stretch(token.at.start, token.at.end - 1), f"unknown field {name}:", hint)
        part = self._one()
        if name in ZONES:
            return In(at=Stretch(token.at.start, part.at.end), zone=ZONES[name], part=part)
        return self._about(name, part)

    def _about(self, name: str, part: Node) -> Node:
        """Turn `lang:(tr OR az)` into words about the article."""
        match part:
            case Words(at=at):
                return meta(self._script, Token(Sign.META, f"{name}:{self._script.text[at.start : at.end]}", at))
            case And(parts=parts) | Or(parts=parts):
                return replace(part, parts=tuple(self._about(name, each) for each in parts))
            case Not(part=inner):
                return replace(part, part=self._about(name, inner))
        raise self._script.error(part.at, f"{name}: takes words only", f"write {name}:one or {name}:(one OR other)")

    def _postfix(self, node: Node) -> Node:
        if self._peek.sign is Sign.SLOP:
            node = slop(self._script, node, self._take())
        if self._peek.sign is Sign.WEIGHT:
            node = weight(self._script, node, self._take())
        return node


def parts_of(node: Node) -> tuple[Node, ...]:
    """Give a node's direct parts."""
    match node:
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Near(left=left, right=right):
            return (left, right)
        case Not(part=part) | In(part=part) | Weighed(part=part):
            return (part,)
    return ()


def walk(node: Node) -> list[Node]:
    """List a node and all that it contains."""
    return [node, *(each for part in parts_of(node) for each in walk(part))]


def _cover(parts: list[Node]) -> Stretch:
    return Stretch(parts[0].at.start, parts[-1].at.end)
