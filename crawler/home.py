"""Which site an address belongs to, by its host; pure."""

from urllib.parse import urlsplit

_SERVICE = frozenset(("www", "m", "amp", "mobile", "rss", "feed", "feeds"))
_NO_NAMES = frozenset(("ac", "co", "com", "edu", "gen", "gov", "net", "or", "org"))  # what comes before .tr, .uk, .az


def home_of(url: str) -> str:
    """Return the address of a source's site: its own host, without labels that feeds and twins are served under."""
    parts = urlsplit(url)
    host = parts.netloc.lower()
    label, _, rest = host.partition(".")
    own = "." in rest and rest.split(".")[0] not in _NO_NAMES and not rest.replace(".", "").split(":")[0].isdigit()
    return f"{parts.scheme}://{rest if label in _SERVICE and own else host}"


def is_of_site(url: str, home: str) -> bool:
    """Say whether an article is of a site: of its host, or of one under it."""
    host, site = (urlsplit(home_of(one)).hostname or "" for one in (url, home))
    return host == site or host.endswith(f".{site}")
