"""Does an address look like an article's? By its shape alone: slugs, dates, numbers. Pure."""

import re
from urllib.parse import unquote, urlsplit

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
