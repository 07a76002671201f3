"""A topic tried on stored articles: what it would have told and nearly told, story by story, and versions compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from news.article import Stored
from news.topic import Match
from topics.explain import Explanation
from topics.matcher import Matcher

_NEAR_POINTS = 1.0  # points short of the threshold that still count as nearly told


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that a topic would have told of, by the first of its articles that matched."""

    story_id: int
    first: Stored
    match: Match
    articles: int  # of the story, that matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What a topic would have told of an archive."""

    topic: str
    version: str
    seen: int  # articles looked at
    matched: int  # articles that matched
    stories: Mapping[int, Told] = field(default_factory=dict)  # by story, in order of telling

    @property
    def share(self) -> float:
        """The share of articles that matched; a rule that hits a tenth of the archive says little."""
        return self.matched / self.seen if self.seen else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a new version would tell that the old did not, and the other way round."""

    gained: tuple[Told, ...]
    lost: tuple[Told, ...]
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A story that a topic did not tell of, for want of one clause or a point."""

    story_id: int
    article: Stored
    explanation: Explanation


def backtest(matcher: Matcher, topic: str, archive: Iterable[Stored]) -> Backtest:
    """Match stored articles, oldest first, with the matcher that alerts live; one telling a story."""
    stories: dict[int, Told] = {}
    seen = matched = 0
    version = ""
    for stored in archive:
        seen += 1
        match = _match(matcher, topic, stored)
        if match is None:
            continue
        matched, version = matched + 1, match.version
        before = stories.get(stored.story_id)
        first, made = (before.first, before.match) if before else (stored, match)
        count = before.articles + 1 if before else 1
        stories[stored.story_id] = Told(story_id=stored.story_id, first=first, match=made, articles=count)
    return Backtest(topic=topic, version=version, seen=seen, matched=matched, stories=stories)


def _match(matcher: Matcher, topic: str, stored: Stored) -> Match | None:
    return next((match for match in matcher.match(matcher.read(stored.article)) if match.topic == topic), None)


def difference(old: Backtest, new: Backtest) -> Difference:
    """Compare what two versions of a topic would have told of the same archive."""
    return Difference(
        gained=tuple(told for story, told in new.stories.items() if story not in old.stories),
        lost=tuple(told for story, told in old.stories.items() if story not in new.stories),
        same=len(old.stories.keys() & new.stories.keys()),
    )


def near_misses(matcher: Matcher, topic: str, archive: Iterable[Stored]) -> list[NearMiss]:
    """Find stories of which no article matched and one failed by a single clause or a point; the nearest of each."""
    told: set[int] = set()
    nearest: dict[int, NearMiss] = {}
    for stored in archive:
        explanation = matcher.explain(topic, matcher.read(stored.article))
        if explanation.met:
            told.add(stored.story_id)
        elif len(explanation.lacking) <= 1 and explanation.gap <= _NEAR_POINTS:
            miss = NearMiss(story_id=stored.story_id, article=stored, explanation=explanation)
            nearest[stored.story_id] = min(nearest.get(stored.story_id, miss), miss, key=_distance)
    return [miss for story, miss in nearest.items() if story not in told]


def _distance(miss: NearMiss) -> tuple[int, float]:
    return len(miss.explanation.lacking), miss.explanation.gap
