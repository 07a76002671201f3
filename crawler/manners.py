"""How a guest behaves, decided from what the host said: strain and robots.txt. Pure."""

from dataclasses import dataclass

from crawler.robotstxt import Rules
from news.errors import CrawlError
from news.fetch import Reason

_MOST_STRAIN = 32.0
_EASED = 0.5  # taken off the factor by each good answer
_RECENT = 0.25  # the last answer's share in the latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """How hard our requests are on a host, from its answers: what raises the delay between two of them."""

    factor: float = 1.0  # by which the delay is multiplied: doubled where the host refuses, let down bit by bit
    latency: float = 0.0  # seconds an answer takes, recent ones counting most

    def after(self, seconds: float, *, refused: bool) -> "Strain":
        """Return what an answer that took so long makes of it."""
        factor = min(self.factor * 2, _MOST_STRAIN) if refused else max(1.0, self.factor - _EASED)
        return Strain(factor=factor, latency=self.latency + _RECENT * (seconds - self.latency))

    def gap(self, delay: float, most: float) -> float:
        """Return the delay to keep: never under the host's own, and half of the time left to a slow host."""
        return max(delay, min(max(delay * self.factor, 2 * self.latency), most)) if delay else 0.0


ALLOW_ALL = Rules()
DISALLOW_ALL = Rules(otherwise=False, had=False)


def rules_without_file(error: CrawlError) -> Rules:
    """Decide what a robots.txt that could not be had means (RFC 9309 §2.3.1).

    Not there (4xx, too many redirects): everything is allowed. The host in trouble (5xx, 429, no answer): nothing is.
    """
    absent = error.reason in {Reason.HTTP_4XX, Reason.GONE, Reason.REDIRECTS}
    return ALLOW_ALL if absent else DISALLOW_ALL


def product(user_agent: str) -> str:
    """Return the name that robots.txt files address: the user agent's first word, without its version."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]
