"""A pace: what one process knows of how a host may be asked, told to the next."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a host may be asked next."""

    host: str
    next_at: datetime  # no request before this
    rests_until: datetime  # the host asked to be left alone until then; in the past: it did not
    delay: float = 0.0  # seconds between two requests that its robots.txt asks for; 0: none
    factor: float = 1.0  # by which the delay is multiplied, for the host refused requests
    latency: float = 0.0  # seconds that an answer takes
    holds_until: datetime  # after this it says nothing any more
