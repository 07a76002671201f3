"""Back-tests: one telling a story, what changed between versions, and what was nearly told."""

from news.article import Stored
from tests.topics.factories import LISTS, article, topic
from topics.backtest import backtest, difference, near_misses
from topics.matcher import Matcher, compile_topics

ARCHIVE = [
    Stored(id=number, article=article(title), story_id=story)
    for number, (story, title) in enumerate(
        [
            (1, "Ankara and Tbilisi sign a missile deal"),
            (1, "Missile deal of Ankara and Tbilisi: details"),
            (2, "Ankara signs a missile deal"),
            (3, "Weather in Tbilisi"),
            (4, "Drones: Ankara and Tbilisi"),
        ]
    )
]


def matcher(query: str, threshold: float = 0.0) -> Matcher:
    return compile_topics([topic(query, threshold=threshold)], LISTS)


def test_story_is_told_once_by_its_first_article() -> None:
    found = backtest(matcher("missile deal"), "topic", ARCHIVE)

    assert (found.seen, found.matched, found.share) == (5, 3, 0.6)
    assert [(told.story_id, told.first.id, told.articles) for told in found.stories.values()] == [(1, 0, 2), (2, 2, 1)]
    assert found.stories[1].match.places


def test_two_versions_differ_by_stories_gained_and_lost() -> None:
    old = backtest(matcher("missile deal"), "topic", ARCHIVE)
    new = backtest(matcher("@states>=2 (missile OR drones)"), "topic", ARCHIVE)

    changed = difference(old, new)

    assert [told.story_id for told in changed.gained] == [4]
    assert [told.story_id for told in changed.lost] == [2]
    assert changed.same == 1


def test_near_miss_lacks_one_clause() -> None:
    misses = near_misses(matcher("@states>=2 AND missile AND deal"), "topic", ARCHIVE)

    assert [(miss.story_id, miss.explanation.missing) for miss in misses] == [
        (2, "@states>=2 (1 of 2 needed: Türkiye)"),
    ]


def test_near_miss_lacks_a_point() -> None:
    misses = near_misses(matcher("@states>=2^2 OR missile^1 OR drones^1 OR deal^1", threshold=4), "topic", ARCHIVE)

    assert [(miss.story_id, miss.explanation.gap) for miss in misses] == [(4, 1.0)]
