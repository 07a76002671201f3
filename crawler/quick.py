"""The fast path for feeds: well-formed RSS 2.0, RDF and Atom 1.0, read with lxml at a tenth of feedparser's cost.

It must say what feedparser says, item for item, or raise Unsure and leave the document to feedparser. So it knows a
short list of elements; whatever else might matter (other roots, a document type, xml:base, XHTML inside, repeated
elements, dates of other forms, odd encodings) makes it unsure. The oddities it repeats on purpose are named after
feedparser's functions.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element as Element

from crawler.dates import parse_date
from crawler.documents import Document
from crawler.entries import Entry

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_RSS1: Final = "{http://purl.org/rss/1.0/}"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}"

_ENCODINGS = re.compile(r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,60}?\sencoding\s*=\s*["']([\w-]{1,20})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_UNSURE_BYTES = re.compile(rb"""<!DOCTYPE|<!ENTITY|[\s:]base\s*=|\x00""")
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


class Unsure(Exception):  # noqa: N818 - not an error, a decision
    """The document may mean something that only feedparser knows."""


def read_quickly(document: Document) -> tuple[str, list[Entry]]:
    """Return a feed's title and entries in the document's order; raises Unsure."""
    root = _root(document)
    if root.tag == "rss":
        holder, title, item = _only_child(root), "title", "item"
    elif root.tag == f"{_ATOM}feed":
        holder, title, item = root, f"{_ATOM}title", f"{_ATOM}entry"
    elif root.tag == f"{_RDF}RDF":
        holder, title, item = root, f"{_RSS1}channel/{_RSS1}title", f"{_RSS1}item"
    else:
        raise Unsure(str(root.tag))
    _check_around(holder)
    roles = dict(_ROLES)
    entries = [_entry(element, roles, document.url) for element in holder.iterchildren(item)]
    return _settled((holder.findtext(title) or "").strip()), entries


def _root(document: Document) -> Element:
    body = document.body
    if _UNSURE_BYTES.search(body):
        raise Unsure("a document type, a base or a null byte")
    _check_encoding(document)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unsure(str(error)) from error
    if root.getroottree().docinfo.xml_version != "1.0":
        raise Unsure("XML 1.1")
    return root


def _check_encoding(document: Document) -> None:
    """Make sure that the server, the declaration and so both parsers mean the same, common encoding."""
    declared = _DECLARED.match(document.body.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    said = _CHARSET.search(document.content_type)
    if said and said[1].lower() != encoding:
        raise Unsure("two encodings")
    if not _ENCODINGS.fullmatch(encoding) or (encoding != "utf-8" and document.body.startswith(b"\xef\xbb\xbf")):
        raise Unsure(encoding)


def _only_child(root: Element) -> Element:
    if len(root) != 1 or root[0].tag != "channel":
        raise Unsure("not one channel")
    return root[0]


def _check_around(holder: Element) -> None:
    """Refuse elements beside the entries that leave feedparser in another state."""
    for name in _STATEFUL:
        if holder.find(name) is not None:
            raise Unsure(name)


@dataclass(slots=True)
class _Draft:
    """An entry while its elements are read."""

    base: str
    texts: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    section: str = ""
    permalink: bool = False


def _entry(element: Element, roles: dict[str, "_Role"], base: str) -> Entry:
    draft = _Draft(base)
    for key in element.keys():  # noqa: SIM118 - an element is no mapping
        if key in {"href", "lastmod"}:
            raise Unsure(key)
    for child in element:
        role = roles.get(child.tag)
        if role is None:
            role = roles[child.tag] = _role_of_stranger(child)
        role(child, draft)
    texts = draft.texts
    guid = texts.get("guid", "") or element.get(f"{_RDF}about", "")
    link = texts.get("link", guid if draft.permalink else "")
    if not link:
        raise Unsure("no link")
    content = texts.get("content")
    return Entry(
        link=link,
        guid=guid,
        title=texts.get("title", ""),
        summary=texts.get("summary", content or ""),
        contents=() if content is None else (content,),
        authors=draft.authors,
        section=draft.section,
        date=_date(texts),
    )


def _date(texts: dict[str, str]) -> str:
    text = texts.get("published") or texts.get("updated") or ""
    if text and parse_date(text) is None:
        raise Unsure(text)
    return text


def _role_of_stranger(element: Element) -> "_Role":
    """Judge an element that stands in no list: one of an unknown vocabulary means nothing to feedparser either."""
    name = etree.QName(element)
    known = (name.namespace or "").lower() in _KNOWN_SPACES or (element.prefix or "") in _KNOWN_PREFIXES
    if known or not name.namespace:
        raise Unsure(str(element.tag))
    return _harmless


_Role = Callable[[Element, _Draft], None]


def _harmless(element: Element, draft: _Draft) -> None:  # noqa: ARG001
    if len(element):
        raise Unsure("something inside")


def _text_of(element: Element) -> str:
    if len(element):
        raise Unsure("markup inside")
    return _settled((element.text or "").strip())


def _settled(text: str) -> str:
    """Undo text that was encoded twice, as feedparser's `pop` does."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    if _C1.search(text):
        raise Unsure("C1 controls")
    return text


def _keep(name: str, draft: _Draft, text: str) -> None:
    if name in draft.texts:
        raise Unsure(f"two of {name}")
    draft.texts[name] = text


def _plain_role(name: str) -> _Role:
    def role(element: Element, draft: _Draft) -> None:
        _keep(name, draft, _text_of(element))

    return role


def _markup_role(name: str) -> _Role:
    def role(element: Element, draft: _Draft) -> None:
        for key, value in element.items():
            if key != _XML_LANG and (key != "type" or value not in {"text", "html"}):
                raise Unsure(key)
        _keep(name, draft, _text_of(element))

    return role


def _link(element: Element, draft: _Draft) -> None:
    if element.keys():
        raise Unsure("a link with attributes")
    _keep("link", draft, _resolved(draft.base, _text_of(element)))


def _atom_link(element: Element, draft: _Draft) -> None:
    rel = element.get("rel", "alternate").lower()
    href = element.get("href")
    if href is None or len(element) or element.get("url") or element.get("uri"):
        raise Unsure("a link without href")
    if rel != "alternate" or element.get("type", "text/html").lower() not in _HTML_TYPES:
        return
    if "link" in draft.texts and element.getparent().tag != f"{_ATOM}entry":
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


def _guid(element: Element, draft: _Draft) -> None:
    permalink = "true"
    for key, value in element.items():
        if key.lower() == "ispermalink":
            permalink = value
    draft.permalink = permalink == "true"
    text = _text_of(element)
    _keep("guid", draft, _resolved(draft.base, text) if draft.permalink else text)


def _author(element: Element, draft: _Draft) -> None:
    text = _text_of(element)
    if "@" in text:
        found = _MAIL_AUTHOR.fullmatch(text)
        if not found:
            raise Unsure("an odd author")
        text = (found[1] or "").strip()
    draft.authors.append(text)


def _atom_author(element: Element, draft: _Draft) -> None:
    names = [child for child in element if child.tag == f"{_ATOM}name"]
    strangers = {str(child.tag) for child in element} - {f"{_ATOM}{name}" for name in ("name", "uri", "email")}
    if strangers or len(names) != 1 or len(names[0]) or (element.text or "").strip():
        raise Unsure("an odd author")
    draft.authors.append((names[0].text or "").strip())  # never settled: `_end_name` does not


def _category(element: Element, draft: _Draft) -> None:
    if element.keys() not in ([], ["domain"]):
        raise Unsure("a category with attributes")
    draft.section = draft.section or _text_of(element)


def _atom_category(element: Element, draft: _Draft) -> None:
    if len(element) or (element.text or "").strip():
        raise Unsure("a category with text")
    draft.section = draft.section or element.get("term", "")


_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_HTML_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "html", "xhtml"))
_STATEFUL: Final = (f"{_CONTENT}encoded", "body", "fullitem", "abstract", f"{_ATOM}content")

_ROLES: Final[dict[str, _Role]] = {
    **{f"{space}title": _markup_role("title") for space in ("", _RSS1, _ATOM)},
    **{f"{space}description": _markup_role("summary") for space in ("", _RSS1)},
    f"{_ATOM}summary": _markup_role("summary"),
    f"{_ATOM}content": _markup_role("content"),
    f"{_CONTENT}encoded": _markup_role("content"),
    "link": _link,
    f"{_RSS1}link": _link,
    f"{_ATOM}link": _atom_link,
    "guid": _guid,
    f"{_ATOM}id": _guid,
    "author": _author,
    f"{_DC}creator": _author,
    f"{_ATOM}author": _atom_author,
    "category": _category,
    f"{_DC}subject": _category,
    f"{_ATOM}category": _atom_category,
    "pubDate": _plain_role("published"),
    f"{_ATOM}published": _plain_role("published"),
    f"{_DC}date": _plain_role("updated"),
    f"{_ATOM}updated": _plain_role("updated"),
    **dict.fromkeys(("comments", "enclosure", "source", f"{_ATOM}rights", f"{_DC}rights"), _harmless),
    **{
        f"{{http://search.yahoo.com/mrss/}}{name}": _harmless
        for name in ("content", "thumbnail", "credit", "copyright", "text")
    },
    "{http://purl.org/rss/1.0/modules/slash/}comments": _harmless,
    "{http://wellformedweb.org/CommentAPI/}comment": _harmless,
    "{http://wellformedweb.org/CommentAPI/}commentRss": _harmless,
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": _harmless,
}
