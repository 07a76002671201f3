"""Stories as an editor works with them: listed, told whole, split and merged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from news.article import Stored
from news.errors import ConfigError
from news.story import Joined, Story
from storage.database import Database, hold_pen
from storage.likeness import longest_shared
from storage.related import Related, find_related
from storage.repair import explain_story, find_story, latest_stories, merge, split
from storage.revisions import count_revisions
from storage.syndication import Syndication, syndication

_PASSAGE = 12  # words of a shared passage that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a story, and why it stands there."""

    stored: Stored
    joined: Joined
    why: str
    shared: str  # words that it shares with the article it was compared with; "": it was not, or that one expired
    revisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story with everything that is known of it."""

    story: Story
    syndication: Syndication
    members: Sequence[Member]
    related: Sequence[Related]


class Stories:
    """The stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, since: datetime, *, outlets: int = 1, limit: int = 20) -> list[Story]:
        """Give the stories that began or grew since a moment and ran in so many outlets, the youngest first."""
        with self._database.read() as connection:
            return latest_stories(connection, since, limit, outlets=outlets)

    def tell(self, number: int) -> Told:
        """Give a story with its articles and reasons, its outlets, and what is related. Raises ConfigError."""
        with self._database.read() as connection:
            story = find_story(connection, number)
            if story is None:
                raise ConfigError(f"there is no story {number}", hint="`presswatch stories list` names them")
            explained = explain_story(connection, number, texts=True)
            return Told(
                story=story,
                syndication=syndication(stored.article for stored, _ in explained),
                members=_members(connection, explained),
                related=find_related(connection, number),
            )

    def split(self, number: int, articles: Collection[int]) -> int:
        """Move articles out of a story into one of their own; gives its number. Raises StorageError."""
        with self._database.write() as connection:
            hold_pen(connection)
            return split(connection, number, articles)

    def merge(self, number: int, other: int) -> None:
        """Move every article of another story into a story. Raises StorageError."""
        with self._database.write() as connection:
            hold_pen(connection)
            merge(connection, number, other)


def _members(connection: Connection, explained: Sequence[tuple[Stored, Joined]]) -> list[Member]:
    texts = {stored.id: stored for stored, _ in explained}
    changed = count_revisions(connection, list(texts))
    return [
        Member(
            stored=stored,
            joined=joined,
            why=_why(joined),
            shared=_shared(stored, texts.get(joined.with_article)) if joined.layer == "near" else "",
            revisions=changed.get(stored.id, 0),
        )
        for stored, joined in explained
    ]


def _why(joined: Joined) -> str:
    """Say in words why an article stands in its story."""
    if joined.layer == "body":
        return f"word for word article {joined.with_article}"
    if joined.layer == "near":
        return f"{joined.figure:.0%} of the shorter text's word pairs stand in article {joined.with_article} too"
    return {"first": "began the story", "hand": "put here by hand"}.get(joined.layer, joined.layer)


def _shared(stored: Stored, other: Stored | None) -> str:
    if other is None:
        return ""
    one, two = ((each.article.text or each.article.summary).split() for each in (stored, other))
    return " ".join(longest_shared(one, two)[:_PASSAGE])
