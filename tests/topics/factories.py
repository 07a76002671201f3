"""Articles, lists and topics for tests of the topic language."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from news.article import Article
from news.topic import NameList, Place, Topic
from topics.query import parse_query

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
STATES = NameList(
    name="states",
    entries={
        "Azerbaijan": ("azerbaijan*", "azərbaycan*", "Bakı"),
        "Türkiye": ("Türkiye*", "Turkey", "turkish", "Ankara"),
        "Guinea": ("Guinea",),
        "Equatorial Guinea": ("Equatorial Guinea",),
        "Georgia": ("Georgia", "Tbilisi"),
    },
    by_lang={"ru": {"Azerbaijan": ("азербайдж*",)}},
    unless={"Georgia": ("Atlanta",)},
    decoys=("turkey breast",),
)
LISTS = {"states": STATES}


def article(
    title: str = "",
    text: str = "",
    *,
    lang: str = "",
    source: str = "",
    group: str = "",
    section: str = "",
    url: str = "https://example.org/a",
    summary: str = "",
    authors: tuple[str, ...] = (),
    published_at: datetime | None = None,
) -> Article:
    return Article(
        url=url,
        title=title,
        text=text,
        summary=summary,
        lang=lang,
        source=source,
        group=group,
        section=section,
        authors=authors,
        published_at=published_at,
        first_seen_at=NOW,
    )


def topic(query: str, *, name: str = "topic", threshold: float = 0.0) -> Topic:
    return Topic(name=name, title=name, query=query, version="1", threshold=threshold)


def places(query: str, about: Article, lists: Mapping[str, NameList] = LISTS) -> Sequence[Place] | None:
    asked = parse_query(query, lists=lists)
    return asked.matches(asked.read(about))


def met(query: str, title: str = "", text: str = "", *, lang: str = "") -> bool:
    return places(query, article(title, text, lang=lang)) is not None


def shown(query: str, about: Article) -> list[str]:
    """What the places of a match underline, as written."""
    fields = {"title": about.title, "text": about.text, "summary": about.summary}
    return [fields[place.zone][place.start : place.end] for place in places(query, about) or ()]
