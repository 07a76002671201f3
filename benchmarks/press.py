"""Texts for the story benchmark: words repeat as a language's do, some are names, and nothing else is imported."""

import itertools
import random
from dataclasses import dataclass

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = 40_000
SENTENCE = 15  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text, as printed and as folded words."""

    title: str
    text: str
    tokens: list[str]


class Press:
    """Makes texts that were never seen, and copies of the last hundred of them; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._words = [self._word(rank) for rank in range(WORDS)]
        self._weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(WORDS)))
        self._recent: list[list[str]] = []

    def _word(self, rank: int) -> str:
        word = "".join(self._rng.choices(LETTERS, k=self._rng.randint(2, 11)))
        return word.capitalize() if rank > 200 and rank % 6 == 0 else word  # a name

    def new(self, words: int) -> Text:
        """Give a text of so many words."""
        return self._text(self._rng.choices(self._words, cum_weights=self._weights, k=words))

    def kept(self, words: int) -> Text:
        """Give a text that may be copied later."""
        drawn = self._rng.choices(self._words, cum_weights=self._weights, k=words)
        self._recent = [*self._recent[-99:], drawn]
        return self._text(drawn)

    def copy(self) -> Text:
        """Give one of the last hundred with one word in ten changed."""
        words = list(self._rng.choice(self._recent))
        for place in self._rng.sample(range(len(words)), len(words) // 10):
            words[place] = self._rng.choice(self._words)
        return self._text(words)

    @staticmethod
    def _text(words: list[str]) -> Text:
        sentences = [" ".join(words[at : at + SENTENCE]) + "." for at in range(8, len(words), SENTENCE)]
        return Text(title=" ".join(words[:8]), text=" ".join(sentences), tokens=[word.lower() for word in words])
