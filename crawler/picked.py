"""What an operator's own selectors find on a page. Pure."""

from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from crawler.plain import one_line, plain
from crawler.sites import Picks, path_of


def take_away(tree: HtmlElement, picks: Picks) -> bool:
    """Remove what the operator does not want from a page, the text behind it left; False: there is none of it."""
    taken = False
    for element in _found(tree, picks.without):
        if isinstance(element, HtmlElement) and element.getparent() is not None:
            element.drop_tree()
            taken = True
    return taken


def finders(tree: HtmlElement, picks: Picks) -> tuple[str, ...]:
    """Name the selectors that find something on what is left of a page."""
    found = {
        "text": picked_text(tree, picks),
        "title": picked_lines(tree, picks.title),
        "date": picked_lines(tree, picks.date),
        "authors": picked_lines(tree, picks.authors),
    }
    return tuple(name for name, what in found.items() if what)


def picked_text(tree: HtmlElement, picks: Picks) -> str:
    """Return the text of every element picked, as paragraphs; "" where none is."""
    parts = []
    for found in _found(tree, picks.text):
        if isinstance(found, str):
            parts.append(one_line(found))
        else:
            parts.append(plain(etree.tostring(found, encoding="unicode", method="html", with_tail=False)))
    return "\n".join(filter(None, parts))


def picked_lines(tree: HtmlElement, selector: str) -> list[str]:
    """Return what is picked, one line each: an element's content or datetime attribute, else its words."""
    lines = []
    for found in _found(tree, selector):
        if isinstance(found, str):
            lines.append(one_line(found))
        else:
            lines.append(one_line(found.get("content") or found.get("datetime") or found.text_content()))
    return [line for line in lines if line]


def _found(tree: HtmlElement, selector: str) -> list[Any]:
    found = _compiled(selector)(tree) if selector else []
    return found if isinstance(found, list) else [str(found)]


@lru_cache(maxsize=512)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(path_of(selector))
