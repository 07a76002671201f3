"""Text made fit to keep, once, at the storage edge; pure.

Cleaning keeps every character in its place: a bad one becomes a space or U+FFFD, and only ends are cut. So the places
of a match, found before, still point at the same words after. Only an address is shortened: what counts readers goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from operator import attrgetter, ge
from typing import Any

from news.article import Article, DateFrom, Prepared
from news.topic import Match
from storage.identity import without_trackers

TITLE_BYTES = 1_024
SUMMARY_BYTES = 20_480
TEXT_BYTES = 512_000
TOKEN_CHARS = 100  # PostgreSQL takes no lexeme over 2 KB; no word of any language is this long
_LINE_BYTES = 4_096
_KEY_BYTES = 1_000  # PostgreSQL indexes no value over 2.7 KB
_AUTHORS = 50
_NAME_BYTES = 200
_TOKENS_BYTES = 2 * TEXT_BYTES
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing was published on the web before

_CONTROLS = bytes({*range(32), 127} - {9, 10})
_SPACED = dict.fromkeys(_CONTROLS, " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_ONE_LINE = _SPACED | dict.fromkeys([9, 10, *range(0x80, 0xA0), 0x2028, 0x2029], " ")


def clean_text(text: str, limit: int) -> str:
    """Give the text without NUL, control characters and lone surrogates, at most `limit` bytes of UTF-8."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return clean_text(text.translate(_SPACED), limit)
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        return clean_text(text.translate(_SPACED), limit)
    return text if len(raw) <= limit else raw[:limit].decode(errors="ignore")


def clean_line(text: str, limit: int = _LINE_BYTES) -> str:
    """Give the text on one line: mail headers refuse line breaks, U+2028 too."""
    if not text.isprintable():
        return clean_text(text.translate(_ONE_LINE), limit)
    return text if 4 * len(text) <= limit else clean_text(text, limit)


def clean_article(article: Article, *, now: datetime) -> Article:
    """Give the article as it can be kept, nearly always the very same; what was cut or dropped is added to its note."""
    return article if _is_clean(article, now) else _cleaned(article, now)


_LIMITS = {
    "url": _LINE_BYTES,
    "title": TITLE_BYTES,
    "lang": 20,
    "section": _NAME_BYTES,
    "group": _NAME_BYTES,
    "guid": _LINE_BYTES,
    "note": _LINE_BYTES,
}
_LINES = attrgetter(*_LIMITS)
_LENGTHS = [limit // 4 for limit in _LIMITS.values()]  # no character takes more than four bytes


def _is_clean(article: Article, now: datetime) -> bool:
    """Say, at a third of the cost of cleaning, that there is nothing to clean; False: there may be."""
    lines = _LINES(article)
    return (
        "".join((*lines, *article.authors)).isprintable()
        and all(map(ge, _LENGTHS, map(len, lines)))
        and len(article.authors) <= _AUTHORS
        and 4 * max(map(len, article.authors), default=0) <= _NAME_BYTES
        and without_trackers(article.url) is article.url
        and clean_text(article.summary, SUMMARY_BYTES) is article.summary
        and clean_text(article.text, TEXT_BYTES) is article.text
        and _sensible(article.published_at, now) is article.published_at
    )


def _cleaned(article: Article, now: datetime) -> Article:
    title = clean_line(article.title, TITLE_BYTES)
    summary = clean_text(article.summary, SUMMARY_BYTES)
    text = clean_text(article.text, TEXT_BYTES)
    published_at = _sensible(article.published_at, now)
    notes = (
        article.note,
        _cut("title", article.title, title),
        _cut("summary", article.summary, summary),
        _cut("text", article.text, text),
        "publisher's date makes no sense" if article.published_at and not published_at else "",
    )
    lines: dict[str, Any] = {name: clean_line(getattr(article, name), limit) for name, limit in _LIMITS.items()}
    lines["url"] = without_trackers(lines["url"])
    lines["note"] = clean_line("; ".join(filter(None, notes)))
    authors = tuple(clean_line(name, _NAME_BYTES) for name in article.authors[:_AUTHORS])
    lines["date_from"] = article.date_from if published_at else DateFrom.NOWHERE
    return replace(article, **lines, summary=summary, text=text, authors=authors, published_at=published_at)


def clean_prepared(prepared: Prepared, *, now: datetime) -> Prepared:
    """Give article, tokens and matches as they can be kept."""
    article, tokens, matches = clean_article(prepared.article, now=now), clean_tokens(prepared.tokens), prepared.matches
    if article is prepared.article and tokens is prepared.tokens:
        return prepared
    if len(article.text) != len(prepared.article.text) or len(article.title) != len(prepared.article.title):
        matches = [_within(match, article) for match in matches]
    return replace(prepared, article=article, tokens=tokens, matches=matches)


def clean_tokens(tokens: Sequence[str]) -> Sequence[str]:
    """Give tokens that can be index terms and be joined by spaces; nearly always the very same ones."""
    joined = " ".join(tokens)
    fit = joined.isprintable() and 4 * len(joined) <= _TOKENS_BYTES and max(map(len, tokens), default=0) <= TOKEN_CHARS
    if fit and joined.count(" ") == len(tokens) - 1 and "  " not in f" {joined} ":
        return tokens
    return [token[:TOKEN_CHARS] for token in clean_line(joined, _TOKENS_BYTES).split(" ") if token]


def clean_key(key: str) -> str:
    """Give a key short enough to be indexed: the key itself, or its digest."""
    if key.isprintable() and 4 * len(key) <= _KEY_BYTES:
        return key
    key = clean_line(key, TEXT_BYTES)
    raw = key.encode()
    return key if len(raw) <= _KEY_BYTES else f"blake2b:{blake2b(raw, digest_size=20).hexdigest()}"


def _sensible(published_at: datetime | None, now: datetime) -> datetime | None:
    if published_at is None:
        return None
    moment = published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC)
    return moment if _EARLIEST <= moment <= now + timedelta(days=1) else None


def _cut(name: str, before: str, after: str) -> str:
    return f"{name} cut to {len(after)} of {len(before)} characters" if len(after) != len(before) else ""


def _within(match: Match, article: Article) -> Match:
    """Leave out the places that lie in what was cut."""
    zones = {"title": len(article.title), "text": len(article.text)}
    places = [place for place in match.places if place.end <= zones.get(place.zone, place.end)]
    return replace(match, places=places)
