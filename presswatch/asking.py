"""How one source is asked and read, as sources.yaml says it; secrets are looked up when the crawler is opened."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from crawler.sites import Picks, Site, path_of
from news.errors import ConfigError, Location
from presswatch.settings import PREFIX, duration, secret, variable
from presswatch.yamlfile import Node

KEYS = ("headers", "auth", "timeout", "proxy", "pick")
_PICKS = tuple(each.name for each in fields(Picks))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_SECRETIVE = re.compile(r"authorization|cookie|token|secret|passw|api-?key|key\b|\bauth\b", re.IGNORECASE)
_OURS = {"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"}
_OURS |= {"accept-encoding", "if-none-match", "if-modified-since", "if-range", "range", "a-im"}
_SPELT = {"user-agent": "User-Agent", "accept": "Accept"}  # those that stand instead of the crawler's own
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(minutes=10)
_PLACES = "{env: NAME} for a variable of the environment, or {file: PATH} for a file of mode 600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A text as it is written, or the place where it is kept."""

    at: Location = field(repr=False, compare=False)
    text: str = field(default="", repr=False)
    env: str = ""
    file: str = ""

    @property
    def is_plain(self) -> bool:
        """True where the text itself is written."""
        return not self.env and not self.file

    def look_up(self, folder: Path) -> str:
        """Return the text; raises ConfigError where it is not to be had."""
        if self.env:
            return variable(self.env)
        return secret(SecretStr(""), Path(self.file), folder) if self.file else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is written of one source beside its address; holds no secret, only where each is kept."""

    headers: Mapping[str, Value] = field(default_factory=dict)
    auth: tuple[Value, Value] | None = None  # user name and password; None: there is no log-in
    timeout: timedelta | None = None  # None: as everywhere
    proxy: Value | None = None  # None: asked directly
    picks: Picks = field(default_factory=Picks)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of the keys are written, for people and programs; never their values."""
        said = (self.headers, self.auth, self.timeout, self.proxy, self.picks)
        return tuple(key for key, value in zip(KEYS, said, strict=True) if value)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that hold its secrets."""
        values = (*self.headers.values(), *(self.auth or ()), *((self.proxy,) if self.proxy else ()))
        return tuple(value.file for value in values if value.file)

    def site(self, source: str, folder: Path) -> Site:
        """Look up what is kept elsewhere; raises ConfigError that names the source and the place."""
        headers = {
            name: _found(value, source, folder, f"headers.{name}", _field) for name, value in self.headers.items()
        }
        if self.auth:
            name = _found(self.auth[0], source, folder, "auth.username", _user)
            password = _found(self.auth[1], source, folder, "auth.password", _one_line)
            headers["Authorization"] = f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
        return Site(
            headers=headers,
            seconds=self.timeout.total_seconds() if self.timeout else 0.0,
            proxy=_found(self.proxy, source, folder, "proxy", _proxy_problem) if self.proxy else "",
            picks=self.picks,
        )


NOTHING = Asking()


def read_asking(parts: Mapping[str, Node]) -> Asking:
    """Read the keys of a source that say how it is asked; raises ConfigError with the place, and shows no secret."""
    if parts.keys().isdisjoint(KEYS):
        return NOTHING  # as most sources say
    headers = _headers(parts.get("headers"))
    auth = _auth(parts.get("auth"))
    if auth and any(name.lower() == "authorization" for name in headers):
        raise parts["auth"].error("both `auth` and an Authorization header", "leave one of them away")
    return Asking(
        headers=headers,
        auth=auth,
        timeout=_timeout(parts.get("timeout")),
        proxy=_proxy(parts.get("proxy")),
        picks=_picks(parts.get("pick")),
    )


def _found(value: Value, source: str, folder: Path, what: str, problem: Callable[[str], str]) -> str:
    """Look a value up, and refuse one that cannot be sent; it is not shown."""
    try:
        text = value.look_up(folder)
    except ConfigError as error:
        raise ConfigError(f"source {source!r}: {what}: {error.message}", at=value.at, hint=error.hint) from error
    wrong = "it is empty" if not text and not value.is_plain else problem(text)
    if wrong:
        raise ConfigError(f"source {source!r}: {what}: {wrong}", at=value.at)
    return text


def _headers(node: Node | None) -> dict[str, Value]:
    found: dict[str, Value] = {}
    taken: set[str] = set()
    for name, value in (node.fields() if node else {}).items():
        at = replace(node.key_at(name), source_line="") if node else value.at
        if problem := _name_problem(name) or ("given twice" if name.lower() in taken else ""):
            raise ConfigError(f"headers: {name!r}: {problem}", at=at)
        taken.add(name.lower())
        said = _value(value, f"headers.{name}", plain=not _SECRETIVE.search(name))
        if problem := _field(said.text):
            raise _unshown(value, f"headers.{name}: {problem}")
        found[_SPELT.get(name.lower(), name)] = said
    return found


def _name_problem(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        return "not the name of a header field: letters, digits and hyphens"
    if name.lower() == "proxy-authorization":
        return "it would reach the site as well; write the log-in into the proxy's address, `proxy: {env: NAME}`"
    return "presswatch says this itself" if name.lower() in _OURS else ""


def _field(text: str) -> str:
    """Why a text cannot be sent in a header field; "" when it can."""
    if not text.isascii() or not text.isprintable():
        return "only printable ASCII characters can be sent in a header, on one line"
    return ""


def _auth(node: Node | None) -> tuple[Value, Value] | None:
    if node is None:
        return None
    parts = node.fields(("username", "password"))
    if set(parts) != {"username", "password"}:
        raise _unshown(node, "auth needs a username and a password")
    name = _value(parts["username"], "auth.username", plain=True)
    if problem := _user(name.text):
        raise _unshown(node, f"auth.username: {problem}")
    return name, _value(parts["password"], "auth.password", plain=False)


def _user(text: str) -> str:
    return "a user name cannot hold a colon (RFC 7617)" if ":" in text else _one_line(text)


def _one_line(text: str) -> str:
    return "" if text.isprintable() else "it must be one line without control characters"


def _timeout(node: Node | None) -> timedelta | None:
    if node is None:
        return None
    try:
        found = duration(node.text())
    except ValueError as error:
        raise node.error(f"timeout: {error}") from error
    if not _SHORTEST <= found <= _LONGEST:
        raise node.error("a timeout lies between 1 second and 10 minutes")
    return found


def _proxy(node: Node | None) -> Value | None:
    if node is None:
        return None
    value = _value(node, "proxy", plain=True)
    if value.is_plain and "@" in value.text:
        raise _unshown(node, "proxy: a log-in must not stand here", f"keep the whole address elsewhere: {_PLACES}")
    if value.is_plain and (problem := _proxy_problem(value.text)):
        raise _unshown(node, f"proxy: {problem}")
    return value


def _proxy_problem(text: str) -> str:
    """Why an address is no proxy's, without showing it; "" when it is one."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "not an address"
    if parts.scheme.startswith("socks"):
        return "SOCKS is not supported; an HTTP proxy is needed, http://host:port"
    if parts.scheme != "http" or not parts.hostname or port is None or not text.isprintable():
        return "write it as http://host:port"
    return "nothing can stand behind the port" if parts.path.strip("/") or parts.query or parts.fragment else ""


def _picks(node: Node | None) -> Picks:
    found = {}
    for key, selector in (node.fields(_PICKS) if node else {}).items():
        found[key] = selector.text().strip()
        if not found[key]:
            raise ConfigError(f"pick.{key}: nothing stands here", at=node.key_at(key) if node else None, hint=_QUOTED)
        try:
            path_of(found[key])
        except ConfigError as error:
            raise selector.error(f"pick.{key}: {error.message}", _SELECTORS) from error
    return Picks(**found)


_QUOTED = "a selector that begins with # must stand in quotes, or YAML takes it for a comment"
_SELECTORS = "a CSS selector such as div.story > p, or an XPath that begins with / or ("


def _value(node: Node, what: str, *, plain: bool) -> Value:
    """Read a text or where it is kept; a secret written in full is refused without being shown."""
    if node.is_mapping:
        return _kept(node, what)
    text = node.text()
    if not plain:
        raise _unshown(node, f"{what}: a secret must not stand in this file", f"write {_PLACES}")
    return Value(at=node.at, text=text)


def _kept(node: Node, what: str) -> Value:
    parts = {key: each.text() for key, each in node.fields(("env", "file")).items()}
    if len(parts) != 1 or not all(parts.values()):
        raise node.error(f"{what}: one place is needed here", f"write {_PLACES}")
    if parts.get("env", "").upper().startswith(PREFIX):
        raise node.error(f"{what}: variables whose name begins with {PREFIX} are settings", "give it another name")
    return Value(at=node.at, **parts)


def _unshown(node: Node, message: str, hint: str = "") -> ConfigError:
    """An error at a value whose line is not shown, for it may hold a secret."""
    return ConfigError(message, at=replace(node.at, source_line=""), hint=hint)
