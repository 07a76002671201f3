"""All topics against one article: the text is read once, and only topics with a chance are looked at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from news.article import Article
from news.errors import Location
from news.topic import Match, NameList, Topic
from topics.clauses import Clause
from topics.compiler import Compiler
from topics.explain import Explanation, explain
from topics.language import parse
from topics.lexer import Script
from topics.patterns import PatternIndex, Vocabulary
from topics.places import places_of, why
from topics.query import Query, parse_query
from topics.reading import Reading, Text
from topics.thresholds import needs

_TEXTS_TO_LEARN = 200
# A topic, the words that a text must hold for it, and the groups of words of which it must hold one.
_Chance = tuple[int, frozenset[int], tuple[frozenset[int], ...]]

__all__ = ["Compiled", "Matcher", "Query", "Text", "compile_topics", "parse_query"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A topic and its query, compiled."""

    topic: Topic
    clause: Clause
    titles: Mapping[str, str] = field(default_factory=dict)  # what readers call the lists, by name

    def verdict(self, reading: Reading) -> Match | None:
        """Match a reading; None when the query does not hold or the points do not suffice."""
        if not self.clause.holds(reading):
            return None
        points = self.clause.score(reading) if self.topic.threshold else None
        if points is not None and points < self.topic.threshold:
            return None
        places = places_of(self.clause, reading)
        line = why(places, reading.text, points, self.topic.threshold, self.titles)
        return Match(topic=self.topic.name, version=self.topic.version, places=places, why=line)


class Matcher:
    """Topics compiled into one index of anchor words."""

    def __init__(self, topics: Iterable[Compiled], index: PatternIndex) -> None:
        self._topics = tuple(topics)
        self._index = index
        self._vocabulary = Vocabulary(index)
        self._seen: Counter[int] = Counter()  # pattern -> texts that held it, among the first texts
        self._texts = 0
        self._anchor()

    def _anchor(self) -> None:
        """File each topic under words of which every text that meets it holds one, the rarest known."""
        self._anchored: dict[int, list[_Chance]] = defaultdict(list)
        self._always: list[int] = []  # topics that can be met without any word
        for place, compiled in enumerate(self._topics):
            found = needs(compiled.clause, self._index.costs, compiled.topic.threshold)
            if not found:
                self._always.append(place)
                continue
            rarest, *others = (need.numbers for need in sorted(found, key=itemgetter(0)))
            words = frozenset[int]().union(*(group for group in others if len(group) == 1))
            choices = tuple(dict.fromkeys(group for group in others if len(group) > 1))
            for number in rarest:
                self._anchored[number].append((place, words, choices))
        self._anchors = frozenset(self._anchored)

    def _learn(self, reading: Reading) -> None:
        """Count how common the patterns are in the first texts, and file the topics anew by that."""
        self._seen.update(reading.present)
        self._texts += 1
        if self._texts == _TEXTS_TO_LEARN:
            costs = self._index.costs
            for number, guess in enumerate(costs):
                costs[number] = (self._seen[number] + guess) / (self._texts + 1)
            self._anchor()

    def read(self, article: Article) -> Text:
        """Cut an article into loose words (`.tokens`); cheap without topics too."""
        return Text(article)

    def match(self, text: Text) -> list[Match]:
        """Give the topics that the text meets, in the order they were given."""
        if not self._topics:
            return []
        reading = Reading(text, self._vocabulary)
        if self._texts < _TEXTS_TO_LEARN:
            self._learn(reading)
        verdicts = (self._topics[place].verdict(reading) for place in sorted(self._possible(reading)))
        return [match for match in verdicts if match]

    def _possible(self, reading: Reading) -> set[int]:
        """Give the topics of which the text holds every word it needs."""
        present = reading.present
        found = set(self._always)
        for number in present & self._anchors:
            for place, words, choices in self._anchored[number]:
                if words <= present and not any(map(present.isdisjoint, choices)):
                    found.add(place)
        return found

    def explain(self, topic: str, text: Text) -> Explanation:
        """Say of every clause of a topic whether and where a text meets it. Raises KeyError for an unknown topic."""
        compiled = next((each for each in self._topics if each.topic.name == topic), None)
        if compiled is None:
            raise KeyError(topic)
        return explain(compiled.topic, compiled.clause, Reading(text, self._vocabulary))


def compile_topics(topics: Sequence[Topic], lists: Mapping[str, NameList]) -> Matcher:
    """Compile topics; `lists` by the name that queries call them.

    Raises QueryError at the place in the topic's file, ConfigError for a list that cannot be read.
    """
    compiler = Compiler(lists=lists)
    titles = {name: names.title for name, names in lists.items()}
    compiled = [Compiled(topic=topic, clause=_clause(topic, compiler), titles=titles) for topic in topics]
    return Matcher(compiled, compiler.index)


def _clause(topic: Topic, compiler: Compiler) -> Clause:
    first = topic.query.split("\n", 1)[0]
    at = topic.at or Location(file=topic.name, line=1, column=1, source_line=first)
    return compiler.clause(parse(topic.query, at=at), Script(topic.query, at))
