"""What makes two addresses the same article: URL keys and the judgement of canonical links; pure."""

import re
from functools import lru_cache
from hashlib import blake2b
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote, urlsplit

import idna

from storage.trackers import SESSIONS, TRACKER_PREFIXES, TRACKERS, VARIANTS

_SESSION_VALUE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z,-]{26}")
_PLAIN = re.compile(
    r"https?://([A-Za-z0-9.:_\[\]-]+)(/[A-Za-z0-9_~/.-]*(?:(?:%[89A-F][0-9A-F])+[A-Za-z0-9_~/.-]*)*)?"
    r"(?:\?([A-Za-z0-9_.~=&-]*))?(?:#(?!!)[!-~]*)?"
)
_SPLIT = re.compile(r"https?:[/\\]*([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_ODD_PATH = re.compile(r"//|/\.|[/.]amp(?:[/.]|$)|/print(?:/|$)|/index\.|/default\.|^/[cv]/", re.IGNORECASE)
_ASIDE = re.compile(r"(?:www\d?|m|mobile|mobil|amp|wap|touch)\.(?=[^.]+\.)")
_LONGEST_IPV4 = 4  # numbers
_NUMBER = re.compile(r"0x[0-9a-f]{0,16}|0[0-7]{0,20}|[1-9][0-9]{0,15}")
_UNSEEN = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(33)))
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\(\w\([0-9a-z]+\)\)(?=/|$)", re.IGNORECASE)
_DRESS = re.compile(
    r"/(?:amp|print|index\.(?:html?|php|aspx)|default\.(?:aspx?|html?))/*$|^/(?:amp|print)(?=/.)", re.IGNORECASE
)
_AMP_NAME = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
_CACHE_PATH = re.compile(r"/(?:amp|[cv])/(?:s/)?([^/?]+\.[^/?]+/.*)", re.IGNORECASE)
_BLOGGER = re.compile(r"/\d{4}/\d{2}/[^/]+\.html$")
_ESCAPES = r"(%(?:[89a-fA-F][a-f]|[a-f][0-9a-fA-F]))"
_ODD_IN_PATH = re.compile(_ESCAPES + r"|%([0-7][0-9a-fA-F])|(%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%])")
_ODD_IN_QUERY = re.compile(_ESCAPES + r"|%([0-7][0-9a-fA-F])|(%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!$'()*,;:@/?%])")
_ODD_IN_ROUTE = re.compile(_ESCAPES + r"|%([0-7][0-9a-fA-F])|(%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%])")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_FRONT = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?)?"  # a language
    r"/?(?:home|main|news|start|search|login|signin|sign-in|subscribe|consent|privacy|error)?"
    r"(?:/?(?:not-found|page-not-found|[45]\d\d))?"
    r"(?:\.(?:html?|php|aspx?))?",
    re.IGNORECASE,
)
_PART_OF_ARTICLE = re.compile(r"/(?:page/?)?\d{1,2}|/(?:amp|print|comments?|gallery|video|photos?)", re.IGNORECASE)
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "gen", "info", "mil", "net", "ne", "or", "org", "web"})


def url_key(url: str) -> str:
    """Give the one spelling under which every address of the same article is kept; idempotent.

    The key is itself an https address, not always one that can be fetched. What joins: http and https, letter case of
    the host, `www.`, `m.`, `mobile.` and `amp.` hosts, AMP (also Google's caches) and print twins, trailing slashes,
    index pages, default ports, IPv4 in any writing, user names, dot segments, percent-encoding,
    IDN, fragments (except `#!` routes), the order of parameters, session ids, and the parameters named in
    `storage/trackers.py`. Every other parameter counts.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is None:
        return _careful(url)
    host, path, query = plain.groups()
    name = _host(host)
    if not name or (path and _ODD_PATH.search(path)):
        return _careful(url)
    path = (path or "/").rstrip("/") or "/"
    query = _query(query, path) if query else ""
    return f"https://{name}{path}?{query}" if query else f"https://{name}{path}"


def _careful(url: str) -> str:
    text = _UNSEEN.sub("", url.strip(_EDGES)).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    while True:  # each pass undoes one layer of dress; it ends because a changed key is a shorter one
        key = _once(text)
        if key == text:
            return key
        text = key


def _once(url: str) -> str:
    parts = _SPLIT.fullmatch(url)
    if parts is None:
        return url
    authority, path, query, fragment = parts.groups()
    host = _host(authority)
    if not host:
        return url
    cached = _CACHE_PATH.fullmatch(path) if host.startswith("google.") or host.endswith(".cdn.ampproject.org") else None
    if cached:
        return f"https://{cached[1]}?{query}" if query else f"https://{cached[1]}"
    path = _path(path)
    query = _query(query, path) if query else ""
    key = f"https://{host}{path}?{query}" if query else f"https://{host}{path}"
    if fragment and fragment.startswith("!") and len(fragment) > 1:
        key += "#" + _encode(fragment, _ODD_IN_ROUTE)
    return key


@lru_cache(maxsize=16384)
def _host(authority: str) -> str:
    """Give host and port as they stand in a key; "" where there is no host."""
    name, port = re.fullmatch(r"(.*?)(?::(\d*))?", authority.rpartition("@")[2], re.DOTALL).groups()  # type: ignore[union-attr]
    if name.startswith("["):
        name = _ipv6(name)
    elif ":" in name:
        return ""
    else:
        name = _ascii(unquote(name, errors="replace")).rstrip(".")
        while not (address := _ipv4(name)) and (aside := _ASIDE.match(name)):
            name = name[aside.end() :]
        name = address or name
    port = (port or "").lstrip("0")
    return name if not name or port in {"", "80", "443"} else f"{name}:{port}"


def host_of(url: str) -> str:
    """Give an address's host as requests are paced by it; the address itself where it names none."""
    try:
        name = urlsplit(url).hostname
    except ValueError:
        name = None
    return _ascii(name) if name else url


def _ipv6(name: str) -> str:
    try:
        return f"[{IPv6Address(name.strip('[]')).compressed}]"
    except AddressValueError:
        return name.lower()


def _ipv4(name: str) -> str:
    """Give an IPv4 address, however its numbers are written, as four decimals (WHATWG URL, 3.5); "": it is none."""
    parts = name.split(".")
    if len(parts) > _LONGEST_IPV4 or not all(map(_NUMBER.fullmatch, parts)):
        return ""
    *numbers, last = map(_number, parts)
    if last >= 256 ** (_LONGEST_IPV4 - len(numbers)) or any(number > 255 for number in numbers):
        return ""
    value = last + sum(number << (8 * (3 - place)) for place, number in enumerate(numbers))
    return str(IPv4Address(value))


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") else int(part)


def _ascii(name: str) -> str:
    if name.isascii() and "xn--" not in name:
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return _encode(name.lower(), _ODD_IN_PATH)


def _path(path: str) -> str:
    path = _encode(path.replace("\\", "/"), _ODD_IN_PATH)
    path = _PATH_SESSION.sub("", _dots(path))
    path = _AMP_NAME.sub("", path)
    while (bare := _DRESS.sub("", path.rstrip("/"))) != path:
        path = bare
    return path or "/"


def _dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4) and join doubled slashes."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return "/" + "/".join(kept)


def _query(query: str, path: str) -> str:
    """Keep the parameters that may say which article it is, in order of name."""
    kept = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not part or _idle(name.lower(), value, path):
            continue
        kept.append((_plain(name), equals, _plain(value)))
    if len(kept) > 1:
        kept.sort(key=lambda parameter: parameter[0])  # stable: repeated names keep their order
    return "&".join([name + equals + value for name, equals, value in kept])


def without_trackers(url: str) -> str:
    """Give the address without the parameters that only count readers; all else byte for byte. Idempotent.

    An address without them comes back as it is. Parameters that may choose what is shown (sessions, print, AMP) stay:
    this is an address to open, not a key.
    """
    if "?" not in url and "#" not in url:
        return url
    front, hash_, fragment = url.partition("#")
    path, _, query = front.partition("?")
    if "=" in fragment and all(map(_counts_readers, fragment.split("&"))):
        hash_ = fragment = ""
    elif not any(map(_counts_readers, query.split("&"))):
        return url
    kept = "&".join(part for part in query.split("&") if not _counts_readers(part))
    return (f"{path}?{kept}" if kept else path) + hash_ + fragment


def _counts_readers(part: str) -> bool:
    return _is_tracker(unquote(part.partition("=")[0]).lower())


def _is_tracker(name: str) -> bool:
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)


def _idle(name: str, value: str, path: str) -> bool:
    """Say whether a parameter has no say in which article it is."""
    if _is_tracker(name) or name in SESSIONS:
        return True
    if name in VARIANTS:
        return value.lower() in VARIANTS[name]
    if name in {"sid", "s"}:
        return _SESSION_VALUE.fullmatch(value) is not None
    return name == "m" and value in {"0", "1"} and _BLOGGER.search(path) is not None


def _plain(text: str) -> str:
    return text if text.isascii() and text.isalnum() else _encode(text.replace("+", "%20"), _ODD_IN_QUERY)


def _encode(text: str, odd: re.Pattern[str]) -> str:
    """Percent-encode what must be, decode what need not be, and write escapes in capitals."""
    return odd.sub(_respell, text)


def _respell(found: re.Match[str]) -> str:
    escapes, octet, char = found.groups()
    if escapes:
        return escapes.upper()
    if octet:
        decoded = chr(int(octet, 16))
        return decoded if decoded in _UNRESERVED else f"%{octet.upper()}"
    return "".join([f"%{byte:02X}" for byte in char.encode()])


def canonical_ok(url: str, canonical: str) -> bool:
    """Say whether a page's own word for its address (rel=canonical, og:url) may be believed; from the two alone.

    Refused: what is no http address; a front page, an error, login or search page; a page above the article's own
    (its section); one that lost the parameter which says which article it is; one that names no article where the
    page's address does; and another site's address, for a wire's customer who names the wire is a publisher of his
    own, except where name, path and parameters are the same (bbc.co.uk and bbc.com).
    """
    here, there = _parts(url_key(url)), _parts(url_key(canonical))
    if here is None or there is None:
        return False
    if here == there:
        return True
    (host, path, query), (other_host, other_path, other_query) = here, there
    if _FRONT.fullmatch(other_path) and not other_query:
        return False
    if _site(host) != _site(other_host):
        return (_name(host), path, query) == (_name(other_host), other_path, other_query) and _names_article(
            path, query
        )
    if not other_query and (_above(other_path, path) or (other_path == path and not _names_article(path, ""))):
        return False
    return _names_article(other_path, other_query) or not _names_article(path, query)


def item_key(url: str, name: str) -> str:
    """Give the key of an item whose address is not its own; `name` is what tells it from the others."""
    return f"{url_key(url)}#!item={blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"


def is_front(key: str) -> bool:
    """Say whether a URL key is a site's front page, which names no article."""
    parts = _parts(key) if key.endswith("/") else None
    return parts is not None and parts[1] == "/" and not parts[2]


def _parts(key: str) -> tuple[str, str, str] | None:
    found = re.fullmatch(r"https://([^/?#]+)(/[^?#]*)(?:\?([^#]*))?(#.*)?", key)
    return (found[1], found[2] + (found[4] or ""), found[3] or "") if found else None


def _site(host: str) -> str:
    """Give the part of a host name that one owner registers, near enough without the public suffix list."""
    labels = host.split(".")
    if len(labels) < 3 or labels[-1].partition(":")[0].isdigit():
        return host
    return ".".join(labels[-3:] if labels[-2] in _SECOND_LEVEL else labels[-2:])


def _name(host: str) -> str:
    return _site(host).partition(".")[0] if host[-1].isalpha() else host


def _above(upper: str, lower: str) -> bool:
    """Say whether one path is a folder of the other, further pages of one article excepted."""
    rest = lower.removeprefix(upper)
    return rest.startswith("/") and rest != lower and not _PART_OF_ARTICLE.fullmatch(rest)


def _names_article(path: str, query: str) -> bool:
    """Say whether an address looks like one article's: a number, a slug of several words, or a parameter."""
    last = path.rpartition("/")[2]
    return bool(query) or bool(re.search(r"\d{3}", last)) or len(re.findall(r"[-_]", last)) >= 2 or len(last) >= 24
