"""An article's page, read again a while after it was first seen: publishers correct without a word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AFTER = (timedelta(hours=1), timedelta(hours=24))  # since an article was first seen


class Which(StrEnum):
    """Whose pages are read again."""

    MATCHED = "matched"  # articles that met a topic
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What follows for an article whose page was asked for again."""

    article_id: int
    next_at: datetime | None = None  # None: it is not read any more
    note: str = ""  # to be added to what is noted of the article; "": nothing
