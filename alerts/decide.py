"""Decide what becomes of a match: tell now, hold with a reason, or count as a copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from news.alert import Decision, Verdict
from news.article import Article
from news.story import Story
from news.topic import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the operator wants told: each topic's channels, and what to do with the backlog of a first look."""

    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # topic name -> channels
    tell_backlog: bool = False  # True: alert on what a new source already lists, too
    filled: bool = False  # True: the backlog is what a back-fill brings
    fresh_for: timedelta = timedelta(hours=48)  # in a told backlog, what was published longer ago is held


def decide(match: Match, story: Story, article: Article, *, told: bool, backlog: bool, rules: Rules) -> Decision:
    """Say whether to tell of a match; the reason is a sentence for a reader.

    "Now" is the moment the article was first seen: the same article always gets the same answer. Age alone never
    holds an article of a source that we have read before, for publishers date their articles as they please.
    """
    if told:
        return Decision(verdict=Verdict.COPY, reason=f"This story was already told; it is {_in_outlets(story)}.")
    if backlog and not rules.tell_backlog:
        reason = _FILLED if rules.filled else _BACKLOG
        return Decision(verdict=Verdict.HELD, reason=reason.format(source=article.source or "its source"))
    if backlog and _is_old(article, rules.fresh_for):
        return Decision(verdict=Verdict.HELD, reason=_old(article, rules.fresh_for))
    channels = tuple(dict.fromkeys(rules.channels.get(match.topic, ())))
    if not channels:
        return Decision(verdict=Verdict.NOW, reason="New story; the topic has no channel, so nobody is told.")
    return Decision(verdict=Verdict.NOW, reason=_new(story), channels=channels)


_BACKLOG = "Already listed when {source} was read for the first time; set alerts.backlog to be told of such articles."

_FILLED = "Brought by a back-fill of {source}; `backfill --alert-backlog` tells of such articles."


def _is_old(article: Article, fresh_for: timedelta) -> bool:
    return article.published_at is not None and article.first_seen_at - article.published_at > fresh_for


def _old(article: Article, fresh_for: timedelta) -> str:
    published = f"{article.published_at:%d %B %Y}"
    hours = round(fresh_for.total_seconds() / 3600)
    return f"Published on {published}, more than {hours} hours before {article.source or 'its source'} was first read."


def _new(story: Story) -> str:
    return "New story." if len(story.outlets) < 2 else f"New for this topic; the story is {_in_outlets(story)}."


def _in_outlets(story: Story) -> str:
    count = len(set(story.outlets))
    return f"now in {count} outlets" if count > 1 else "still in one outlet"
