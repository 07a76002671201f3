"""An article read once: its loose words, and where the patterns of a matcher were met in it."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from news.article import Article
from topics.patterns import Vocabulary
from topics.tokens import Ruler, sentences, spans, words_of
from topics.tree import Zone

LEAD_WORDS = 60


class Text:
    """An article with its loose words: title first, then the text (or the summary where there is no text)."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.body_zone = "text" if article.text else "summary"
        self._pieces = (article.title.split(), self.body.split())
        title = words_of(self._pieces[0])
        self.title_end = len(title)  # positions below it are the title's
        self.tokens: Sequence[str] = title + words_of(self._pieces[1])

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
        return Ruler(self.article.title, self._pieces[0]), Ruler(self.body, self._pieces[1])

    def span(self, position: int) -> tuple[int, int]:
        """Where one word stands in its zone of the article."""
        title, body = self._rulers
        return title.span(position) if position < self.title_end else body.span(position - self.title_end)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word stands in its zone of the article."""
        return spans(self.article.title) + spans(self.body)

    @cached_property
    def sentences(self) -> list[int]:
        """The number of each word's sentence; the title's sentences come first."""
        first = sentences(self.article.title)
        after = first[-1] + 1 if first else 0
        return first + [after + number for number in sentences(self.body)]

    def written(self, position: int) -> str:
        """The word at a position as it stands in the article."""
        start, end = self.span(position)
        return (self.article.title if position < self.title_end else self.body)[start:end]

    def zone(self, position: int) -> str:
        """The field of the article that a position lies in."""
        return "title" if position < self.title_end else self.body_zone


class Reading:
    """A text as one matcher sees it: pattern number -> positions, ascending."""

    def __init__(self, text: Text, vocabulary: Vocabulary) -> None:
        self.text = text
        self.hits: dict[int, list[int]] = defaultdict(list)
        self.memo: dict[int, object] = {}  # what a clause worked out for this text, by the clause's number
        hits = self.hits
        for position, numbers in enumerate(map(vocabulary.__getitem__, text.tokens)):
            for number in numbers:
                hits[number].append(position)

    def positions(self, number: int, zone: Zone) -> list[int]:
        """Where a pattern was met within a zone."""
        found = self.hits.get(number, [])
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
