"""Markup to plain text, quickly. Pure."""

import html
import re

_TAG = re.compile(r"<[A-Za-z/!?]")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # read by lxml, but never taken back
_BLOCK = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "section",
        "article",
        "header",
        "footer",
        "figure",
        "figcaption",
        "hr",
        "pre",
        "dd",
        "dt",
    ]
)
_SILENT = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "form"))


def one_line(text: str) -> str:
    """Collapse every run of white space, line breaks of any kind included, to one blank."""
    return " ".join(text.split())


def clip(text: str, most: int) -> str:
    """Cut a text to at most so many bytes of UTF-8, never inside a character."""
    if len(text) * 4 <= most:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    return text if len(raw) <= most else raw[:most].decode("utf-8", "ignore").rstrip()


def plain(markup: str) -> str:
    """Return the text of an HTML fragment: entities read, scripts dropped, blocks as lines."""
    if "<" not in markup or not _TAG.search(markup):
        return _lines(html.unescape(markup)) if "&" in markup else _lines(markup)
    return _lines(_walk(markup))


def _lines(text: str) -> str:
    if "\n" not in text:
        return one_line(text)
    return "\n".join(line for raw in text.split("\n") if (line := one_line(raw)))


def _walk(markup: str) -> str:
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(f"<div>{_NO_TEXT.sub('', markup)}</div>")
    except (etree.ParserError, ValueError):
        return ""
    etree.strip_elements(root, *_SILENT, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in root.iter(*_BLOCK):
        element.text = _NO_TEXT.sub("", f"\n{element.text or ''}")
        element.tail = _NO_TEXT.sub("", f"\n{element.tail or ''}")
    return str(etree.tostring(root, method="text", encoding="unicode", with_tail=False))
