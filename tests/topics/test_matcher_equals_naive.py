"""The matcher with its index gives exactly what naive evaluation gives, on generated queries and texts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from news.article import Article
from news.errors import QueryError
from news.prefilter import AllOf, AnyOf, Prefilter, Word
from news.topic import NameList
from tests.topics.factories import article, topic
from tests.topics.naive import naive_match
from topics.matcher import compile_topics, parse_query

LISTS = {
    "s": NameList(
        name="s",
        entries={"A": ("aba*", "guinea"), "B": ("equatorial guinea", "cabba"), "C": ("*bba",)},
        decoys=("new guinea",),
    )
}
WORDS = [
    "aba",
    "abba",
    "cabba",
    "Guinea",
    "EQUATORIAL",
    "new",
    "iş",
    "birliği",
    "işbirliği",
    "F-16",
    "والتعاون",
    "Bakı'da",
]
PATTERNS = ["aba", "ab*", "*bba", "a?ba", "*b*a", "guinea", "new", "iş", "F16", "تعاون", "baki", "birliği", "abaa~1"]

texts = st.lists(st.sampled_from(WORDS), max_size=9).flatmap(
    lambda words: st.sampled_from([" ", ". ", ", "]).map(lambda gap: gap.join(words))
)
leaves = st.one_of(
    st.sampled_from(PATTERNS),
    st.sampled_from(["@s", "@s>=2", "@s[-B]", "title:ab*", "lead:new", "body:guinea", '"iş birliği"', '"iş* birliği"']),
    st.lists(st.sampled_from(["aba", "ab*", "guinea", "new"]), min_size=2, max_size=3).map(
        lambda w: f'"{" ".join(w)}"'
    ),
    st.tuples(
        st.lists(st.sampled_from(["aba", "ab*", "guinea", "new"]), min_size=2, max_size=3), st.integers(0, 3)
    ).map(lambda t: f'"{" ".join(t[0])}"~{t[1]}'),
)
near = st.tuples(leaves, st.sampled_from(["NEAR/1", "NEAR/3", "NEAR/s"]), leaves).map(" ".join)
queries = st.recursive(
    st.one_of(leaves, near),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} OR {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) AND NOT ({p[1]})"),
        inner.map(lambda q: f"title:({q})"),
        st.tuples(inner, st.sampled_from([2, 0.5, -1])).map(lambda p: f"({p[0]})^{p[1]}"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]})^2 OR ({p[1]}) OR ({p[2]})^-1"),
        st.tuples(leaves, leaves, leaves).map(lambda p: f"({p[0]} OR {p[1]}) NEAR/3 {p[2]}"),
    ),
    max_leaves=5,
)
articles = st.builds(article, texts, texts)


@settings(max_examples=400, deadline=None)
@given(query=queries, about=articles)
def test_one_query(query: str, about: Article) -> None:
    asked = parse_query(query, lists=LISTS)

    assert (asked.matches(asked.read(about)) is not None) == naive_match(query, about, LISTS)


@settings(max_examples=150, deadline=None)
@given(
    asked=st.lists(st.tuples(queries, st.sampled_from([0.0, 0.0, 1.5, 3.0])), min_size=1, max_size=6),
    abouts=st.lists(articles, min_size=1, max_size=3),
)
def test_many_topics_in_one_index(asked: list[tuple[str, float]], abouts: list[Article]) -> None:
    topics = [topic(query, name=str(number), threshold=needed) for number, (query, needed) in enumerate(asked)]
    matcher = compile_topics(topics, LISTS)

    for about in abouts:
        found = {match.topic for match in matcher.match(matcher.read(about))}
        naive = {each.name for each in topics if naive_match(each.query, about, LISTS, threshold=each.threshold)}
        assert found == naive


@settings(max_examples=400, deadline=None)
@given(query=queries, about=articles)
def test_prefilter_lets_every_match_through(query: str, about: Article) -> None:
    asked = parse_query(query, lists=LISTS)
    text = asked.read(about)

    if asked.matches(text) is not None:
        assert lets_through(asked.prefilter(), list(text.tokens)), asked.prefilter()


def lets_through(condition: Prefilter, tokens: list[str]) -> bool:
    match condition:
        case Word(text=text, prefix=prefix):
            return any(token.startswith(text) if prefix else token == text for token in tokens)
        case AllOf(parts=parts):
            return all(lets_through(part, tokens) for part in parts)
        case AnyOf(parts=parts):
            return any(lets_through(part, tokens) for part in parts)
    return True


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab*?"()@~^/-:=# \n>[]1NOTANDRE.’İ', max_size=25))
def test_any_text_is_read_or_refused_with_a_place(query: str) -> None:
    refused = None
    try:
        parse_query(query, lists=LISTS)
    except QueryError as error:
        refused = error
    if refused:
        assert refused.at is not None
        lines = query.split("\n")
        assert 1 <= refused.at.line <= len(lines)
        assert 1 <= refused.at.column <= len(lines[refused.at.line - 1]) + 1
