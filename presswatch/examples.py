"""Examples in topic files, run as tests of the topic."""

from dataclasses import dataclass
from datetime import UTC, datetime

from news.article import Article
from presswatch.topicfiles import Example, TopicFile
from topics.matcher import Matcher

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An example and what the topic made of it."""

    title: str
    at: str  # file:line:column
    must_match: bool
    is_met: bool  # the topic does with it what the example says
    why: str = ""  # why it matched, where it did


def try_examples(file: TopicFile, matcher: Matcher) -> list[Tried]:
    """Run a topic's examples through the matcher that alerts."""
    wanted = [(example, True) for example in file.must_match] + [(example, False) for example in file.must_not_match]
    return [_try(example, file.topic.name, matcher, must_match=must) for example, must in wanted]


def _try(example: Example, topic: str, matcher: Matcher, *, must_match: bool) -> Tried:
    article = Article(
        url="",
        title=example.title,
        text=example.text,
        lang=example.lang,
        source=example.source,
        first_seen_at=_ANY_TIME,
    )
    why = next((match.why for match in matcher.match(matcher.read(article)) if match.topic == topic), None)
    met = (why is not None) is must_match
    return Tried(title=example.title, at=str(example.at), must_match=must_match, is_met=met, why=why or "")
