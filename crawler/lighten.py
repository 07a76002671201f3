"""Takes off a page what its extraction would leave out, before it is copied and searched many times. Pure.

trafilatura asks a dozen expressions of every element of a page, and half of a newspaper's elements are menu and footer.
What is dropped here it drops, too, on pages that are put together as they should be; of a menu it reads how long it
is, so the words of one stay, in one piece.
"""

from lxml.etree import strip_tags
from lxml.html import HtmlElement

_UNREAD = ("aside", "fencedframe", "footer", "link", "meta", "script", "style", "svg", "title")
_DATA = "application/ld+json"  # read where a page has no text otherwise
_A_TEXT = 500  # characters of paragraphs; a page with fewer is one where any element may hold the text


def lighten(tree: HtmlElement) -> HtmlElement:
    """Give the same page with less in it, where it is plain that its text is in paragraphs; changes it in place."""
    if not _has_text(tree):
        return tree
    for element in list(tree.iter(*_UNREAD)):
        if element.getparent() is not None and element.get("type") != _DATA:
            element.drop_tree()
    for menu in list(tree.iter("nav")):
        strip_tags(menu, "*")
    return tree


def _has_text(tree: HtmlElement) -> bool:
    """Say whether there is a text's worth of paragraphs in nothing that is left out."""
    from trafilatura.settings import MANUALLY_CLEANED

    out, found = frozenset(MANUALLY_CLEANED), 0
    for element in tree.iter("p"):
        if not any(above.tag in out for above in element.iterancestors()):
            found += len(element.text_content())
            if found >= _A_TEXT:
                return True
    return False
