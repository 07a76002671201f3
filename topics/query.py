"""One query, as `search` uses it."""

from collections.abc import Mapping, Sequence

from news.article import Article
from news.errors import Location
from news.prefilter import Prefilter
from news.topic import NameList, Place
from topics.clauses import Clause
from topics.compiler import Compiler
from topics.language import parse
from topics.lexer import Script
from topics.patterns import PatternIndex, Vocabulary
from topics.places import places_of
from topics.prefilters import prefilter
from topics.reading import Reading, Text
from topics.tree import Node


class Query:
    """A query: what an index can be asked first, and the places that meet it."""

    def __init__(self, text: str, tree: Node, clause: Clause, index: PatternIndex) -> None:
        self.text = text
        self.tree = tree
        self.clause = clause
        self._vocabulary = Vocabulary(index)

    def prefilter(self) -> Prefilter:
        """Say what a text must contain to have a chance; never too little."""
        return prefilter(self.tree)

    def read(self, article: Article) -> Text:
        """Cut an article into loose words."""
        return Text(article)

    def matches(self, text: Text) -> Sequence[Place] | None:
        """Give the places that meet the query (none of them in the text for `lang:tr`); None when it is not met."""
        reading = Reading(text, self._vocabulary)
        return places_of(self.clause, reading) if self.clause.holds(reading) else None


def parse_query(text: str, *, at: Location | None = None, lists: Mapping[str, NameList] | None = None) -> Query:
    """Read a query, with the lists it may name. Raises QueryError that points at the character."""
    tree = parse(text, at=at)
    script = Script(text, at or Location(file="query", line=1, column=1, source_line=text.split("\n", 1)[0]))
    compiler = Compiler(lists=lists or {})
    return Query(text, tree, compiler.clause(tree, script), compiler.index)
