"""Two groupings compared by pairs: counted as if each pair had been looked at."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from storage.pairs import Pairs

THINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=14)


@given(THINGS)
def test_counts_are_those_of_pairs_looked_at_one_by_one(things: list[tuple[int, int, bool]]) -> None:
    pairs = Pairs([want for want, _, _ in things], [found for _, found, _ in things])
    marked = [mark for _, _, mark in things]
    every = list(combinations(range(len(things)), 2))
    wanted = {(one, other) for one, other in every if things[one][0] == things[other][0]}
    found = {(one, other) for one, other in every if things[one][1] == things[other][1]}
    some = {(one, other) for one, other in every if marked[one] or marked[other]}
    assert (pairs.wanted(), pairs.found(), pairs.right()) == (len(wanted), len(found), len(wanted & found))
    assert (pairs.wanted(marked), pairs.right(marked)) == (len(wanted & some), len(wanted & found & some))
    assert list(pairs.wrong()) == sorted(wanted ^ found)
    assert pairs.wrong_count() == len(wanted ^ found)
    lost = {end for pair in found - wanted for end in pair}
    assert pairs.astray() == [number in lost for number in range(len(things))]
