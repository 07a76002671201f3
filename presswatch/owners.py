"""Which source is meant: by its name, or by an address of its site."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from crawler.home import home_of
from news.errors import ConfigError
from news.source import Source
from presswatch.yamlfile import did_you_mean


def named(name: str, known: Mapping[str, Source], *, none: str = "`presswatch sources add ADDRESS` adds one") -> Source:
    """Give a source by its name; raises ConfigError, with `none` for a hint where there are no sources at all."""
    if name not in known:
        raise ConfigError(f"there is no source named {name!r}", hint=did_you_mean(name, known) if known else none)
    return known[name]


class Owners:
    """Whose an article is: the one source's that was named, else the one's that has its site."""

    def __init__(self, sources: Sequence[Source], all_of_it: Source | None = None) -> None:
        self.all_of_it = all_of_it
        self._at: dict[str, list[Source]] = {}
        for source in sources:
            self._at.setdefault(_site(source.url), []).append(source)

    def of(self, url: str) -> Source | None:
        """The source of an address; where a site has several, the one whose own address is most like it."""
        if self.all_of_it is not None:
            return self.all_of_it
        host = _site(url)
        while "." in host and host not in self._at:
            host = host.partition(".")[2]  # a part of the site may have a host under it
        return max(self._at.get(host, []), key=lambda source: _shared(source.url, url), default=None)


def _site(url: str) -> str:
    return urlsplit(home_of(url)).netloc


def _shared(one: str, other: str) -> int:
    """How many folders two addresses begin with in common."""
    count = 0
    for left, right in zip(_folders(one), _folders(other), strict=False):
        if left != right:
            break
        count += 1
    return count


def _folders(url: str) -> list[str]:
    return urlsplit(url).path.strip("/").split("/")
