"""Search: the index lets through too much, never too little; newest first, in pages that can be gone on from."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.prefilter import AllOf, AnyOf, Everything, Prefilter, Word
from storage.articles import Archive
from storage.database import Database
from tests.storage.press import NOW, lease_of, prepared, tell

_VOCABULARY = ["ab", "abc", "abd", "b", "bc", "ç", "дом", "домой"]
_words = st.builds(Word, st.sampled_from([*_VOCABULARY, "", "no such"]), prefix=st.booleans())
_prefilters = st.recursive(
    _words | st.just(Everything()),
    lambda parts: (
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


def _meets(prefilter: Prefilter, tokens: Sequence[str]) -> bool:
    if isinstance(prefilter, Word):
        if prefilter.text in ("", "no such"):
            return True  # not a token: the index cannot tell
        return any(
            token.startswith(prefilter.text) if prefilter.prefix else token == prefilter.text for token in tokens
        )
    if isinstance(prefilter, AllOf):
        return all(_meets(part, tokens) for part in prefilter.parts)
    if isinstance(prefilter, AnyOf):
        return any(_meets(part, tokens) for part in prefilter.parts)
    return True


@pytest.fixture
def shelf(database: Database) -> tuple[Archive, list[list[str]]]:
    archive = Archive(database)
    texts = [[word for place, word in enumerate(_VOCABULARY) if number >> place & 1] for number in range(1, 256, 5)]
    articles = [prepared(number, tokens=words or ["z"]) for number, words in enumerate(texts)]
    archive.keep(lease_of(database), articles[::-1], now=NOW, decide=tell)
    return archive, texts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefilter=_prefilters)
def test_index_finds_exactly_what_meets_the_prefilter(
    shelf: tuple[Archive, list[list[str]]], prefilter: Prefilter
) -> None:
    archive, texts = shelf
    expected = [number + 1 for number, tokens in enumerate(texts) if _meets(prefilter, tokens)]
    assert [stored.id for stored in archive.search(prefilter)] == expected[::-1]


def test_search_goes_on_where_it_stopped(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(number) for number in range(450)], now=NOW, decide=tell)
    everything = [stored.id for stored in archive.search(Everything())]
    assert everything == list(range(450, 0, -1))
    first = [stored.id for stored in archive.search(Word("item"), limit=210)]
    rest = [stored.id for stored in archive.search(Word("item"), before=first[-1])]
    assert first + rest == everything


def test_deeply_nested_prefilter_is_left_to_the_matcher(database: Database) -> None:
    archive = Archive(database)
    archive.keep(lease_of(database), [prepared(1)], now=NOW, decide=tell)
    deep: Prefilter = Word("item")
    for _ in range(300):
        deep = AnyOf((AllOf((deep, Word("item"))), Word("nothing")))
    assert [stored.id for stored in archive.search(deep)] == [1]


def test_thousands_of_words_make_one_search(database: Database) -> None:
    archive = Archive(database)
    archive.keep(lease_of(database), [prepared(1)], now=NOW, decide=tell)
    words = AnyOf((*(Word(f"name{number}", prefix=True) for number in range(3000)), Word("item")))
    assert len(list(archive.search(words))) == 1


def test_expired_article_is_no_longer_found(database: Database) -> None:
    archive = Archive(database)
    archive.keep(lease_of(database), [prepared(1), prepared(2)], now=NOW, decide=tell)
    archive.expire(now=NOW.replace(year=2028), keep=NOW - NOW)
    assert list(archive.search(Word("item"))) == []
    assert list(archive.search(Everything())) == []
