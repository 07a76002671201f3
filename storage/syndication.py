"""Who wrote it first: wire agencies credited in byline, dateline or last lines, and the order of outlets; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.article import Article
from storage.agencies import NAMES, WORDS

_HEAD, _TAIL = 220, 300  # characters in which a dateline and a source line stand
_BEFORE = 90  # characters of byline, place and date before the agency
_MOST_WORDS = 14  # of them
_INITIALS = 4  # letters; a name so short, or one of WORDS, may be somebody's own
_NAMED = re.compile(rf"(?<![\w.])(?P<name>{'|'.join(sorted(map(re.escape, NAMES), key=len, reverse=True))})(?!\w|-\w)")

# A byline: "Ann Bell, Reuters", "Le Monde avec AFP", "AA"
_BEFORE_NAME = re.compile(
    r"(?:^|[/,|(&+–—-]|\b(?:avec|with|by|par|por|von|mit|con|and|und|et|y|ve|və|и))\s*$", re.IGNORECASE
)
_AFTER_NAME = re.compile(r"\s*(?:$|[/,|)&+–—-]|(?:staff|english|news|agency|desk)\b)", re.IGNORECASE)

# A dateline: place, day, agency, each set off by something
_OPENING = re.compile(r"\s*(?P<mark>[(\[/,.:–—-])\s*(?:(?:Корр|Corr)\.\s*)?$")
_DAY_MONTH = re.compile(r"\d[\d./]*\s*(?:de\s+)?[^\W\d_]+")
_PARTICLES = frozenset(
    word
    for line in ("de del la le en em di du am an der im of", "and und et y ve və и by von par por")
    for word in line.split()
)
_IN_BRACKETS = re.compile(r"(?:[/,][^)\]]{1,30})?\s*[)\]]")
_SET_OFF = re.compile(r"(?:[/,][^)\]]{1,30})?\s*[)\]]\s*(?:[-–—.:/]|$)")
_SHORT_PLACE = re.compile(r"[^\W\d_][\w’'-]*(?:[ /][\w’'-]+)?")
_IN_STROKES = re.compile(r"(?: [^/]{1,30})?\s*/|\s*[:.–—-]")
_CLOSED = re.compile(r"\s*[-–—.:/]")
_PLACE_NEXT = re.compile(r"\s*/\s*\w|\s*[-–—:.]\s|\s+(?P<place>[^\W\d_][^\d,.:()–—-]{2,30}?)\s*[-–—]\s")
_REST_OF_DATELINE = re.compile(r"^(?:[/,][^)\]]{1,30}[)\]]|[ ][^/]{1,30}/)?[\W\d]*")
_NEVER_BARE = WORDS | {"AP"}  # "LONDON - AP Moller", "Baku, May 3 - Turan Osman"
_BAKU = re.compile(r"\b(?:Bak|BAK|Баку|БАКУ|باكو)")  # where the agencies sit whose names are words

# Last lines
_SOURCE = re.compile(
    r"(?<!\w)(?:sources?|quelle|kaynak|mənbə|menbe|источник|джерело|fuente|fonte|źródło|المصدر|bron)\s*[:：]\s*"
    r"(?:the |agencia |agence |وكالة )?$",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(?:©|\(c\)|copyright)\s*(?:by\s+)?(?:\d{4}\s+)?(?:by\s+)?(?:the\s+|agencia\s+)?$", re.IGNORECASE)
_WITH = re.compile(
    r"(?<!\w)(?:avec|with (?:\w+ ){0,2}inputs? from|(?:mit )?material von|con información de|via)\s+(?:the )?$",
    re.IGNORECASE,
)
_IMAGE = re.compile(
    r"(?:photo|foto|fotoğraf|bild|image|picture|video|фото|видео|الصورة|صورة|crédit)\w*\b\.?[^.\n]{0,40}$",
    re.IGNORECASE,
)
_LINE_ENDS = re.compile(r"[ \t.)\]]*(?:\([^()\n]{1,12}\))?[ \t.]*(?:\n|$)")
_NEARLY_ENDS = re.compile(r"\W*(?:\w+\W*){0,3}$")
_SIGNED = re.compile(r"(?:[.!?»”\"]\s+|\n\s*|^\s*)(?:[-–—]\s*|(?:[a-z]{2,4}[/-])+[a-z]{2,4}\s+)?$")
_SIGN_OFF = re.compile(r"\W*(?:[a-z]{2,4}(?:/[a-z]{2,4})+)?\W*$")
_OF_AN_IMAGE = re.compile(r"\s*/\s*\w")  # © RIA Novosti / Ivan Belov
_LAST_BRACKET = re.compile(r"(?:/[\w/]+)?\s*[)\]](?P<stop>\W*)$")
_OPEN_BRACKET = re.compile(r"(?P<end>[.!?»”\"]?)\s*[(\[]\s*(?:(?:avec|with|mit|con)\s+)?$")
_CONTRIBUTED = re.compile(r"\s(?:writers?|journalists?|reporters?)\s.{3,120}\scontributed\b", re.DOTALL)
_REUTERS_DESK = re.compile(
    r"\(?Reporting by [^()]{3,120}[;,.] ?(?:Writing|Editing|Additional reporting) by |Thomson Reuters Trust Principles",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet of a story, at its first article."""

    source: str
    first_seen_at: datetime
    published_at: datetime | None  # None: not said
    wire: str  # the agency its text credits; "": none


@dataclass(frozen=True, slots=True, kw_only=True)
class Syndication:
    """How a story went round: outlets in order, the first first; the agency most of them credit, "" where none does."""

    outlets: Sequence[Outlet]
    wire: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """An agency's name in a text, with what stands before and after it."""

    name: str
    before: str
    after: str

    @property
    def own_word(self) -> bool:
        """Say whether the name may be a word, a person's name or another's initials."""
        return len(self.name) <= _INITIALS or self.name in WORDS


def wire_of(article: Article) -> str:
    """Give the agency that a text credits in its byline, its dateline or its last lines; "" where it credits none.

    "Told Reuters", "Reuters reported" and "Photo: Reuters" are no credits of the text.
    """
    for author in article.authors:
        if wire := _first(each for each in _namings(author[:_HEAD]) if _signs(each)):
            return wire
    text = article.text or article.summary
    head, tail = " ".join(text[: 2 * _HEAD].split())[:_HEAD], text.rstrip()[-_TAIL:]
    if wire := _first(each for each in _namings(head) if _heads(each)):
        return wire
    if _REUTERS_DESK.search(" ".join(tail.split())):
        return "Reuters"
    return _first(each for each in _namings(tail) if _closes(each))


def _namings(text: str) -> Iterator[_Naming]:
    for found in _NAMED.finditer(text):
        yield _Naming(name=found["name"], before=text[: found.start()], after=text[found.end() :])


def _first(namings: Iterable[_Naming]) -> str:
    return next((NAMES[each.name] for each in namings), "")


def _signs(naming: _Naming) -> bool:
    """Say whether an author field names an agency, and not a person called like one."""
    if not naming.own_word:
        return True
    return bool(_BEFORE_NAME.search(naming.before) and _AFTER_NAME.match(naming.after))


def _heads(naming: _Naming) -> bool:
    """Say whether a name at the beginning of a text ends a dateline: place, day, agency."""
    if len(naming.before) > _BEFORE:
        return False
    opening = _OPENING.search(naming.before)
    place = naming.before[: opening.start()].strip(" ,.-–—/(") if opening else naming.before
    dated = any(letter.isdigit() for letter in place)
    if naming.name in WORDS and not dated and not _BAKU.search(place):
        return False
    if not naming.before.strip():
        return _begins(naming)
    return opening is not None and _is_place(place) and _follows(opening["mark"], place, dated=dated, naming=naming)


def _begins(naming: _Naming) -> bool:
    """Say whether what follows a name that opens the text is a place in capitals, or a mark: "AA ANKARA -", "AFP -"."""
    after = _PLACE_NEXT.match(naming.after)
    return after is not None and (not after["place"] or after["place"].upper() == after["place"])


def _is_place(words: str) -> bool:
    """Say whether words are a byline, a place and a day, and no part of a sentence."""
    left = re.findall(r"[^\W\d_][\w’'-]*", _DAY_MONTH.sub(" ", words))
    return len(left) <= _MOST_WORDS and all(not word[0].islower() or word in _PARTICLES for word in left)


def _follows(mark: str, place: str, *, dated: bool, naming: _Naming) -> bool:
    after = naming.after
    if not _new_sentence(after):
        return False
    if mark in "([":
        loose = (dated and " - " not in place) or _SHORT_PLACE.fullmatch(place)
        return bool(_SET_OFF.match(after) or (loose and _IN_BRACKETS.match(after)))
    if mark == "/":
        return bool(_IN_STROKES.match(after)) or not naming.own_word
    if _CLOSED.match(after):
        return True
    return naming.name not in _NEVER_BARE and (dated or (mark in "–—-" and place.upper() == place))


def _new_sentence(after: str) -> bool:
    """Say whether a text goes on with a word that may begin a sentence; scripts without capitals may always."""
    following = _REST_OF_DATELINE.sub("", after)
    return not following[:1].islower()


def _closes(naming: _Naming) -> bool:
    """Say whether a name in the last lines says whose text it was."""
    before, after = naming.before, naming.after
    if _IMAGE.search(before):
        return False
    if _OWNED.search(before):
        return not _OF_AN_IMAGE.match(after)
    if _CONTRIBUTED.match(after):
        return True
    if _SOURCE.search(before):
        return not naming.own_word or bool(_LINE_ENDS.match(after))
    if _WITH.search(before):
        return bool(_NEARLY_ENDS.match(after))
    if (opened := _OPEN_BRACKET.search(before)) and (closed := _LAST_BRACKET.match(after)):
        return bool(opened["end"]) or "." not in closed["stop"]
    return bool(_SIGNED.search(before)) and bool(_SIGN_OFF.match(after))


def syndication(articles: Iterable[Article]) -> Syndication:
    """Say who was first, where else a story ran, and whose it is; articles in order of arrival.

    Who was first is told by our own clock: publishers' dates are believed by nobody.
    """
    first: dict[str, Outlet] = {}
    for article in sorted(articles, key=lambda each: each.first_seen_at):
        wire = wire_of(article)
        known = first.get(article.source)
        if known is None or (wire and not known.wire):
            first[article.source] = Outlet(
                source=article.source,
                first_seen_at=known.first_seen_at if known else article.first_seen_at,
                published_at=known.published_at if known else article.published_at,
                wire=wire,
            )
    credited = [outlet.wire for outlet in first.values() if outlet.wire]
    return Syndication(outlets=tuple(first.values()), wire=max(credited, key=credited.count) if credited else "")
