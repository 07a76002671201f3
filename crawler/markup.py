"""HTML bytes to a tree, once: decoded as browsers do it, parsed with the one kind of element trafilatura needs."""

import re
from contextlib import suppress
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from w3lib.encoding import html_to_unicode

from crawler.documents import Document
from crawler.nature import Nature, nature
from news.errors import CrawlError
from news.fetch import Reason

_ONE_BYTE = ("cp", "iso8859", "koi8", "mac", "ascii")  # as Python names them; the tables servers are wrongly set to
_NO_PAGES = frozenset((Nature.EMPTY, Nature.FEED, Nature.SITEMAP, Nature.JSON, Nature.FILE))
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml(?!.{0,500}<html)", re.DOTALL | re.IGNORECASE)
_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_CONTROLS = bytes(each for each in range(1, 32) if each not in b"\t\n\r")
_SPACES = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_REFERENCE = re.compile(
    rb"&#(?:0*(?:[1-8]|1[124-9]|2\d|3[01]|6553[45])|[xX]0*(?:[1-8b-cB-Ce-fE-F]|1[\da-fA-F]|[fF]{3}[e-fE-F]));"
)


def read_markup(document: Document) -> HtmlElement:
    """Parse a page; raises CrawlError NOT_HTML for an empty document or one of another kind."""
    found = nature(document)
    if found in _NO_PAGES or (found is Nature.XML and _XML.match(document.body)):
        raise CrawlError(Reason.NOT_HTML, f"{found}, not a web page")
    tree = etree.fromstring(_printable(decoded(document).encode("utf-8", "surrogatepass")), _parser())
    if not isinstance(tree, HtmlElement):
        raise CrawlError(Reason.NOT_HTML, "nothing that can be read as HTML")
    return tree


def decoded(document: Document) -> str:
    """Decode a page as browsers do; but bytes that can be nothing else than UTF-8 are UTF-8, whatever was declared."""
    encoding, text = html_to_unicode(document.content_type, document.body)
    if encoding.startswith(_ONE_BYTE) and _PAIR.search(document.body):
        with suppress(UnicodeDecodeError):
            return document.body.decode("utf-8-sig")
    return str(text)


def _printable(page: bytes) -> bytes:
    """Give a page with spaces for control characters, which word processors leave behind.

    lxml reads them, and refuses to write them: one in a paragraph would cost the whole text.
    """
    page = page.translate(_SPACES)
    for odd in (b"\xef\xbf\xbe", b"\xef\xbf\xbf"):  # U+FFFE and U+FFFF
        page = page.replace(odd, b" ")
    return _REFERENCE.sub(b" ", page) if b"&#" in page else page


@lru_cache(maxsize=1)
def _parser() -> etree.HTMLParser:
    """Return a parser whose elements are all of one class; lxml.html asks Python for each, a tenth of the time."""
    parser = etree.HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser
