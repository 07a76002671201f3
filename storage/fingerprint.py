"""Fingerprints of a text: shingles, the sketch that finds its near copies, the hash that finds its twins; pure.

Every figure here is kept in databases: a change of any constant or formula needs a new `SKETCH_VERSION`.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

SKETCH_VERSION = 1
SKETCH_SIZE = 32
MIN_SKETCH_SIZE = 12
SHINGLE_WORDS = 5
MIN_SHINGLES = 15  # a shorter text says too little to be compared
MIN_TWIN_WORDS = 12  # a shorter text may be the same by chance ("Live: the match minute by minute")

_MULTIPLIER = 0x1B873593CC9E2D51
_MASK = (1 << 63) - 1  # 63 bits: what a signed BIGINT holds
_LEAVING = pow(_MULTIPLIER, SHINGLE_WORDS, _MASK + 1)


def shingles(tokens: Sequence[str]) -> set[int]:
    """Hash every run of five words to 63 bits; the same in every process and Python version.

    A rolling polynomial over the CRC-32 of each word, modulo 2^63 (Karp and Rabin 1987): about 0.3 µs a word,
    a third of what a cryptographic hash a run would cost.
    """
    return set(shingle_list(tokens))


def shingle_list(tokens: Sequence[str]) -> list[int]:
    """Give the hash of every run of five words, in order."""
    words = _word_hashes(tokens)
    if len(words) < SHINGLE_WORDS:
        return []
    value = 0
    for word in words[: SHINGLE_WORDS - 1]:
        value = value * _MULTIPLIER + word
    return [
        value := (value * _MULTIPLIER + word - leaving * _LEAVING) & _MASK
        for leaving, word in zip([0, *words], words[SHINGLE_WORDS - 1 :], strict=False)
    ]


def word_pairs(tokens: Sequence[str]) -> list[int]:
    """Hash every two neighbours, in order; for comparing two texts, never stored."""
    return [(one << 32) + other for one, other in pairwise(_word_hashes(tokens))]


def _word_hashes(tokens: Sequence[str]) -> list[int]:
    return list(map(crc32, " ".join(tokens).encode("utf-8", "surrogatepass").split(b" ")))


def sketch(hashes: AbstractSet[int]) -> tuple[int, ...]:
    """Give the smallest hashes, rising: the bottom-k sketch (Broder 1997); () for a text too short to compare.

    Two texts share hashes of their sketches as they share shingles, also where one holds the other. 32 hashes; a third
    of all for a short text, where each is worth more.
    """
    count = len(hashes)
    if count < MIN_SHINGLES:
        return ()
    size = max(MIN_SKETCH_SIZE, min(SKETCH_SIZE, count // 3))
    limit = _MASK // count * size * 2  # hashes are spread evenly: about twice as many as needed lie below
    low = [value for value in hashes if value < limit]
    return tuple(sorted(low if len(low) >= size else hashes)[:size])


def jaccard(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """Give the shared part of both sets together, 0 to 1; 0 where both are empty."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def containment(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """Give the part of the smaller set that the larger one holds, 0 to 1."""
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared else 0.0


def body_hash(tokens: Sequence[str]) -> str:
    """Give 32 hex digits that are equal where the folded words are; "" for a text too short to tell articles apart."""
    if len(tokens) < MIN_TWIN_WORDS:
        return ""
    return blake2b(" ".join(tokens).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
