"""Does an address look like an article's? By its shape alone: slugs, dates, numbers, or that of its list. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

LIKELY = 2  # the score from which an address counts as an article's

_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|rss|json|css|js|ico|docx?|xlsx?)$", re.IGNORECASE
)
_LISTS = frozenset(
    [
        "tag",
        "tags",
        "topic",
        "topics",
        "category",
        "categories",
        "kategori",
        "kateqoriya",
        "author",
        "authors",
        "yazar",
        "yazarlar",
        "profile",
        "user",
        "users",
        "search",
        "arama",
        "axtar",
        "page",
        "pages",
        "about",
        "hakkimizda",
        "haqqimizda",
        "contact",
        "contacts",
        "iletisim",
        "elaqe",
        "privacy",
        "terms",
        "cookies",
        "login",
        "signin",
        "register",
        "subscribe",
        "newsletter",
        "rss",
        "feed",
        "feeds",
        "sitemap",
        "archive",
        "archives",
        "arsiv",
        "help",
        "faq",
        "advertise",
        "jobs",
        "careers",
        "shop",
        "cart",
        "live-blog-archive",
        "weather",
        "games",
        "horoscope",
        "tv-schedule",
        "podcasts",
        "rubric",
        "rubrics",
    ]
)
_DATE = re.compile(r"/(?:19|20)\d{2}[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?(?:0?[1-9]|[12]\d|3[01]))?(?=[/-]|$)")
_NUMBER = re.compile(r"\d{4,}")
_ARTICLE_WORD = re.compile(r"^(?:article|articles|story|stories|news|haber|xeber|xebər|novosti|nachrichten|post)s?$")


def article_score(url: str) -> int:
    """Return how much an address looks like an article's: below `LIKELY` it is a list, a form or a file."""
    parts = urlsplit(url)
    path = unquote(parts.path).rstrip("/")
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments or _NOT_PAGES.search(path) or not _LISTS.isdisjoint(segments):
        return 0
    last = segments[-1].rsplit(".", 1)[0]
    score = _slug_score(last)
    if _DATE.search(path + "/"):
        score += 2
    if _NUMBER.search(last) or _NUMBER.search(parts.query):
        score += 2 if last.isdigit() else 1
    if path.endswith((".html", ".htm", ".shtml", ".php", ".aspx")):
        score += 1
    if any(_ARTICLE_WORD.match(segment) for segment in segments[:-1]):
        score += 1
    return score


def _slug_score(last: str) -> int:
    words = [word for word in re.split(r"[-_+ ]", last) if word]
    if len(words) >= 5:
        return 3
    return 2 if len(words) == 4 else len(words) // 3


def same_site(one: str, other: str) -> bool:
    """Say whether two addresses are of one site: the same host but for www, m and amp, or one under the other."""
    first, second = _bare_host(one), _bare_host(other)
    return bool(first and second) and (first == second or first.endswith(f".{second}") or second.endswith(f".{first}"))


def _bare_host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    for prefix in ("www.", "m.", "amp.", "mobile."):
        host = host.removeprefix(prefix)
    return host


def shapes_of(urls: Iterable[str]) -> frozenset[str]:
    """Return what the addresses of a source's own list have in common: host, folders, how they end, query keys."""
    shapes = {_shape(url, keys) for url in urls for keys in (_keys(url), _keys(url, numbers=True))}
    return frozenset(shapes - {""})


def is_shaped(url: str, shapes: frozenset[str]) -> bool:
    """Say whether an address has one of a list's shapes and does not end in a word that no article is called by."""
    return _shape(url, _keys(url)) in shapes and _last(url).lower() not in _LISTS


_DIGITS = re.compile(r"\d+")
_ENDS_IN_ID = re.compile(r"[-_]\d{4,}$")


def _shape(url: str, keys: tuple[str, ...]) -> str:
    """Return an address without what tells two articles apart; "" for a front page, and for what is no address."""
    last = _last(url)
    if not last and not keys:
        return ""
    parts = urlsplit(url)
    folders = [_DIGITS.sub("#", name) for name in unquote(parts.path).strip("/").split("/")[:-1]]
    return "/".join([_bare_host(url), *folders, f"{_ending(last, literal=bool(keys))}?{'&'.join(keys)}"])


def _ending(last: str, *, literal: bool) -> str:
    """Generalise the end of a path; a lone word is itself where a query or a file's name says which article it is."""
    stem, dot, kind = last.rpartition(".") if "." in last else (last, "", "")
    if stem.isdigit():
        stem = "#"
    elif re.search(r"[-_ +]", stem):
        stem = "slug-#" if _ENDS_IN_ID.search(stem) else "slug"
    elif _DIGITS.search(stem):
        stem = "code"
    elif not literal and not dot:
        stem = "word"
    return stem + dot + kind


def _last(url: str) -> str:
    try:
        return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _keys(url: str, *, numbers: bool = False) -> tuple[str, ...]:
    """Return the keys of a query, without those that tell a feed's readers; with `numbers`, those of numbers alone."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return ()
    kept = {key for key, value in pairs if not key.startswith("utm_") and (value.isdigit() or not numbers)}
    return tuple(sorted(kept))
