"""What a site puts around its articles does not count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.boilerplate import cut, find_boilerplate, is_due, learn
from storage.database import Database
from storage.fingerprint import shingles, take_apart
from tests.storage.arrivals import Text, arrive_on_site
from tests.storage.test_stories import COMMISSION, HARVEST

_AROUND = (
    "Sign up here for our letter and read every morning what the day brings to the city and its people. Most read "
    "today are the crossword, the recipes for rainy evenings and the map of the weather in the mountains. Our desk is "
    "open from eight until six and answers every letter that carries a name and an address that we can read."
)
AROUND = _AROUND.split()


def own_words(number: int) -> list[str]:
    return [f"w{number}x{place}" for place in range(30)]


def test_passage_on_four_pages_of_a_site_is_the_sites() -> None:
    pages = [(str(number), [*own_words(number), *AROUND]) for number in range(4)]
    assert shingles(AROUND) == set(learn(pages))
    assert learn(pages[:3]) == []


def test_passage_on_many_pages_of_one_story_is_news() -> None:
    assert learn([("one", [*own_words(number), *AROUND]) for number in range(9)]) == []


def test_cutting_leaves_what_is_the_articles_own() -> None:
    page = take_apart([*own_words(1), *AROUND, *own_words(2)])
    assert cut(page.tokens, page.runs, shingles(AROUND)) == [*own_words(1), *own_words(2)]
    assert cut(page.tokens, page.runs, frozenset()) is page.tokens


@given(st.lists(st.integers(1, 9), max_size=60))
def test_lessons_come_at_the_same_numbers_however_pages_are_batched(batches: list[int]) -> None:
    total, lessons = 0, 0
    for count in batches:
        lessons += is_due(total, total + count)
        total += count
    single = sum(is_due(number, number + 1) for number in range(total))
    assert lessons <= single
    assert bool(lessons) == bool(single)


def test_copies_between_heavy_pages_are_found_and_strangers_are_not(database: Database) -> None:
    def page(site: str, title: str, text: str) -> Text:
        return Text(source=site, title=title, text=f"{' '.join(AROUND)} {text}")

    fillers = [page("heavy", f"N{number} piece", " ".join(own_words(number))) for number in range(6)]
    with database.write() as connection:
        arrive_on_site(connection, fillers)
        heavy, other, stranger = arrive_on_site(
            connection,
            [
                page("heavy", "Ministers sign", COMMISSION[:330]),
                Text(source="plain", title="Arms deal", text=COMMISSION[:330]),
                page("heavy", "Apples", HARVEST[:250]),
            ],
        )
        (known,) = find_boilerplate(connection, {1}).values()
    assert len(known) >= len(shingles(AROUND))
    assert heavy == other != stranger


@pytest.mark.parametrize("count", [1, 3])
def test_young_site_has_taught_nothing_yet(database: Database, count: int) -> None:
    with database.write() as connection:
        arrive_on_site(connection, [Text(source="new", text=f"{number} {COMMISSION}") for number in range(count)])
        assert find_boilerplate(connection, {1}) == {1: frozenset()}


def test_pages_that_share_only_what_their_site_puts_around_them_are_apart(database: Database) -> None:
    def pages(numbers: range, own: int) -> list[Text]:
        around = " ".join(AROUND)
        written = [(number, " ".join(own_words(number)[:own])) for number in numbers]
        return [Text(source="heavy", title=f"N{number} piece", text=f"{around} {text}") for number, text in written]

    with database.write() as connection:
        arrive_on_site(connection, pages(range(6), 30))
        found = arrive_on_site(connection, pages(range(6, 9), 20))
    assert len(set(found)) == 3
