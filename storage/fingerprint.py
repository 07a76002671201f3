"""Fingerprints of a text: shingles, the sketch that finds its near copies, the hash that finds its twins; pure.

Every figure here is kept in databases: a change of any constant or formula needs a new `SKETCH_VERSION`.
"""

from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

SKETCH_VERSION = 2
SKETCH_SIZE = 32
MAX_SKETCH_SIZE = 128
_LEAST_SHARE = 12  # of a long text every twelfth hash: a lead of sixty words is found in a page of a thousand
MIN_SKETCH_SIZE = 12
SHINGLE_WORDS = 5
MIN_SHINGLES = 15  # a shorter text says too little to be compared
MIN_TWIN_WORDS = 12  # a shorter text may be the same by chance ("Live: the match minute by minute")

_MULTIPLIER = 0x1B873593CC9E2D51
_MASK = (1 << 63) - 1  # 63 bits: what a signed BIGINT holds
_LANE = 16  # bytes that a word takes in the long multiplication: five products of 95 bits never reach the next one
_LOW = _MASK.to_bytes(_LANE, "little")
_POWERS = sum(pow(_MULTIPLIER, place, _MASK + 1) << (8 * _LANE * place) for place in range(SHINGLE_WORDS))


def hash_words(tokens: Sequence[str]) -> list[int]:
    """Give the CRC-32 of each word."""
    return list(map(crc32, _raw(" ".join(tokens)).split(b" ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text's folded words, and what is reckoned from them."""

    tokens: Sequence[str]
    joined: str  # by spaces
    twin: str  # see `body_hash`
    hashes: Sequence[int]  # of each word
    runs: Sequence[int]  # of every five words


def take_apart(tokens: Sequence[str]) -> Body:
    """Reckon once what twins, sketch, furniture and comparison all need."""
    joined = " ".join(tokens)
    raw = _raw(joined)
    hashes = list(map(crc32, raw.split(b" ")))
    return Body(tokens=tokens, joined=joined, twin=_twin(tokens, raw), hashes=hashes, runs=shingle_list(hashes))


def shingles(tokens: Sequence[str]) -> set[int]:
    """Hash every run of five words to 63 bits; the same in every process and Python version."""
    return set(shingle_list(hash_words(tokens)))


def shingle_list(words: Sequence[int]) -> list[int]:
    """Give the hash of every run of five words, in order, from the words' own hashes.

    A polynomial over the words modulo 2^63 (Karp and Rabin 1987). All runs are reckoned in one long multiplication,
    each word in a lane of its own: a third of the time that a loop takes.
    """
    if len(words) < SHINGLE_WORDS:
        return []
    lanes = array("I", bytes(_LANE * len(words)))
    lanes[:: _LANE // 4] = array("I", words)
    product = int.from_bytes(lanes, "little") * _POWERS & int.from_bytes(_LOW * len(words), "little")
    return memoryview(product.to_bytes(_LANE * len(words), "little")).cast("Q")[2 * SHINGLE_WORDS - 2 :: 2].tolist()


def word_pairs(words: Sequence[int]) -> list[int]:
    """Put every two neighbours' hashes into one number, in order; for comparing two texts, never stored."""
    bits = memoryview(array("I", words)).cast("B")
    pairs = [0] * (len(words) - 1)
    pairs[::2] = bits[: len(words) // 2 * 8].cast("Q").tolist()
    pairs[1::2] = bits[4 : 4 + (len(words) - 1) // 2 * 8].cast("Q").tolist()
    return pairs


def sketch(hashes: AbstractSet[int]) -> tuple[int, ...]:
    """Give the smallest hashes, rising: the bottom-k sketch (Broder 1997); () for a text too short to compare.

    Two texts share hashes of their sketches as they share shingles, also where one holds the other. 32 hashes; a third
    of all for a short text, where each is worth more, a twelfth of a long one.
    """
    count = len(hashes)
    if count < MIN_SHINGLES:
        return ()
    size = max(MIN_SKETCH_SIZE, min(SKETCH_SIZE, count // 3), min(MAX_SKETCH_SIZE, count // _LEAST_SHARE))
    limit = _MASK // count * size * 2  # hashes are spread evenly: about twice as many as needed lie below
    low = [value for value in hashes if value < limit]
    return tuple(sorted(low if len(low) >= size else hashes)[:size])


def containment(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """Give the part of the smaller set that the larger one holds, 0 to 1."""
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared else 0.0


def body_hash(tokens: Sequence[str]) -> str:
    """Give 32 hex digits that are equal where the folded words are; "" for a text too short to tell articles apart."""
    return _twin(tokens, _raw(" ".join(tokens)))


def _twin(tokens: Sequence[str], raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest() if len(tokens) >= MIN_TWIN_WORDS else ""


def _raw(joined: str) -> bytes:
    return joined.encode("utf-8", "surrogatepass")
