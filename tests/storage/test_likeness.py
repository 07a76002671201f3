"""Whether two texts are copies, and why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.walls import is_wall
from storage.likeness import Reading, akin, compare, read, same_frame, same_title
from tests.storage.test_stories import COMMISSION, HARVEST
from topics.tokens import words

BULLETIN = (
    "Rain reaches {town} at {hour} and brings {litres} litres. The wind turns to the {wind} at {speed} knots. Boats "
    "in {town} should stay in harbour until {other} has given the all clear, and drivers should keep their lights on."
)
MONDAY = BULLETIN.format(town="Hallen", hour=7, litres=12, wind="West", speed=31, other="Marvik")
TUESDAY = BULLETIN.format(town="Dovra", hour=9, litres=40, wind="East", speed=18, other="Karsu")
CONSENT = (
    "We value your privacy. With your consent we and our partners use cookies for personalised advertising. "
    "Subscribers read without. Allow scripts in your browser and continue."
)
ROBOT_CHECK = (
    "Please verify that you are a human. We have seen unusual traffic from your network. Turn on JavaScript and reload "
    "the page. If this is wrong, write to the owner of the site and name the number below."
)


def reading(text: str, *, title: str = "", source: str = "a") -> Reading:
    return read(source, words(f"{title} {text}"), title=title, text=text)


def every_nth_word_changed(text: str, step: int) -> str:
    return " ".join("plainly" if place % step == 0 else word for place, word in enumerate(text.split()))


COPIES = {
    "word for word": (COMMISSION, COMMISSION),
    "one word in eight changed": (COMMISSION, every_nth_word_changed(COMMISSION, 8)),
    "cut to the first half": (COMMISSION, COMMISSION[: len(COMMISSION) // 2]),
    "embedded in a longer text": (COMMISSION, f"{HARVEST} {COMMISSION} {HARVEST[::-1]}"),
    "one word in five changed, and cut": (COMMISSION, every_nth_word_changed(" ".join(COMMISSION.split()[:60]), 5)),
    "names spelt another way": (COMMISSION, COMMISSION.replace("Monday", "Mondays").replace("Officials", "Officers")),
}
NO_COPIES = {
    "another event": (COMMISSION, HARVEST, "little in common"),
    "a background paragraph": (COMMISSION, COMMISSION[: len(COMMISSION) // 3] + HARVEST, "shares passages only"),
    "the next bulletin": (MONDAY, TUESDAY, "one frame, other names and figures"),
    "most of a text, around other news": (
        COMMISSION,
        " ".join([*COMMISSION.split()[:56], *HARVEST.split()[:33]]),
        "shares passages only",
    ),
    "every third word changed": (COMMISSION, every_nth_word_changed(COMMISSION, 3), "shares passages only"),
    "a wall": (CONSENT, CONSENT, "a wall before a page"),
    "most of a text, under a longer report's own lead": (
        COMMISSION,
        " ".join([*HARVEST.split(), *COMMISSION.split()[: len(COMMISSION.split()) * 2 // 3], *HARVEST.split()[::-1]]),
        "shares passages only",
    ),
    "a robot check": (ROBOT_CHECK, ROBOT_CHECK, "a wall before a page"),
    "a quotation": (COMMISSION, " ".join(COMMISSION.split()[:10]), "little in common"),
}


@pytest.mark.parametrize(("one", "other"), COPIES.values(), ids=COPIES.keys())
def test_copy_is_a_copy(one: str, other: str) -> None:
    assert compare(reading(one), reading(other, source="b")).copy


@pytest.mark.parametrize(("one", "other", "reason"), NO_COPIES.values(), ids=NO_COPIES.keys())
def test_what_only_looks_like_a_copy_is_refused_with_a_reason(one: str, other: str, reason: str) -> None:
    likeness = compare(reading(one), reading(other, source="b"))
    assert (likeness.copy, likeness.reason) == (False, reason)


@pytest.mark.parametrize(("title", "copy"), [("Ministers sign at last", True), ("Cold stores are full", False)])
def test_one_site_repeats_a_text_only_under_a_title_that_the_text_knows(title: str, *, copy: bool) -> None:
    first = reading(COMMISSION, title="Ministers sign protocol")
    assert compare(first, reading(COMMISSION, title=title)).copy == copy
    assert compare(first, reading(COMMISSION, title=title, source="b")).copy


@given(st.lists(st.sampled_from(COMMISSION.split() + HARVEST.split()), max_size=80), st.integers(0, 60))
def test_verdict_does_not_depend_on_who_is_asked(tokens: list[str], cut: int) -> None:
    one, other = reading(" ".join(tokens)), reading(" ".join(tokens[:cut]) + HARVEST, source="b")
    assert compare(one, other) == compare(other, one)
    assert akin(one, other) == akin(other, one)


@given(st.sampled_from([7, 8]), st.sampled_from([12, 14]), st.sampled_from([31, 33]))
def test_two_figures_are_an_update_and_three_are_another_bulletin(hour: int, litres: int, speed: int) -> None:
    again = BULLETIN.format(town="Hallen", hour=hour, litres=litres, wind="West", speed=speed, other="Marvik")
    changed = (hour != 7) + (litres != 12) + (speed != 31)
    assert same_frame(MONDAY, again) == (changed == 3)


def test_edits_of_every_kind_make_no_frame() -> None:
    assert not same_frame(COMMISSION, every_nth_word_changed(COMMISSION, 7))


def test_news_about_cookies_is_no_wall() -> None:
    assert is_wall(words(CONSENT))
    assert not is_wall(words(f"{COMMISSION} The commission's web page uses cookies and asks for consent."))
    assert not is_wall(words(f"{CONSENT} {COMMISSION} {HARVEST}"))


def test_the_beginning_and_the_end_of_one_text_are_akin_under_one_title() -> None:
    lines = COMMISSION.split()
    start, mostly_end = " ".join(lines[:40]), " ".join([*lines[:14], *lines[40:]])
    title = "Two governments set up a joint commission"
    assert not akin(reading(start), reading(mostly_end, source="b"))
    assert akin(reading(start, title=title), reading(mostly_end, title=title, source="b"))
    assert not akin(reading(start, title=title), reading(HARVEST, title=title, source="b"))


def test_one_site_s_bulletins_under_one_title_are_held_to_more_than_two_sites_copies() -> None:
    text = " ".join([*COMMISSION.split()[:38], *HARVEST.split()])
    title = "Two governments set up a joint commission"
    assert not same_title(reading(COMMISSION, title=title), reading(text, title=title))
    assert same_title(reading(COMMISSION, title=title), reading(text, title=title, source="b"))
