"""What an operator knows of one source that its documents do not say: how to ask it, and where its pages keep what.

Plain data, handed in by name of source; it may hold secrets, so it prints none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from news.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """Where a site's article pages keep what: CSS selectors, or XPath where one begins with "/" or "("; "": as ever."""

    text: str = ""
    title: str = ""
    date: str = ""
    authors: str = ""
    without: str = ""  # elements to take away first

    @property
    def names(self) -> tuple[str, ...]:
        """Which of them are said."""
        return tuple(name for name in ("text", "title", "date", "authors", "without") if getattr(self, name))

    def __bool__(self) -> bool:
        return bool(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How one source is asked and read."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # go to the source's own origin alone
    seconds: float = 0.0  # for its conversations; 0: as everywhere
    proxy: str = field(default="", repr=False)  # asked through it; then the proxy dials, and the guard cannot
    picks: Picks = field(default_factory=Picks)


PLAIN_SITE = Site()
_PROBE = "<html><body><a/><article/><div/><h1/><p/><span/><time/></body></html>"


def path_of(selector: str) -> str:
    """Return a selector as XPath, "" for none; raises ConfigError."""
    from cssselect import GenericTranslator, SelectorError
    from lxml import etree

    if not selector:
        return ""
    try:
        path = selector if selector.startswith(("/", "(")) else GenericTranslator().css_to_xpath(selector, "//")
        etree.XPath(path)(etree.fromstring(_PROBE))  # a function's arguments are looked at when it is called
    except (SelectorError, etree.XPathError) as error:
        raise ConfigError(f"{selector!r} is no CSS selector and no XPath: {error}") from error
    return path
