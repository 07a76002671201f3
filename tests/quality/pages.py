"""Article pages written for the test, in the manner of many publishing systems, with what a reader would say of each.

Every template sets each of the stories; what a page states is expected, to the minute where it states the minute.
"""

# ruff: noqa: E501 - markup reads better on the lines it was written on

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps

Build = Callable[["Told"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as its author has it; `at` is UTC."""

    title: str
    author: str
    lang: str
    sentence: str
    written: str  # its day in words of its language
    at: datetime = datetime(2026, 2, 27, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page and what it should be read as."""

    template: str
    html: str
    title: str
    authors: tuple[str, ...]
    lang: str
    day: str  # "2026-02-27"; "": the page does not tell
    minute: str = ""  # "09:30" UTC where the page states it
    paywalled: bool = False


STORIES = (
    Told(title="Two ports open a joint dock", author="Leyla Hasan", lang="en", written="27 February 2026",
         sentence="The harbour office said that ships came and went all day and that the new dock was busy until the evening."),
    Told(title="İki liman ortak rıhtım açtı", author="Ayşe Yılmaz", lang="tr", written="27 Şubat 2026",
         sentence="Liman idaresi, gemilerin bütün gün gelip gittiğini ve yeni rıhtımın akşama kadar dolu olduğunu bildirdi."),
    Told(title="İki liman birgə körpü açıb", author="Əli Məmmədov", lang="az", written="27 fevral 2026",
         sentence="Liman idarəsi bildirib ki, gəmilər bütün gün gəlib-gedib və yeni körpü axşama qədər dolu olub, işçilər də razı qalıblar."),
    Told(title="Два порта открыли общий причал", author="Анна Петрова", lang="ru", written="27 февраля 2026",
         sentence="Управление порта сообщило, что суда приходили и уходили весь день и новый причал был занят до вечера."),
    Told(title="ميناءان يفتتحان رصيفا مشتركا", author="ليلى حسن", lang="ar", written="27 فبراير 2026",
         sentence="قالت إدارة الميناء إن السفن كانت تأتي وتذهب طوال اليوم وإن الرصيف الجديد ظل مشغولا حتى المساء."),
    Told(title="Zwei Häfen öffnen ein gemeinsames Dock", author="Jörg Müller", lang="de", written="27. Februar 2026",
         sentence="Die Hafenbehörde teilte mit, dass den ganzen Tag Schiffe kamen und gingen und das neue Dock bis zum Abend voll war."),
)  # fmt: skip

SITE = "The Quay"
ISO = "2026-02-27T13:30:00+04:00"


def _text(told: Told, tag: str = "p") -> str:
    return "".join(f"<{tag}>{told.sentence} ({number}.)</{tag}>" for number in range(1, 9))


def _page(told: Told, head: str, body: str, *, title: str = "", lang: str | None = None) -> str:
    attribute = f' lang="{told.lang if lang is None else lang}"' if lang != "" else ""
    return (
        f"<!doctype html><html{attribute}><head><meta charset=utf-8><title>{title or told.title}</title>{head}</head>"
        f'<body><nav><a href="/">Home</a> <a href="/ports">Ports</a></nav>{body}<footer>© {SITE} 2026</footer></body></html>'
    )


def _ld(told: Told, **more: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": told.title, "datePublished": ISO}
    return f'<script type="application/ld+json">{dumps(node | more, ensure_ascii=False)}</script>'


def _article(told: Told, byline: str = "", title: str = "") -> str:
    return f"<article><h1>{title or told.title}</h1>{byline}{_text(told)}</article>"


def _wordpress(told: Told) -> str:
    head = f'<meta property="og:site_name" content="{SITE}"><meta property="article:published_time" content="{ISO}">'
    by = f'<div class="entry-meta"><time class="entry-date published" datetime="{ISO}">x</time> <span class="author vcard"><a class="url fn n" href="/author/x">{told.author}</a></span></div>'
    return _page(told, head, _article(told, by), title=f"{told.title} – {SITE}")


def _drupal(told: Told) -> str:
    by = f'<div class="submitted">Submitted by <span class="username">{told.author}</span> on <span property="dc:date" content="{ISO}">x</span></div>'
    return _page(told, "", _article(told, by), title=f"{told.title} | {SITE}")


def _arc(told: Told) -> str:
    head = _ld(told, author=[{"@type": "Person", "name": told.author}], publisher={"name": SITE})
    return _page(told, head, _article(told), title=f"{told.title} | {SITE}")


def _arc_two(told: Told) -> str:
    people = [{"@type": "Person", "name": told.author}, {"@type": "Person", "name": "Omar Kaya"}]
    return _page(told, _ld(told, author=people), _article(told))


def _amp(told: Told) -> str:
    head = f'<link rel="canonical" href="https://quay.example/a">{_ld(told, author=told.author)}'
    return _page(told, head, _article(told)).replace("<html", "<html amp", 1)


def _graph(told: Told) -> str:
    graph = [
        {"@type": "WebPage", "@id": "#page", "datePublished": ISO},
        {"@type": "Person", "@id": "#person", "name": told.author},
        {"@type": "Article", "headline": told.title, "datePublished": ISO, "author": {"@id": "#person"}},
    ]
    script = dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return _page(told, f'<script type="application/ld+json">{script}</script>', _article(told))


def _microdata(told: Told) -> str:
    by = (
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{told.author}</span>'
        f'</span> <time itemprop="datePublished" datetime="{ISO}">x</time>'
    )
    return _page(told, "", _article(told, by))


def _open_graph(told: Told) -> str:
    head = f'<meta property="og:title" content="{told.title}"><meta property="og:site_name" content="{SITE}"><meta property="article:published_time" content="{ISO}"><meta property="article:author" content="{told.author}">'
    return _page(told, head, _article(told), title=f"{told.title} :: {SITE}")


def _parsely(told: Told) -> str:
    head = f'<meta name="parsely-title" content="{told.title}"><meta name="parsely-author" content="{told.author}"><meta name="parsely-pub-date" content="{ISO}">'
    return _page(told, head, _article(told))


def _dublin(told: Told) -> str:
    head = f'<meta name="DC.creator" content="{told.author}"><meta name="DC.date.issued" content="2026-02-27">'
    return _page(told, head, _article(told))


def _table(told: Told) -> str:
    body = f"<table width=760><tr><td><font size=5><b>{told.title}</b></font><br><i>{told.written}</i></td></tr><tr><td>{_text(told)}</td></tr></table>"
    return _page(told, "", body, title=f"{SITE}: {told.title}", lang="")


def _written(told: Told) -> str:
    by = f'<p class="date">{told.written}</p><p class="byline">{told.author}</p>'
    return _page(told, "", _article(told, by))


def _dotted(told: Told) -> str:
    return _page(
        told, "", _article(told, f'<span class="date">27.02.2026 13:30</span><span class="author">{told.author}</span>')
    )


def _american(told: Told) -> str:
    return _page(told, "", _article(told, '<div class="published-date">02/27/2026</div>'))


def _slashed(told: Told) -> str:
    return _page(told, "", _article(told, '<div class="post-date">27/02/2026</div>'))


def _nothing(told: Told) -> str:
    return _page(told, "", _article(told), lang="")


def _both(told: Told) -> str:
    by = '<time class="updated" datetime="2026-02-28T08:00:00Z">x</time> <time class="published" datetime="2026-02-27T09:30:00Z">x</time>'
    return _page(told, "", _article(told, by))


def _modified(told: Told) -> str:
    return _page(told, _ld(told, dateModified="2026-02-28T10:00:00Z", author=told.author), _article(told))


def _relative(told: Told) -> str:
    return _page(told, "", _article(told, f'<time datetime="{ISO}">3 hours ago</time>'))


def _future(told: Told) -> str:
    head = '<meta name="date" content="2031-01-01"><meta name="dc.date.issued" content="2026-02-27">'
    return _page(told, head, _article(told))


def _unfree(told: Told) -> str:
    return _page(told, _ld(told, author=told.author, isAccessibleForFree="False"), _article(told))


def _metered(told: Told) -> str:
    return _page(told, f'<meta name="article:content_tier" content="metered">{_ld(told)}', _article(told))


def _part_unfree(told: Told) -> str:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    return _page(told, _ld(told, hasPart=part), _article(told))


def _walled(told: Told) -> str:
    return _page(told, _ld(told), f'{_article(told)}<div class="paywall-overlay"><p>Subscribe to read on.</p></div>')


def _bar_inside(told: Told) -> str:
    title = f"{told.title}: 2 | 3"
    head = f'<meta property="og:site_name" content="{SITE}"><meta property="og:title" content="{title} | {SITE}">'
    return _page(told, head, _article(told, title=title), title=f"{title} | {SITE}")


def _guillemet(told: Told) -> str:
    head = f'<meta property="og:site_name" content="{SITE}">'
    return _page(told, head, f"<div><h2>x</h2>{_text(told)}</div>", title=f"{told.title} » {SITE}")


def _two_headings(told: Told) -> str:
    body = f'<header><h1 class="logo">{SITE}</h1></header>{_article(told)}'
    return _page(told, "", body, title=f"{told.title} - {SITE}")


def _byline(told: Told) -> str:
    return _page(told, "", _article(told, f'<a rel="author" href="/x">{told.author}</a>'))


BOTH = ("2026-02-27", "09:30")
DAY = ("2026-02-27", "")
UNKNOWN = ("", "")

# template: how it is built, what it states of the date, whether it names the author, whether it is paywalled
TEMPLATES: dict[str, tuple[Build, tuple[str, str], bool, bool]] = {
    "WordPress": (_wordpress, BOTH, True, False),
    "Drupal": (_drupal, BOTH, True, False),
    "JSON-LD": (_arc, BOTH, True, False),
    "JSON-LD, two authors": (_arc_two, BOTH, True, False),
    "AMP": (_amp, BOTH, True, False),
    "JSON-LD graph with references": (_graph, BOTH, True, False),
    "microdata": (_microdata, BOTH, True, False),
    "OpenGraph": (_open_graph, BOTH, True, False),
    "Parse.ly": (_parsely, BOTH, True, False),
    "Dublin Core": (_dublin, DAY, True, False),
    "tables of 2005": (_table, DAY, False, False),
    "day in words": (_written, DAY, True, False),
    "day in numbers and dots": (_dotted, DAY, True, False),
    "American day": (_american, DAY, False, False),
    "European day": (_slashed, DAY, False, False),
    "no metadata": (_nothing, UNKNOWN, False, False),
    "updated before published": (_both, BOTH, False, False),
    "modified": (_modified, BOTH, True, False),
    "relative time": (_relative, BOTH, False, False),
    "future date": (_future, DAY, False, False),
    "not free": (_unfree, BOTH, True, True),
    "metered": (_metered, BOTH, False, True),
    "a part not free": (_part_unfree, BOTH, False, True),
    "overlay": (_walled, BOTH, False, True),
    "bar inside the title": (_bar_inside, UNKNOWN, False, False),
    "guillemet before the site": (_guillemet, UNKNOWN, False, False),
    "logo as heading": (_two_headings, UNKNOWN, False, False),
    "author link": (_byline, UNKNOWN, True, False),
}


def pages() -> Iterator[Labelled]:
    """Yield every story in every template."""
    for name, (build, (day, minute), named, paywalled) in TEMPLATES.items():
        for told in STORIES:
            authors = (told.author, *(("Omar Kaya",) if name == "JSON-LD, two authors" else ())) if named else ()
            title = f"{told.title}: 2 | 3" if name == "bar inside the title" else told.title
            yield Labelled(
                template=name, html=build(told), title=title, authors=authors, lang=told.lang, day=day, minute=minute,
                paywalled=paywalled,
            )  # fmt: skip
