"""A page without what its extraction leaves out gives the same text, sooner."""

from datetime import UTC, datetime
from random import Random

import pytest
from lxml.html import HtmlElement

from crawler.documents import Document
from crawler.lighten import lighten
from crawler.markup import read_markup
from crawler.pages import main_text
from crawler.settings import Limits
from tests.quality.pages import pages

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = "The harbour office said that {} ships had left since {}, most of them with grain for the south."
MENU = "<nav><ul>{}</ul></nav>".format("".join(f"<li><a href='/{n}'><b>Desk</b> {n}</a></li>" for n in range(60)))
FURNITURE = (
    MENU,
    "<aside><h2>Most read</h2><p>Nine ships that never came back, and what became of their cooks.</p></aside>",
    "<footer><p>All rights reserved by the harbour and whoever is asked in its name.</p></footer>",
    "<script>var ships = ['none'];</script> words behind a script",
    "<style>p { color: grey }</style>",
    "<svg><title>Anchor</title><path d='M0 0'/></svg>",
    "<noscript>Switch scripts on to see the ships.</noscript>",
    "<div class='comments'><p>I have never seen so many ships, says a reader.</p></div>",
    "<form><input name='q'><button>Search</button></form>",
)


def tree(html: str) -> HtmlElement:
    return read_markup(
        Document(body=html.encode(), url="http://a.example/b", content_type="text/html", now=NOW, limits=Limits())
    )


def page(chance: Random) -> str:
    lines = [LINE.format(chance.randrange(900), chance.randrange(1900, 2026)) for _ in range(chance.randrange(1, 24))]
    parts = [f"<{tag}>{line}</{tag}>" for line in lines for tag in [chance.choice(["p", "p", "p", "div", "li"])]]
    for extra in chance.sample(FURNITURE, chance.randrange(len(FURNITURE))):
        parts.insert(chance.randrange(len(parts) + 1), extra)
    holder = chance.choice(["article", "main", "div"])
    head = "<title>Ships</title><meta name='a' content='b'><link rel='icon' href='/i'><style>a{}</style>"
    return f"<html><head>{head}</head><body>{MENU}<{holder}>{''.join(parts)}</{holder}></body></html>"


@pytest.mark.parametrize("number", range(60))
def test_a_lighter_page_has_the_same_text(number: int) -> None:
    html = page(Random(number))
    assert main_text(lighten(tree(html))) == main_text(tree(html))


def test_every_kind_of_page_has_the_same_text_when_it_is_lighter() -> None:
    texts = [(one.template, main_text(lighten(tree(one.html))), main_text(tree(one.html))) for one in pages()]
    assert not [template for template, lighter, whole in texts if lighter != whole]


def test_what_is_left_out_of_every_text_is_dropped_and_a_menu_keeps_its_words_alone() -> None:
    lines = "".join(f"<p>{LINE.format(n, 1950 + n)}</p>" for n in range(9))
    data = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    found = lighten(
        tree(f"<html><head>{data}</head><body>{''.join(FURNITURE)}<article>{lines}</article></body></html>")
    )
    assert {each.tag for each in found.iter("script", "style", "svg", "aside", "footer")} == {"script"}
    menu = found.find(".//nav")
    assert menu is not None
    assert len(menu) == 0
    assert menu.text == "".join(f"Desk {n}" for n in range(60))
    assert "words behind a script" in found.text_content()


def test_a_page_whose_text_may_be_anywhere_is_left_as_it_is() -> None:
    html = f"<html><body>{MENU}<footer><p>{LINE * 20}</p></footer><div>{LINE * 3}</div></body></html>"
    assert sum(1 for _ in lighten(tree(html)).iter()) == sum(1 for _ in tree(html).iter())
