"""An article's own page, and a page that lists articles."""

from datetime import UTC, datetime

import pytest

from crawler.documents import Document
from crawler.facts import without_site
from crawler.pages import read_page, read_section
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from tests.crawler.acts import document

BODY = "".join(
    f"<p>The harbour office said on day {n} that ships came and went, that the joint dock was busy.</p>"
    for n in range(8)
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Joint dock opened | The Quay</title>
<meta property="og:site_name" content="The Quay"><meta property="og:type" content="article">
<meta property="og:title" content="Joint dock opened - The Quay"><meta name="author" content="By Leyla Hasan">
<meta property="article:published_time" content="2026-02-28T09:30:00+04:00">
<meta property="article:section" content="Ports"><link rel="canonical" href="/news/joint-dock">
</head><body><nav><a href="/">Home</a> <a href="/ports">Ports</a></nav>
<article><h1>Joint dock opened</h1>{BODY}</article><footer>All rights reserved</footer></body></html>"""
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebPage"}, {"@type": "NewsArticle", "headline": "Joint dock opened", "datePublished": "2026-02-28T05:30:00Z",
"author": [{"@type": "Person", "name": "Leyla Hasan"}, {"name": "Omar Kaya"}], "articleSection": "Ports",
"publisher": {"name": "The Quay"}, "inLanguage": "en"}]}</script>"""

URL = "https://quay.example/news/joint-dock?utm_source=x"


def page(body: str | bytes, url: str = URL, **changes: object) -> Document:
    return document(body, url=url, content_type="text/html; charset=utf-8", **changes)


def test_a_page_is_read_with_its_facts() -> None:
    found = read_page(page(PAGE))
    assert found.title == "Joint dock opened"
    assert found.authors == ("Leyla Hasan",)
    assert found.lang == "en"
    assert found.section == "Ports"
    assert found.canonical == "https://quay.example/news/joint-dock"
    assert found.published_at == datetime(2026, 2, 28, 5, 30, tzinfo=UTC)
    assert found.text.count("harbour office") == 8
    assert "All rights" not in found.text
    assert "Home" not in found.text


@pytest.mark.parametrize(
    ("encoding", "declared", "title"),
    [
        ("utf-8", "iso-8859-9", "Ortak rıhtım açıldı"),
        ("utf-8", "windows-1251", "Открыт общий док"),
        ("windows-1251", "windows-1251", "Открыт общий док"),
        ("iso-8859-9", "iso-8859-9", "Ortak rıhtım açıldı"),
        ("utf-8", "utf-8", "Ortaq rıhtım açılıb: gəmilər"),
        ("gb18030", "gb18030", "港口开放"),
    ],
)
def test_a_page_in_utf_8_under_another_name_is_read_and_true_names_are_believed(
    encoding: str, declared: str, title: str
) -> None:
    body = f"<html><head><title>{title}</title></head><body><article>{BODY}</article></body></html>"
    found = read_page(document(body.encode(encoding), url=URL, content_type=f"text/html; charset={declared}"))
    assert found.title == title


@pytest.mark.parametrize("odd", ["\x01", "\x0b", "\x0c", "\x1f", "\ufffe", "&#12;", "&#x0B;", "&#65535;", "&#xfffe;"])
@pytest.mark.parametrize("place", ["on day 3", "Home", "opened</h1>"])
def test_a_character_that_no_xml_may_hold_costs_no_article(odd: str, place: str) -> None:
    found = read_page(page(PAGE.replace(place, f"{odd} {place}")))
    assert found == read_page(page(PAGE))


def test_characters_that_only_begin_like_those_stay() -> None:
    found = read_page(page(PAGE.replace("busy", "busy &#8217;&#123;&#x1F6A2;&#x1f;\tend")))
    assert "busy \u2019{\U0001f6a2 end" in found.text


def test_json_ld_gives_the_facts_where_there_are_no_metas() -> None:
    found = read_page(
        page(f"<html><head><title>x</title>{JSON_LD}</head><body><article>{BODY}</article></body></html>")
    )
    assert (found.title, found.authors, found.section) == ("Joint dock opened", ("Leyla Hasan", "Omar Kaya"), "Ports")
    assert found.published_at == datetime(2026, 2, 28, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[]",
        "null",
        '"x"',
        "[1, 2]",
        '{"@graph": 5}',
        '{"@type": 7, "headline": ["x"]}',
        '{"author": {"name": {}}}',
        "[" * 5000,
    ],
)
def test_broken_json_ld_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read_page(page(f"<html><head>{head}</head><body><article>{BODY}</article></body></html>")).text


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ('<time pubdate datetime="2026-02-28">x</time>', "https://quay.example/a"),
        ('<span itemprop="datePublished" content="2026-02-28"></span>', "https://quay.example/a"),
        ("", "https://quay.example/2026/02/28/dock"),
        ("", "https://quay.example/news/20260228/dock"),
    ],
)
def test_the_date_is_found_where_the_page_or_address_tells_it(inside: str, url: str) -> None:
    found = read_page(page(f"<html><body><article>{inside}{BODY}</article></body></html>", url))
    assert found.published_at == datetime(2026, 2, 28, tzinfo=UTC)


def test_a_date_that_cannot_be_true_gives_way_to_the_next() -> None:
    metas = '<meta name="pubdate" content="9999-01-01"><meta name="date" content="2026-02-28">'
    found = read_page(page(f"<html><head>{metas}</head><body><article>{BODY}</article></body></html>"))
    assert found.published_at == datetime(2026, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("https://www.quay.example/news/joint-dock", "https://www.quay.example/news/joint-dock"),
        ("https://quay.example/", ""),
        ("https://elsewhere.example/news/joint-dock", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        ("https://[broken", ""),
    ],
)
def test_a_canonical_address_counts_on_its_own_site_alone(href: str, canonical: str) -> None:
    head = f'<link rel="canonical" href="{href}">'
    found = read_page(page(f"<html><head>{head}</head><body><article>{BODY}</article></body></html>"))
    assert found.canonical == canonical


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("Dock opened | The Quay", "The Quay", "Dock opened"),
        ("Dock opened - the quay", "The Quay", "Dock opened"),
        ("The Quay — Dock opened", "The Quay", "Dock opened"),
        ("Dock - yard opened", "The Quay", "Dock - yard opened"),
        ("The Quay", "The Quay", "The Quay"),
        ("Dock opened - Ports - TheQuay", "The Quay", "Dock opened - Ports"),
        ("Dock opened", "", "Dock opened"),
    ],
)
def test_a_sites_name_is_taken_off_its_titles(title: str, site: str, bare: str) -> None:
    assert without_site(title, site) == bare


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.NOT_HTML),
        (b"   \n", Reason.NOT_HTML),
        (b"%PDF-1.7", Reason.NOT_HTML),
        (b"\x89PNG\r\n", Reason.NOT_HTML),
        (b'{"a": 1}', Reason.NOT_HTML),
        (b'<?xml version="1.0"?><rss/>', Reason.NOT_HTML),
        (b"<html><body></body></html>", Reason.NO_TEXT),
        (b"<html><body><script>app()</script><div id=root></div></body></html>", Reason.NO_TEXT),
    ],
)
def test_what_is_no_article_page_is_named(body: bytes, reason: Reason) -> None:
    with pytest.raises(CrawlError) as caught:
        read_page(page(body))
    assert caught.value.reason == reason


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r"])
def test_a_page_is_decoded_as_it_declares(encoding: str) -> None:
    text = "<p>Министерство сообщило, что два порта открыли общий док и верфь, и что суда приходят каждый день.</p>" * 8
    body = f'<html><head><meta charset="{encoding}"></head><body><article>{text}</article></body></html>'
    found = read_page(document(body.encode(encoding), url=URL, content_type="text/html"))
    assert "общий док" in found.text
    assert found.lang == "ru"


def test_the_header_counts_before_the_pages_own_word() -> None:
    text = "<p>Министерство сообщило, что два порта открыли общий док и верфь, и что суда приходят каждый день.</p>" * 8
    body = f'<html><head><meta charset="utf-8"></head><body><article>{text}</article></body></html>'
    found = read_page(document(body.encode("cp1251"), url=URL, content_type="text/html; charset=windows-1251"))
    assert "общий док" in found.text


def test_a_text_is_clipped_to_its_limit() -> None:
    found = read_page(page(PAGE, limits=Limits(text_bytes=100, title_bytes=5)))
    assert len(found.text) <= 100
    assert found.title == "Joint"


SECTION = """<html><head><title>Ports | The Quay</title><base href="https://quay.example/ports/"></head><body>
<nav><a href="/">Home</a><a href="/about">About us</a><a href="/tag/docks-and-yards-and-ships">Docks</a></nav>
<h2><a href="/news/2026/joint-dock-opened-in-may"> Joint dock <b>opened</b> in May </a></h2>
<a href="/news/2026/joint-dock-opened-in-may#comments">3</a>
<a href="yard-follows-in-june-says-minister">Yard follows</a>
<a href="https://quay.example/p/77?id=90210">Ships came and went all day</a>
<a href="https://elsewhere.example/2026/01/01/a-story-of-another-site">A story of another site</a>
<a href="javascript:open()">A headline of four words</a><a>no address at all here</a><a href="https://[bad">x y z w</a>
</body></html>"""


def test_a_section_lists_its_articles_in_order_with_their_headlines() -> None:
    reading = read_section(page(SECTION, "https://quay.example/ports"))
    assert [(item.url, item.title) for item in reading.items] == [
        ("https://quay.example/news/2026/joint-dock-opened-in-may", "Joint dock opened in May"),
        ("https://quay.example/ports/yard-follows-in-june-says-minister", "Yard follows"),
        ("https://quay.example/p/77?id=90210", "Ships came and went all day"),
    ]


def test_an_operators_pattern_decides_alone() -> None:
    reading = read_section(page(SECTION, "https://quay.example/ports", links=r"elsewhere\.example/\d{4}/|/about$"))
    assert [item.url for item in reading.items] == [
        "https://quay.example/about",
        "https://elsewhere.example/2026/01/01/a-story-of-another-site",
    ]


def test_a_pattern_that_would_blow_up_elsewhere_takes_no_time() -> None:
    link = f'<a href="/{"a" * 2000}">x</a>'
    assert read_section(page(f"<html><body>{link}</body></html>", links="^(a+)+$")).items == ()


def test_bytes_that_are_no_text_are_no_article() -> None:
    body = b"<html><body><p>" + bytes(range(128, 256)) * 40 + b"</p></body></html>"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    kind = "text/html; charset=utf-8"
    garbage = Document(body=body, url="https://quay.example/a", content_type=kind, now=now, limits=Limits())
    with pytest.raises(CrawlError) as caught:
        read_page(garbage)
    assert caught.value.reason == Reason.NOT_HTML
