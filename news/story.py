"""A story: articles that are copies of one another."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Copies counted; `outlets` are source names in order of arrival, the first reported first."""

    id: int
    title: str
    articles: int
    outlets: tuple[str, ...]
    langs: tuple[str, ...] = ()
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Why an article stands in its story."""

    layer: str  # "first", "body", "near", or "hand": split or merged by an operator
    figure: float = 1.0  # the share of the shorter text's word pairs that the other holds
    with_article: int = 0  # the stored article it was compared with; 0: none
