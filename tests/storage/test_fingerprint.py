"""Shingles, sketches and body hashes."""

import subprocess
import sys
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fingerprint import (
    MAX_SKETCH_SIZE,
    MIN_SHINGLES,
    MIN_TWIN_WORDS,
    SKETCH_VERSION,
    body_hash,
    containment,
    shingles,
    sketch,
)

token_lists = st.lists(st.text("abcçəшع", min_size=1, max_size=4), max_size=120)
hash_sets = st.sets(st.integers(0, 40), max_size=30)
THIRTY = [f"word{number}" for number in range(30)]


def test_kept_figures_have_not_moved() -> None:
    """What databases hold must still be found: if this fails, raise SKETCH_VERSION and write the new figures here."""
    assert SKETCH_VERSION == 2
    assert sketch(shingles(THIRTY))[:2] == (562133222095038147, 626385107714141041)
    assert body_hash(THIRTY) == "e8ee3e4ac3432ed0f9ff7cfda11efa5a"


@given(token_lists)
def test_shingle_is_the_hash_of_its_five_words_and_nothing_else(tokens: list[str]) -> None:
    def direct(run: list[str]) -> int:
        value = 0
        for word in run:
            value = value * 0x1B873593CC9E2D51 + crc32(word.encode())
        return value & ((1 << 63) - 1)

    assert shingles(tokens) == {direct(tokens[start : start + 5]) for start in range(len(tokens) - 4)}


def test_hashes_are_the_same_in_another_process() -> None:
    program = "from storage.fingerprint import *; print(sorted(shingles([f'word{n}' for n in range(30)])))"
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == str(sorted(shingles(THIRTY)))


@given(token_lists)
def test_sketch_holds_the_smallest_hashes_and_fits_a_bigint(tokens: list[str]) -> None:
    hashes = shingles(tokens)
    found = sketch(hashes)
    assert list(found) == sorted(hashes)[: len(found)]
    assert bool(found) == (len(hashes) >= MIN_SHINGLES)
    assert len(found) <= MAX_SKETCH_SIZE
    assert all(0 <= value < 2**63 for value in found)


@pytest.mark.parametrize(("words", "kept"), [(18, False), (19, True)], ids=["fourteen shingles", "fifteen"])
def test_too_short_text_has_no_sketch(words: int, *, kept: bool) -> None:
    assert bool(sketch(shingles(THIRTY[:words]))) == kept


@pytest.mark.parametrize(("words", "size"), [(19, 12), (64, 20), (100, 32), (400, 33), (1000, 83), (9000, 128)])
def test_sketch_grows_with_the_text(words: int, size: int) -> None:
    assert len(sketch(shingles([f"word{number}" for number in range(words)]))) == size


@given(st.integers(0, 2**32))
def test_shared_sketch_hashes_measure_containment(seed: int) -> None:
    text = [f"{seed}-{number}" for number in range(600)]
    third, whole = sketch(shingles(text[:200])), sketch(shingles(text))
    assert len(set(third) & set(whole)) >= 3  # about 11 expected; below 3 once in ten thousand


@given(hash_sets, hash_sets)
def test_likeness_is_symmetric_and_between_nought_and_one(one: set[int], other: set[int]) -> None:
    assert containment(one, other) == containment(other, one)
    assert 0 <= containment(one, other) <= 1
    if one:
        assert containment(one, one) == 1


@given(token_lists, token_lists)
def test_body_hashes_are_equal_where_the_words_are(one: list[str], other: list[str]) -> None:
    assert (body_hash(one) == body_hash(other)) == (one == other or max(len(one), len(other)) < MIN_TWIN_WORDS)
