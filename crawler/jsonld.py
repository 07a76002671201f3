"""JSON-LD in a page: the object that describes the article."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from crawler.plain import one_line

_ARTICLE_TYPES = re.compile(r"(?:Article|Report|Posting|Review|OpinionPiece)$")
_LONGEST = 300_000  # characters of one script


def article_node(tree: HtmlElement) -> dict[str, Any]:
    """Return the object of an article's type, else the first with a headline and a date; {} for none."""
    nodes = list(_nodes(tree))
    typed = (node for node in nodes if _is_article(node))
    dated = (node for node in nodes if node.get("headline") and node.get("datePublished"))
    found = next(typed, None) or next(dated, {})
    people = [_referred(person, nodes) for person in _listed(found.get("author"))]
    return found | {"author": people} if "author" in found else found


def _referred(value: object, nodes: list[dict[str, Any]]) -> object:
    """Return the object that a bare reference means."""
    if not isinstance(value, dict) or "name" in value or not value.get("@id"):
        return value
    return next((node for node in nodes if node.get("@id") == value["@id"] and node.get("name")), value)


def string(value: object) -> str:
    """Return a value as one line of text, the first where there are several; "" for anything else."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return one_line(value) if isinstance(value, str) else ""


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and script.text and len(script.text) < _LONGEST:
            yield from _objects(script.text)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    for root in _listed(found):
        if isinstance(root, dict):
            yield root
            yield from (node for node in _listed(root.get("@graph")) if isinstance(node, dict))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_article(node: dict[str, Any]) -> bool:
    return any(isinstance(kind, str) and _ARTICLE_TYPES.search(kind) for kind in _listed(node.get("@type")))
