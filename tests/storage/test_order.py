"""The order of arrival: what it may change, and what it never does."""

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.article import Article
from storage.score import labelled as page
from storage.score import place_pages
from tests.storage.arrivals import DAY_ONE
from tests.storage.test_likeness import every_nth_word_changed
from tests.storage.test_stories import COMMISSION, HARVEST
from topics.tokens import words

ROUNDUP = (
    "Elsewhere the ferry to the islands was late again, the museum opened its new wing without a minister, and two "
    "bakers argued about the name of a loaf until a judge bought it."
)
TEXTS = {
    "wire": COMMISSION,
    "copy": COMMISSION,
    "edited": every_nth_word_changed(COMMISSION, 9),
    "edited more": every_nth_word_changed(COMMISSION, 6),
    "cut": " ".join(COMMISSION.split()[:50]),
    "in a round-up": f"{ROUNDUP} {COMMISSION}",
    "follow-up": f"{HARVEST} {' '.join(COMMISSION.split()[:30])}",
    "stranger": f"{ROUNDUP} The weather stays as it was, and nobody complains.",
}
COPIES = frozenset({"wire", "copy", "edited", "edited more", "cut", "in a round-up"})


def groups(order: list[str]) -> set[frozenset[str]]:
    pages = []
    for name in order:
        article = Article(
            url=f"https://x.example/{name}", title="", text=TEXTS[name], source=name, first_seen_at=DAY_ONE
        )
        pages.append(page(name, article, words(TEXTS[name]), story=""))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for each in place_pages(pages):
        found[each.story].add(each.page.id)
    return {frozenset(members) for members in found.values()}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(sorted(TEXTS)))
def test_copies_of_one_text_are_one_story_in_whatever_order_they_come(order: list[str]) -> None:
    named = groups([name for name in order if name != "in a round-up"])
    assert named == {COPIES - {"in a round-up"}, frozenset({"follow-up"}), frozenset({"stranger"})}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(sorted(TEXTS)))
def test_round_up_joins_one_of_its_parts_and_brings_no_strangers_together(order: list[str]) -> None:
    """Which part, and so which story, depends on what came first: the documented exception."""
    for members in groups(order):
        assert "follow-up" not in members or members == {"follow-up"}
        assert not (members & {"wire", "copy", "edited"} and "stranger" in members)
