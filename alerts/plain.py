"""Make foreign text safe to show: one line, no control characters, only web links; pure."""

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import urlsplit

_SPACE = re.compile(r"\s+")
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]")  # whatever Python or a mail client may take as a new line
_UNWANTED = {"Cc", "Cs", "Co", "Cn"}
# Embeddings, overrides and isolates reorder whatever follows, our words too; the marks U+200E and U+200F do not.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINK_LIMIT = 2048


def clean(text: str) -> str:
    """Drop what no reader sees and what misleads: controls, surrogates, unassigned, reordering characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in _BREAKS.sub(" ", text) if _is_wanted(char))


def _is_wanted(char: str) -> bool:
    return char not in _REORDERING and unicodedata.category(char) not in _UNWANTED


def one_line(text: str, limit: int = 300) -> str:
    """Put text on one line of at most `limit` characters, cut at a word with an ellipsis."""
    line = _SPACE.sub(" ", clean(text[: limit * 8])).strip()
    if len(line) <= limit:
        return line
    head, space, _ = line[: limit - 1].rpartition(" ")
    return f"{head if space and len(head) > limit // 2 else line[: limit - 1]}…"


def date_and_time(when: datetime) -> str:
    """An aware time as a reader knows it, in UTC and to the minute."""
    return f"{when.astimezone(UTC):%d %B %Y, %H:%M} UTC"


def link(url: str) -> str:
    """The address if a reader may click on it (http and https with a host), else nothing."""
    if len(url) > _LINK_LIMIT or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""
