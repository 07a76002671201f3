"""What becomes of a match, and why."""

from datetime import timedelta
from functools import partial

import pytest

from alerts.decide import Rules, decide
from news.alert import Decide, Decision, Verdict
from news.article import Article
from tests.alerts.factories import NOON, article, match, story

RULES = Rules(channels={"defence": ("desk", "hook")})
OLD = article(published_at=NOON - timedelta(hours=49))


def decided(of: Article | None = None, *, told: bool = False, backlog: bool = False, rules: Rules = RULES) -> Decision:
    asked: Decide = partial(decide, rules=rules)
    return asked(match(of), story(), of or article(), told=told, backlog=backlog)


def test_a_new_story_is_told_now_to_the_channels_of_its_topic() -> None:
    assert decided() == Decision(verdict=Verdict.NOW, reason="New story.", channels=("desk", "hook"))


def test_a_channel_named_twice_is_owed_once() -> None:
    assert decided(rules=Rules(channels={"defence": ("desk", "desk")})).channels == ("desk",)


def test_a_topic_without_channels_is_recorded_and_owed_to_nobody() -> None:
    decision = decided(rules=Rules())
    assert (decision.verdict, decision.channels) == (Verdict.NOW, ())
    assert "no channel" in decision.reason


def test_a_story_told_before_is_a_copy_whatever_else_holds() -> None:
    told = story(outlets=("A", "B", "C", "A"), articles=4)
    decision = decide(match(), told, OLD, told=True, backlog=True, rules=RULES)
    assert decision == Decision(verdict=Verdict.COPY, reason="This story was already told; it is now in 3 outlets.")


def test_another_article_of_the_same_outlet_makes_no_second_outlet() -> None:
    decision = decide(match(), story(articles=2), article(), told=True, backlog=False, rules=RULES)
    assert decision.reason == "This story was already told; it is still in one outlet."


def test_what_a_source_lists_at_its_first_look_is_held_with_the_way_to_be_told() -> None:
    decision = decided(backlog=True)
    assert (decision.verdict, decision.channels) == (Verdict.HELD, ())
    assert "Morning Herald" in decision.reason
    assert "alerts.backlog" in decision.reason


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (timedelta(hours=1), Verdict.NOW),
        (timedelta(hours=48), Verdict.NOW),
        (timedelta(hours=48, seconds=1), Verdict.HELD),
        (timedelta(days=-2), Verdict.NOW),
        (None, Verdict.NOW),
    ],
    ids=["fresh", "at the limit", "too old", "dated ahead", "without a date"],
)
def test_a_told_backlog_is_told_as_far_as_it_is_fresh(age: timedelta | None, verdict: Verdict) -> None:
    of = article(published_at=None if age is None else NOON - age)
    assert decided(of, backlog=True, rules=Rules(channels={"defence": ("desk",)}, tell_backlog=True)).verdict is verdict


def test_age_alone_holds_nothing_of_a_source_that_was_read_before() -> None:
    assert decided(OLD).verdict is Verdict.NOW


def test_the_reason_of_an_old_article_says_when_it_was_published() -> None:
    decision = decided(OLD, backlog=True, rules=Rules(tell_backlog=True))
    assert decision.reason == ("Published on 01 March 2025, more than 48 hours before Morning Herald was first read.")


def test_a_story_that_others_carried_before_says_so() -> None:
    decision = decide(match(), story(outlets=("A", "B")), article(), told=False, backlog=False, rules=RULES)
    assert decision.reason == "New for this topic; the story is now in 2 outlets."
