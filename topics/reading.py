"""An article read once: its loose words, and where the patterns of a matcher were met in it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import accumulate, chain

from news.article import Article
from topics.patterns import Vocabulary
from topics.tokens import Ruler, cut, spans
from topics.tree import Zone

LEAD_WORDS = 60
_FEW = 16  # patterns searched for one by one; above it one walk through the text is cheaper


class Text:
    """An article with its loose words: title first, then the text (or the summary where there is no text)."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.body_zone = "text" if article.text else "summary"
        self._pieces = (article.title.split(), self.body.split())
        self._cuts = (cut(self._pieces[0]), cut(self._pieces[1]))
        title = list(chain.from_iterable(self._cuts[0]))
        self.title_end = len(title)  # positions below it are the title's
        self.tokens: Sequence[str] = title + list(chain.from_iterable(self._cuts[1]))

    @property
    def body(self) -> str:
        """The text below the title, as stored."""
        return self.article.text or self.article.summary

    @property
    def lead_end(self) -> int:
        """Positions below it are the title's and the lead's."""
        return self.title_end + LEAD_WORDS

    @cached_property
    def lang(self) -> str:
        """The primary language subtag, "" where it is not known."""
        return self.article.lang.replace("_", "-").partition("-")[0].lower()

    @cached_property
    def _rulers(self) -> tuple[Ruler, Ruler]:
        (title, body), (above, below) = self._pieces, self._cuts
        return Ruler(self.article.title, title, above), Ruler(self.body, body, below)

    def span(self, position: int) -> tuple[int, int]:
        """Where one word stands in its zone of the article."""
        title, body = self._rulers
        return title.span(position) if position < self.title_end else body.span(position - self.title_end)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word stands in its zone of the article."""
        return spans(self.article.title) + spans(self.body)

    def sentence(self, position: int) -> int:
        """The number of a word's sentence, growing with the position; the title's are others than the text's."""
        title, body = self._rulers
        if position < self.title_end:
            return title.sentence(position)
        return self.title_end + 1 + body.sentence(position - self.title_end)

    def written(self, position: int) -> str:
        """The word at a position as it stands in the article."""
        start, end = self.span(position)
        return (self.article.title if position < self.title_end else self.body)[start:end]

    def zone(self, position: int) -> str:
        """The field of the article that a position lies in."""
        return "title" if position < self.title_end else self.body_zone


class Reading:
    """A text as one matcher sees it: which patterns it meets, and on demand where.

    Most topics are refused by what is absent, so places are worked out only for the patterns that somebody asks for.
    """

    def __init__(self, text: Text, vocabulary: Vocabulary) -> None:
        self.text = text
        self.memo: dict[int, object] = {}  # what a clause worked out for this text, by the clause's number
        self._met = list(map(vocabulary.__getitem__, text.tokens))  # each word's patterns
        self._row = list(chain.from_iterable(self._met))  # the same in one row
        self.present = frozenset(self._row)
        self._within = {Zone.ALL: self.present}
        self._places: dict[int, list[int]] = {}

    @cached_property
    def _ends(self) -> list[int]:
        """How far in the row each word's patterns reach."""
        return list(accumulate(map(len, self._met)))

    def within(self, zone: Zone) -> frozenset[int]:
        """The patterns met in a zone."""
        if zone not in self._within:
            low, high = self.bounds(zone)
            self._within[zone] = frozenset(chain.from_iterable(self._met[low:high]))
        return self._within[zone]

    def _everywhere(self, number: int) -> list[int]:
        if number not in self.present:
            return []
        if number not in self._places:
            if len(self._places) < _FEW:
                self._places[number] = list(self._search(number))
            else:
                self._places = self._walk()
        return self._places[number]

    def _search(self, number: int) -> Iterator[int]:
        at = -1
        with suppress(ValueError):  # no more of them
            while True:
                at = self._row.index(number, at + 1)
                yield bisect_right(self._ends, at)

    def _walk(self) -> dict[int, list[int]]:
        places: dict[int, list[int]] = {number: [] for number in self.present}
        for position, numbers in enumerate(self._met):
            for number in numbers:
                places[number].append(position)
        return places

    def positions(self, number: int, zone: Zone) -> list[int]:
        """Where a pattern was met within a zone, ascending."""
        found = self._everywhere(number)
        if zone is Zone.ALL or not found:
            return found
        low, high = self.bounds(zone)
        return [position for position in found if low <= position < high]

    def bounds(self, zone: Zone) -> tuple[int, int]:
        """The positions of a zone: from the first to before the second."""
        text = self.text
        if zone is Zone.TITLE:
            return 0, text.title_end
        if zone is Zone.LEAD:
            return 0, text.lead_end
        return text.title_end if zone is Zone.BODY else 0, len(text.tokens)
