"""Write the message of a delivery: subject, plain text and HTML, as an analyst wants to read it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from alerts.passages import Passage, beginning, marked, passages
from alerts.plain import date_and_time, link, one_line
from news.alert import Alert, Delivery
from news.article import Article
from news.topic import Tier

if TYPE_CHECKING:
    import css_inline
    from jinja2 import Template

LIMIT = 64 * 1024  # bytes of each part

_LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian",
    "fr": "French", "he": "Hebrew", "hy": "Armenian", "it": "Italian", "ka": "Georgian", "kk": "Kazakh",
    "pl": "Polish", "ro": "Romanian", "ru": "Russian", "tr": "Turkish", "uk": "Ukrainian", "uz": "Uzbek",
    "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: a subject on one line, the same content as text and as HTML, and headers of its own."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article of the story."""

    outlet: str
    title: str
    link: str  # "": its address is none that a reader should click


def write(delivery: Delivery) -> Message:
    """Write a delivery's message; the more copies a story has, the fewer are listed where space is short."""
    alert = delivery.alert
    page = text = ""
    for shown in (20, 5, 0):
        facts = _facts(delivery, shown)
        text = template("alert.txt.j2").render(facts)
        page = inliner().inline(template("alert.html.j2").render(facts))
        if max(len(text.encode()), len(page.encode())) <= LIMIT:
            break
    return Message(subject=subject(alert), text=text, html=page, headers={"X-Presswatch-Alert": str(alert.id)})


MOST = 100  # stories of one digest: a mail that a reader can still go through


def write_digest(digest: Sequence[Delivery]) -> Message:
    """Write the message of a digest: every story in a few lines, topic by topic, the longest known first."""
    topics: dict[str, list[Mapping[str, object]]] = {}
    for delivery in digest:
        topics.setdefault(_topic(delivery.alert), []).append(_line(delivery))
    facts = {"title": f"{len(digest)} new stories", "topics": topics, "digest_id": digest[0].message_id}
    page = inliner().inline(template("digest.html.j2").render(facts))
    text = template("digest.txt.j2").render(facts)
    numbers = {"X-Presswatch-Alerts": str(len(digest))}
    return Message(subject=digest_subject(digest), text=text, html=page, headers=numbers)


def digest_subject(digest: Sequence[Delivery]) -> str:
    """Topics and the number of stories on one line."""
    counted = Counter(_topic(delivery.alert) for delivery in digest)
    if len(counted) == 1:
        return f"[{one_line(next(iter(counted)), 60)}] {len(digest)} new stories"
    most = ", ".join(f"{one_line(topic, 40)} ({count})" for topic, count in counted.most_common(4))
    more = f" and {len(counted) - 4} more topics" if len(counted) > 4 else ""
    return f"{len(digest)} new stories: {most}{more}"


def _topic(alert: Alert) -> str:
    return one_line(alert.topic_title or alert.topic, 120)


def _line(delivery: Delivery) -> Mapping[str, object]:
    """What a digest says of one story."""
    alert = delivery.alert
    return {
        "title": headline(alert.article, 200),
        "outlet": one_line(alert.article.source, 80) or "unknown outlet",
        "outlets": len(set(alert.story.outlets)),
        "link": link(alert.article.url),
        "why": one_line(alert.match.why, 200),
        "alert_id": alert.id,
        "delivery_id": delivery.id,
    }


def subject(alert: Alert) -> str:
    """Topic and headline on one line."""
    return f"[{one_line(alert.topic_title or alert.topic, 60)}] {headline(alert.article, 160)}"


def headline(article: Article, limit: int = 300) -> str:
    """The title on one line; an article without one is called by its address."""
    return one_line(article.title, limit) or one_line(article.url, limit) or "(no title)"


def excerpt(alert: Alert) -> tuple[Passage, ...]:
    """The passages of the text that matched; its beginning where only the title did."""
    article, places = alert.article, alert.match.places
    return passages(article.text, places) or beginning(article.text) or beginning(article.summary)


def outlets_line(alert: Alert, most: int = 12) -> str:
    """How many outlets carry the story and which, e.g. "now in 3 outlets: A, B, C"; nothing while it is one."""
    outlets = list(dict.fromkeys(alert.story.outlets))
    if len(outlets) < 2:
        return ""
    names = ", ".join(one_line(name, 60) for name in outlets[:most])
    more = f" and {len(outlets) - most} more" if len(outlets) > most else ""
    return f"now in {len(outlets)} outlets: {names}{more}"


def _facts(delivery: Delivery, shown: int) -> dict[str, object]:
    """Everything the templates may say, already plain and short."""
    alert, article = delivery.alert, delivery.alert.article
    return {
        "topic": one_line(alert.topic_title or alert.topic, 120),
        "title": headline(article),
        "title_runs": marked(article.title, alert.match.places, zone="title"),
        "outlet": one_line(article.source, 80) or "unknown outlet",
        "language": _LANGUAGES.get(article.lang, one_line(article.lang, 12)),
        "link": link(article.url),
        "published": date_and_time(article.published_at) if article.published_at else "not said",
        "seen": date_and_time(article.first_seen_at),
        "passages": excerpt(alert),
        "why": one_line(alert.match.why, 400),
        "loose": any(place.tier == Tier.LOOSE for place in alert.match.places),
        "outlets": outlets_line(alert),
        "copies": _copies(alert, shown),
        "note": one_line(article.note, 200),
        "reason": one_line(alert.decision.reason, 200),
        "alert_id": alert.id,
        "delivery_id": delivery.id,
    }


def _copies(alert: Alert, shown: int) -> Sequence[Copy]:
    others = [copy for copy in alert.copies if copy.url != alert.article.url][:shown]
    return [Copy(outlet=one_line(copy.source, 80), title=headline(copy, 160), link=link(copy.url)) for copy in others]


@cache
def template(name: str) -> "Template":
    """A shipped template, in a sandbox; what comes from the press enters as a value and is never itself a template."""
    from jinja2 import PackageLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("alerts"),
        autoescape=not name.endswith(".txt.j2"),  # plain text has nothing to escape; everything else is escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


@cache
def inliner() -> "css_inline.CSSInliner":
    """Moves the style sheet into the elements, for mail clients drop the sheet; fetches nothing."""
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
