"""Settings: read once, from presswatch.yaml and the environment, and handed down as values.

This is the only module that reads the environment. `PRESSWATCH_FETCH__DELAY=2` overrides `fetch: {delay: 2}`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from functools import reduce
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from news.errors import ConfigError, Location
from news.reread import Which
from presswatch.complaints import complaint
from presswatch.yamlfile import Node, did_you_mean, load, parse

PREFIX = "PRESSWATCH_"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)", re.ASCII)
_GROUPS = {"channels", "fetch", "cadence", "smtp", "alerts", "retention", "log"}
_SECRETIVE = {"smtp", "channels"}  # groups whose lines are not shown in errors: one may hold a password
_UNITS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(value: object) -> timedelta:
    """Read "90", 90, "15m", "24h" or "7d" as a time span; a bare number is seconds."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(str(value).strip())
    if isinstance(value, bool) or found is None:
        raise ValueError(f"{value!r} is not a time span; write 30s, 15m, 24h or 7d")
    try:
        return timedelta(**{_UNITS[found[2]]: float(found[1])})
    except OverflowError as error:
        raise ValueError(f"{value!r} is too long a time span") from error


def _line(text: str) -> str:
    """A text that may stand in a header of HTTP or mail."""
    if not text.isprintable() or not text.isascii():
        raise ValueError("only printable ASCII characters can stand here: it is sent in a header")
    return text


def _address(text: str) -> str:
    name, at, host = text.rpartition("@")
    if not at or not name or not host or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is no e-mail address")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isprintable():
        raise ValueError("an http:// or https:// address is needed here")
    return text


Line = Annotated[str, AfterValidator(_line)]
Duration = Annotated[timedelta, BeforeValidator(duration)]


class Part(BaseModel):
    """A group of settings; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # each is built with the whole, or not


class Fetch(Part):
    """How documents are fetched."""

    delay: Duration = timedelta(seconds=5)  # between two requests to one host, give or take half
    per_host: int = Field(default=1, ge=1, le=64)
    concurrency: int = Field(default=16, ge=1, le=256)
    full_text: bool = True  # False: keep what feeds say, fetch no article pages
    allow_private_networks: bool = False
    feed_timeout: Duration = timedelta(seconds=20)
    page_timeout: Duration = timedelta(seconds=30)
    feed_max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)
    page_max_bytes: int = Field(default=5 * 1024 * 1024, ge=1024)
    max_items: int = Field(default=2000, ge=1)
    max_pages: int = Field(default=200, ge=1)  # of one source in one run; the rest follows in the next run
    reread: Which = Which.MATCHED  # whose pages are read again an hour and a day later, for corrections
    max_redirects: int = Field(default=5, ge=0, le=20)
    parse_timeout: Duration = timedelta(seconds=10)
    parse_memory: int = Field(default=1024**3, ge=128 * 1024 * 1024)
    user_agent: Line = ""  # "": presswatch/VERSION with the contact


class Cadence(Part):
    """How often a source is asked that names no interval of its own."""

    start: Duration = timedelta(minutes=15)
    shortest: Duration = timedelta(minutes=5)
    longest: Duration = timedelta(hours=24)
    timezone: str = "UTC"  # in which cron lines of sources name hours; an IANA name

    @property
    def zone(self) -> tzinfo:
        """The time zone; UTC needs no files of the system."""
        return UTC if self.timezone.upper() == "UTC" else ZoneInfo(self.timezone)

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            if name.upper() != "UTC":
                ZoneInfo(name)
        except (LookupError, ValueError, OSError) as error:  # OSError: the name of a folder
            raise ValueError(f"{name!r} is no time zone that this system knows; one is Europe/Berlin") from error
        return name


class Smtp(Part):
    """The mail server that takes our mail."""

    host: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    sender: str = "presswatch@localhost"
    timeout: Duration = timedelta(seconds=20)

    @property
    def is_here(self) -> bool:
        """True for a mail server on this very machine, which needs no permission to be in a private network."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> "Smtp":
        if self.username and self.tls == "none" and not self.is_here:
            raise ValueError("with tls: none the password would travel in clear; write tls: starttls or tls")
        return self


class EmailTarget(Part):
    """A channel that sends mail."""

    type: Literal["email"]
    to: list[Annotated[str, AfterValidator(_address)]] = Field(min_length=1)


class WebhookTarget(Part):
    """A channel that posts JSON."""

    type: Literal["webhook"]
    url: Annotated[str, AfterValidator(_web_address)] = Field(repr=False)  # often a secret in itself
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    timeout: Duration = timedelta(seconds=20)


Target = Annotated[EmailTarget | WebhookTarget, Field(discriminator="type")]


class Alerts(Part):
    """When and where alerts go."""

    allow_private_networks: bool = False
    backlog: bool = False  # True: also alert on what a new source already lists
    fresh_for: Duration = timedelta(hours=48)
    per_hour: int = Field(default=20, ge=0)  # messages to a channel; what is more goes into digests. 0: no limit
    operators: tuple[str, ...] = ()  # channels that are told when a source breaks, falls silent or recovers


class Retention(Part):
    """How long things are kept."""

    articles: Duration = timedelta(days=180)
    delivered: Duration = timedelta(days=30)
    dead: Duration = timedelta(days=90)


class Log(Part):
    """What the daemon writes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"  # auto: console on a terminal, else json


class Settings(Part):
    """Every setting, with its default."""

    database: str = Field(default="sqlite:///presswatch.db", repr=False)  # its address may hold a password
    contact: Line = ""  # an address or page in the user agent, so that a publisher can reach you
    fetch: Fetch = Fetch()
    cadence: Cadence = Cadence()
    smtp: Smtp = Smtp()
    channels: dict[str, Target] = Field(default_factory=dict)
    alerts: Alerts = Alerts()
    retention: Retention = Retention()
    log: Log = Log()
    tick: Duration = timedelta(seconds=15)
    lease: Duration = timedelta(seconds=60)
    drain: Duration = timedelta(seconds=25)
    min_free_bytes: int = Field(default=200_000_000, ge=0)

    @model_validator(mode="after")
    def _agree(self) -> "Settings":
        if self.cadence.shortest > self.cadence.longest:
            raise ValueError("cadence.shortest is longer than cadence.longest")
        if not timedelta(seconds=1) <= self.lease <= timedelta(hours=1):
            raise ValueError("lease is shorter than a second or longer than an hour")
        return self


def read_settings(path: Path, *, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read a settings file and the environment over it.

    Raises ConfigError with the place in the file, or the variable's name.
    """
    node = load(path)
    for name, group in node.fields(Settings.model_fields).items():
        if name in _GROUPS:
            group.fields()  # a mapping, or an error with its place
    said = _from_environment(environment)
    try:
        settings = Settings.model_validate(_over(node.plain(), said))
    except ValidationError as error:
        raise _located(error, node, said) from error
    return settings.model_copy(update={"database": _beside(settings.database, path.parent)})


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that variables speak of, nested; a misspelt variable is an error, as a misspelt key is."""
    known = {f"{PREFIX}CONFIG", *_variables(Settings, PREFIX)}
    nested: dict[str, Any] = {}
    for name, text in environment.items():
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper == f"{PREFIX}CONFIG":
            continue
        if upper not in known and not upper.startswith(f"{PREFIX}CHANNELS__"):
            raise ConfigError(f"environment: unknown setting {name}", hint=did_you_mean(upper, known))
        path = _path(upper)
        if len(path) == 1 and path[0] in _GROUPS and not text.startswith("{"):
            raise ConfigError(f"environment: {name} is a group of settings", hint=f"write {name}__NAME=value for each")
        value = (
            _structure(text, name)
            if path[-1] in {"to", "operators", *_GROUPS} and text.startswith(("[", "{"))
            else text
        )
        nested = _over(nested, reduce(lambda inner, key: {key: inner}, reversed(path), value))
    return nested


def _structure(text: str, name: str) -> Any:
    """A list or mapping as YAML or JSON write it; what is wrong with it is not shown, it may hold a secret."""
    try:
        return parse(text, name).plain()
    except ConfigError as error:
        raise ConfigError(f"environment: {name} is neither a list nor a mapping as YAML writes them") from error


def _path(variable: str) -> list[str]:
    return variable.removeprefix(PREFIX).lower().split("__")


def _over(below: Any, above: Any) -> Any:
    """Two nested mappings as one; what `above` says wins."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {key: _over(below.get(key), value) for key, value in above.items()}


def find_config(option: str | None) -> Path:
    """The settings file to use: the option, `PRESSWATCH_CONFIG`, or the usual places below this folder.

    Raises ConfigError when there is none.
    """
    named = option or os.environ.get(f"{PREFIX}CONFIG")
    for place in [named] if named else ["config/presswatch.yaml", "presswatch.yaml"]:
        if Path(place).is_file():
            return Path(place)
    if named:
        raise ConfigError(f"there is no file {named}", hint="`presswatch init` writes a configuration to start from")
    raise ConfigError(
        "no configuration here: looked for config/presswatch.yaml and presswatch.yaml",
        hint="`presswatch init` writes one, or name yours with --config FILE",
    )


def secret(value: SecretStr, file: Path | None, base: Path) -> str:
    """A secret's text, from the setting itself or from its file.

    Raises ConfigError when the file cannot be read or others may read it.
    """
    if file is None:
        return value.get_secret_value()
    path = base / file
    try:
        if path.is_dir():  # said first: chmod 600 would lock it
            raise ConfigError(f"{path} is a folder, not a file that holds a secret")
        if path.exists() and not path.is_file():  # a pipe may be read once, and nobody may ever write to it
            raise ConfigError(f"{path} is no plain file that holds a secret", hint="write it to one, then chmod 600")
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} may be read by others", hint=f"chmod 600 {path}")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(f"cannot read the secret in {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"the secret in {path} is not text in UTF-8") from error


def variable(name: str, *, environment: Mapping[str, str] = os.environ) -> str:
    """A secret's text from the environment; raises ConfigError when nobody set it."""
    if not environment.get(name):
        raise ConfigError(f"the environment variable {name} is not set", hint=f"set {name} before presswatch starts")
    return environment[name].strip()


def _beside(database: str, folder: Path) -> str:
    """A relative SQLite path lies beside the configuration, wherever the command runs."""
    name = database.removeprefix("sqlite:///")
    if name == database or name.startswith(("/", ":memory:")) or not name:
        return database
    return f"sqlite:///{(folder / name).resolve()}"


def _variables(model: type[BaseModel], prefix: str) -> list[str]:
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(prefix + name.upper())
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            names += _variables(field.annotation, f"{prefix}{name.upper()}__")
    return names


def _located(error: ValidationError, node: Node, said: dict[str, Any]) -> ConfigError:
    """The first complaint, at its place in the file, or by its variable's name."""
    first = error.errors()[0]
    path = list(first["loc"])
    if path[:1] == ["channels"]:
        del path[2:3]  # pydantic puts the kind of channel behind its name
    message = complaint(first)
    if _holds(said, path) or (first["type"] == "missing" and _holds(said, path[:-1])):
        return ConfigError(f"environment: {PREFIX}{'__'.join(str(step).upper() for step in path)}: {message}")
    if first["type"] == "extra_forbidden":
        return _unknown_key(path, node)
    dotted = ".".join(map(str, path))
    return ConfigError(f"{dotted}: {message}" if dotted else message, at=_shown(node.find(path).at, path))


def _holds(said: Any, path: list[Any]) -> bool:
    """True when the environment speaks of this very setting."""
    for step in path:
        if not isinstance(said, dict) or step not in said:
            return False
        said = said[step]
    return bool(path)


def _unknown_key(path: list[Any], node: Node) -> ConfigError:
    parent: Any = Settings
    for step in path[:-1]:
        field = getattr(parent, "model_fields", {}).get(step)
        parent = field.annotation if field else None
    known = list(getattr(parent, "model_fields", {})) or ["type", "to", "url", "secret", "secret_file", "timeout"]
    at = node.find(path[:-1]).key_at(str(path[-1]))
    return ConfigError(f"unknown key {path[-1]!r}", at=_shown(at, path), hint=did_you_mean(str(path[-1]), known))


def _shown(at: Location, path: list[Any]) -> Location:
    """The place, with its line only where the line cannot hold a secret."""
    return replace(at, source_line="") if path and path[0] in _SECRETIVE else at
