"""Who wrote it first: wire agencies credited in byline, dateline or source line, and the order of outlets; pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.article import Article

_WIRES = {
    "AA": ("Anadolu Agency", "Anadolu Ajansı", "Anadolu Ajansi", "Anadolu", "AA"),
    "AFP": ("Agence France-Presse", "AFP", "АФП", "فرانس برس", "أ ف ب"),
    "AP": ("The Associated Press", "Associated Press", "AP"),
    "APA": ("APA",),
    "AZERTAC": ("AZERTAC", "AZƏRTAC", "AZERTAG", "AZERTAJ", "АЗЕРТАДЖ"),
    "ANSA": ("ANSA",),
    "Belga": ("Belga",),
    "Bloomberg": ("Bloomberg News", "Bloomberg"),
    "CTK": ("ČTK", "CTK"),
    "DHA": ("DHA", "Demirören Haber Ajansı"),
    "dpa": ("Deutsche Presse-Agentur", "dpa"),
    "EFE": ("Agencia EFE", "EFE"),
    "Europa Press": ("Europa Press", "EUROPA PRESS"),
    "IHA": ("İHA", "IHA", "İhlas Haber Ajansı"),
    "Interfax": ("Интерфакс", "INTERFAX.RU", "INTERFAX", "Interfax"),
    "Interfax-Ukraine": ("Interfax-Ukraine", "Інтерфакс-Україна", "Интерфакс-Украина"),
    "IRNA": ("IRNA", "إرنا"),
    "KAZINFORM": ("KAZINFORM", "Kazinform", "Казинформ"),
    "Kyodo": ("Kyodo News", "Kyodo"),
    "PAP": ("PAP",),
    "PTI": ("PTI",),
    "Report": ("Report İnformasiya Agentliyi", "Report Information Agency"),
    "Reuters": ("Thomson Reuters", "Reuters", "REUTERS", "Рейтер", "رويترز"),
    "RIA Novosti": ("РИА Новости", "RIA Novosti"),
    "SPA": ("واس", "Saudi Press Agency"),
    "TASS": ("ТАСС", "TASS"),
    "Trend": ("Trend News Agency",),
    "Turan": ("Turan News Agency", "Turan İnformasiya Agentliyi"),
    "Ukrinform": ("Ukrinform", "Укрінформ", "Укринформ"),
    "WAM": ("WAM", "وام"),
    "Xinhua": ("Xinhua", "Синьхуа"),
}  # fmt: skip
_NAMES = {name: wire for wire, names in _WIRES.items() for name in names}
_NAME = "(?P<wire>" + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)) + r")(?![\w-])"
_HEAD, _TAIL = 220, 260  # characters in which a dateline and a source line stand

_DATELINES = (
    re.compile(rf"^[^()\[\]]{{0,60}}[(\[]\s*{_NAME}(?:/[\w/. ]{{1,20}})?\s*[)\]]"),  # ANKARA (AA) -, Berlin (dpa/lnw) -
    re.compile(rf"^[^/]{{0,60}}/\s*{_NAME}\s*/"),  # MOSCOW, May 3. /TASS/
    re.compile(
        rf"^\W*\w[\w .'’-]{{1,30}},\s*[^:;()]{{1,30}}?[,.–—-]\s*{_NAME}\s*(?:[-–—.:,/]|$)"
    ),  # Baku, May 3, AZERTAC
    re.compile(rf"^[\w .'’-]{{2,30}}\.\s*\d{{1,2}}\s*\w+\.\s*{_NAME}\s*[-–—.:]"),  # Moscow. 3 May. INTERFAX.RU -
    re.compile(rf"^\W*{_NAME}\s*[-–—:.]\s"),  # AFP -
)
_SOURCE_WORDS = (
    "source|sources|via|copyright(?: \\d{4})?|©(?: \\d{4})?|by|from|quelle|kaynak|mənbə|menbe|источник|джерело|fuente|"
    "fonte|źródło|المصدر|bron|avec|mit material von"
)
_CREDITS = (
    re.compile(rf"(?<!\w)(?i:{_SOURCE_WORDS})\s*[:/©-]?\s*(?:\d{{4}}\s+)?(?:(?i:the)\s+)?{_NAME}\W*(?:\w+\W*){{0,3}}$"),
    re.compile(rf"(?i:{_SOURCE_WORDS})\s*[:©]\s*(?:\d{{4}}\s+)?{_NAME}"),
    re.compile(rf"[(\[]\s*{_NAME}(?:/\w+)*\s*[)\]]\W*$"),
    re.compile(rf"[.!?»”\"]\s+{_NAME}\W*$"),
)
_REUTERS_DESK = re.compile(
    r"\(?Reporting by [^()]{3,120}[;,.] ?(?:Writing|Editing|Additional reporting) by ", re.IGNORECASE
)
_BYLINE = re.compile(rf"(?<!\w){_NAME}")


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


def wire_of(article: Article) -> str:
    """Give the agency that a text credits in its byline, its dateline or its last lines; "" where it credits none.

    "Told Reuters" and "Reuters reported" are quotations, not credits.
    """
    for author in article.authors:
        if found := _BYLINE.search(author):
            return _NAMES[found["wire"]]
    text = " ".join((article.text or article.summary).split())
    if _REUTERS_DESK.search(text[-_TAIL:]):
        return "Reuters"
    return _first(_DATELINES, text[:_HEAD]) or _first(_CREDITS, text[-_TAIL:])


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    return next((_NAMES[found["wire"]] for pattern in patterns if (found := pattern.search(text))), "")


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
