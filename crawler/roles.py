"""What each element of a feed's entry means to the fast reader, as it means to feedparser."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element as Element

ATOM: Final = "{http://www.w3.org/2005/Atom}"
RSS1: Final = "{http://purl.org/rss/1.0/}"
RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_MEDIA: Final = "{http://search.yahoo.com/mrss/}"

_SIMPLE_LINK = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?/[\w/.~%+,=&@!$'()*:-]*(?:\?[\w/.~%+,=&@!$'()*:-]+)?", re.ASCII
)
_MAIL_AUTHOR = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9-]{1,60}\.){1,5}[A-Za-z]{2,4}(?: \(([^()@<>&]{0,100})\))?"
)
_C1 = re.compile("[\x80-\x9f]")

# What means something to feedparser: its namespaces, in lower case, and the prefixes it takes for them anywhere.
_KNOWN_PREFIXES: Final = frozenset(
    (
        "",
        "admin",
        "cc",
        "content",
        "dc",
        "dcterms",
        "feedburner",
        "geo",
        "georss",
        "gml",
        "itunes",
        "l",
        "media",
        "psc",
        "rdf",
    )
)
_KNOWN_SPACES: Final = frozenset(
    (
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://search.yahoo.com/mrss",
        "http://search.yahoo.com/mrss/",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://example.com/dtds/podcast-1.0.dtd",
        "http://purl.org/rss/1.0/modules/content/",
    )
)


# Names in no namespace that feedparser gives a meaning to, or keeps something of its own under.
_CORE_NAMES: Final = frozenset(
    """abstract author authors body category channel cloud content contributor contributors copyright created date
    description docs email enclosure entry expirationdate expired feed feedburner_browserfriendly fullitem generator
    guid guidislink height homepage href icon id info issued item keywords language lastbuilddate link links logo
    managingeditor math media_content modified name newlocation published publisher pubdate rights rss subtitle
    summary summary_detail svg tagline tags textinput title title_detail updated uri url webmaster where width
    """.split()  # noqa: SIM905 - a list would take a line for each
)


class Unsure(Exception):  # noqa: N818 - not an error, a decision
    """The document may mean something that only feedparser knows."""


@dataclass(slots=True)
class Draft:
    """An entry while its elements are read."""

    base: str
    texts: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    section: str = ""
    permalink: bool = False
    other_title: bool = False  # a title of another vocabulary was passed over: right only beside one of its own,
    forgets_title: bool = False  # and never after an element that makes feedparser forget it has one


def role_of_stranger(element: Element) -> "Role":
    """Judge an element that stands in no list: one that feedparser has no name for means nothing to it either."""
    name = etree.QName(element)
    if not name.namespace and name.localname.lower() not in _CORE_NAMES:
        return _harmless
    foreign = name.namespace and name.namespace.lower() not in _KNOWN_SPACES
    if not foreign or (element.prefix or "") in _KNOWN_PREFIXES:
        raise Unsure(str(element.tag))
    return _harmless


Role = Callable[[Element, Draft], None]


def _harmless(element: Element, draft: Draft) -> None:  # noqa: ARG001
    if len(element):
        raise Unsure("something inside")


def _media_title(element: Element, draft: Draft) -> None:
    _harmless(element, draft)
    draft.other_title = True


def _title_forgotten(element: Element, draft: Draft) -> None:
    _harmless(element, draft)
    draft.forgets_title = True


def _media_content(element: Element, draft: Draft) -> None:
    for inner in element:
        role = ROLES.get(inner.tag)
        if role not in {_harmless, _media_title}:
            raise Unsure(str(inner.tag))
        role(inner, draft)


def _text_of(element: Element) -> str:
    if len(element):
        raise Unsure("markup inside")
    text = (element.text or "").strip()
    return text if text.isascii() else settled(text)


def settled(text: str) -> str:
    """Undo text that was encoded twice, as feedparser's `pop` does."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    if _C1.search(text):
        raise Unsure("C1 controls")
    return text


def _keep(name: str, draft: Draft, text: str) -> None:
    if name in draft.texts:
        raise Unsure(f"two of {name}")
    draft.texts[name] = text


def _plain_role(name: str) -> Role:
    def role(element: Element, draft: Draft) -> None:
        _keep(name, draft, _text_of(element))

    return role


def _markup_role(name: str) -> Role:
    def role(element: Element, draft: Draft) -> None:
        for key, value in element.items():
            if key != _XML_LANG and (key != "type" or value not in {"text", "html"}):
                raise Unsure(key)
        _keep(name, draft, _text_of(element))

    return role


def _link(element: Element, draft: Draft) -> None:
    if element.keys():
        raise Unsure("a link with attributes")
    _keep("link", draft, _resolved(draft.base, _text_of(element)))


def _atom_link(element: Element, draft: Draft) -> None:
    rel = element.get("rel", "alternate").lower()
    href = element.get("href")
    if href is None or len(element) or element.get("url") or element.get("uri"):
        raise Unsure("a link without href")
    if rel != "alternate" or element.get("type", "text/html").lower() not in _HTML_TYPES:
        return
    if "link" in draft.texts and element.getparent().tag != f"{ATOM}entry":
        raise Unsure("two links")
    draft.texts["link"] = _resolved(draft.base, href)  # the last one wins


def _resolved(base: str, link: str) -> str:
    if _SIMPLE_LINK.fullmatch(link) or not link:
        return link
    if not link.isascii() or ":///" in link or "&" in link or any(map(str.isspace, link)):
        raise Unsure("an odd link")
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _guid(element: Element, draft: Draft) -> None:
    permalink = "true"
    for key, value in element.items():
        if key.lower() == "ispermalink":
            permalink = value
    draft.permalink = permalink == "true"
    text = _text_of(element)
    _keep("guid", draft, _resolved(draft.base, text) if draft.permalink else text)


def _author(element: Element, draft: Draft) -> None:
    text = _text_of(element)
    if "@" in text:
        found = _MAIL_AUTHOR.fullmatch(text)
        if not found:
            raise Unsure("an odd author")
        text = (found[1] or "").strip()
    draft.authors.append(text)


def _atom_author(element: Element, draft: Draft) -> None:
    names = [child for child in element if child.tag == f"{ATOM}name"]
    for child in element:
        if child.tag not in _OF_A_PERSON:
            role_of_stranger(child)(child, draft)
    if len(names) != 1 or len(names[0]) or (element.text or "").strip():
        raise Unsure("an odd author")
    draft.authors.append((names[0].text or "").strip())  # never settled: `_end_name` does not


def _category(element: Element, draft: Draft) -> None:
    if element.keys() not in ([], ["domain"]):
        raise Unsure("a category with attributes")
    draft.section = draft.section or _text_of(element)


def _atom_category(element: Element, draft: Draft) -> None:
    if len(element) or (element.text or "").strip():
        raise Unsure("a category with text")
    draft.section = draft.section or element.get("term", "")


_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_OF_A_PERSON: Final = frozenset(f"{ATOM}{name}" for name in ("name", "uri", "email"))
_HTML_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "html", "xhtml"))

ROLES: Final[dict[str, Role]] = {
    **{f"{space}title": _markup_role("title") for space in ("", RSS1, ATOM)},
    **{f"{space}description": _markup_role("summary") for space in ("", RSS1)},
    f"{ATOM}summary": _markup_role("summary"),
    f"{ATOM}content": _markup_role("content"),
    f"{CONTENT}encoded": _markup_role("content"),
    "link": _link,
    f"{RSS1}link": _link,
    f"{ATOM}link": _atom_link,
    "guid": _guid,
    f"{ATOM}id": _guid,
    "author": _author,
    f"{_DC}creator": _author,
    f"{ATOM}author": _atom_author,
    "category": _category,
    f"{_DC}subject": _category,
    f"{ATOM}category": _atom_category,
    "pubDate": _plain_role("published"),
    f"{ATOM}published": _plain_role("published"),
    f"{_DC}date": _plain_role("updated"),
    f"{ATOM}updated": _plain_role("updated"),
    **dict.fromkeys(("comments", "enclosure", f"{ATOM}rights"), _harmless),
    **{
        f"{_DC}{name}": _harmless
        for name in ("rights", "language", "publisher", "contributor", "identifier", "type", "format", "source")
    },
    **{f"{_MEDIA}{name}": _harmless for name in ("thumbnail", "credit", "copyright", "text", "rating")},
    **dict.fromkeys(("source", "image"), _title_forgotten),
    f"{_MEDIA}title": _media_title,
    f"{_MEDIA}content": _media_content,
    f"{_MEDIA}group": _media_content,
    "{http://purl.org/rss/1.0/modules/slash/}comments": _harmless,
    "{http://wellformedweb.org/CommentAPI/}comment": _harmless,
    "{http://wellformedweb.org/CommentAPI/}commentRss": _harmless,
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": _harmless,
    "{com-wordpress:feed-additions:1}post-id": _harmless,
}
