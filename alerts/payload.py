"""Write the JSON of a webhook, version 1: stable names, under 20 KB; pure."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

from alerts.message import excerpt, headline
from alerts.passages import Passage
from alerts.plain import clean, link, one_line
from news.alert import Alert, Delivery
from news.article import Article
from news.topic import Place, Tier

VERSION = 1
LIMIT = 20_000  # bytes

_SIZES = ((50, 20, 3), (20, 5, 3), (5, 0, 2), (0, 0, 1))  # places, copies, passages: the first that is small enough


def payload(delivery: Delivery) -> bytes:
    """Write the body of a delivery: the same bytes at every attempt, as long as the alert is the same."""
    body = b""
    for size in _SIZES:
        content = {
            "type": "alert",
            "version": VERSION,
            "id": delivery.id,
            "timestamp": moment(delivery.alert.created_at),
            "data": _data(delivery.alert, *size),
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) < LIMIT:
            break
    return body


MOST = 30  # alerts of one digest: what stays below the limit with the addresses of an ordinary press

_DETAILS = ((20, 5, 2), (5, 2, 1), (0, 0, 1))  # places, copies, passages of each alert
_CUTS = ((200, 2048), (120, 600), (80, 300), (60, 200), (40, 120), (12, 0))  # characters of a text, of an address


def digest_payload(digest: Sequence[Delivery]) -> bytes:
    """Write the body of a digest: every alert as when it comes alone, or else in few words; at most MOST of them."""
    whole = ([{"id": one.id, **_data(one.alert, *size)} for one in digest] for size in _DETAILS)
    short = ([_short(one, *cut) for one in digest] for cut in _CUTS)
    body = b""
    for alerts in chain(whole, short):
        content = {
            "type": "alerts.digest",
            "version": VERSION,
            "id": digest[0].message_id,
            "timestamp": moment(max(one.alert.created_at for one in digest)),
            "data": {"count": len(digest), "alerts": alerts},
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) < LIMIT:
            break
    return body


def _short(delivery: Delivery, text: int, address: int) -> dict[str, object]:
    """An alert in few words: the names it has alone, not all of them; an address is whole or left out."""
    alert, url = delivery.alert, link(delivery.alert.article.url)
    return {
        "id": delivery.id,
        "alert_id": alert.id,
        "topic": {"name": one_line(alert.topic, min(text, 60)), "title": one_line(alert.topic_title, min(text, 60))},
        "article": {
            "url": url if len(url.encode()) <= address else "",
            "title": headline(alert.article, text),
            "outlet": one_line(alert.article.source, min(text, 60)),
            "first_seen_at": moment(alert.article.first_seen_at),
        },
        "match": {"why": one_line(alert.match.why, text)},
        "story": {"id": alert.story.id, "outlets_total": len(set(alert.story.outlets))},
    }


def _data(alert: Alert, places: int, copies: int, most: int) -> dict[str, object]:
    return {
        "alert_id": alert.id,
        "reason": one_line(alert.decision.reason, 200),
        "topic": {
            "name": one_line(alert.topic, 60),
            "title": one_line(alert.topic_title, 120),
            "version": one_line(alert.match.version, 64),
        },
        "article": _article(alert.article),
        "match": {
            "why": one_line(alert.match.why, 300),
            "passages": [_with_marks(passage) for passage in excerpt(alert)[:most]],
            "places": [_place(place, alert.article) for place in alert.match.places[:places]],
            "places_total": len(alert.match.places),
        },
        "story": _story(alert, copies),
    }


def _article(article: Article) -> dict[str, object]:
    return {
        "url": link(article.url),
        "title": headline(article),
        "outlet": one_line(article.source, 80),
        "group": one_line(article.group, 60),
        "lang": one_line(article.lang, 12),
        "section": one_line(article.section, 60),
        "authors": [one_line(author, 60) for author in article.authors[:5]],
        "published_at": moment(article.published_at),
        "first_seen_at": moment(article.first_seen_at),
        "text_from": article.text_from.value,
        "note": one_line(article.note, 150),
    }


def _story(alert: Alert, copies: int) -> dict[str, object]:
    outlets = list(dict.fromkeys(alert.story.outlets))
    return {
        "id": alert.story.id,
        "title": one_line(alert.story.title, 200),
        "articles": alert.story.articles,
        "outlets_total": len(outlets),
        "outlets": [one_line(outlet, 40) for outlet in outlets[:12]],
        "langs": [one_line(lang, 12) for lang in alert.story.langs[:10]],
        "first_seen_at": moment(alert.story.first_seen_at),
        "last_seen_at": moment(alert.story.last_seen_at),
        "copies": [_copy(copy) for copy in alert.copies if copy.url != alert.article.url][:copies],
    }


def _copy(copy: Article) -> dict[str, object]:
    return {
        "url": link(copy.url),
        "title": headline(copy, 200),
        "outlet": one_line(copy.source, 100),
        "first_seen_at": moment(copy.first_seen_at),
    }


def _place(place: Place, article: Article) -> dict[str, object]:
    """Where a clause was met; `text` is as written, so that a receiver needs no article to show it."""
    zone = getattr(article, place.zone, "")
    found = zone[place.start : place.end] if isinstance(zone, str) else ""
    return {
        "zone": one_line(place.zone, 20),
        "start": place.start,
        "end": place.end,
        "text": one_line(found, 100),
        "clause": one_line(place.clause, 100),
        "loose": place.tier == Tier.LOOSE,
    }


def _with_marks(passage: Passage) -> Sequence[dict[str, object]]:
    return [{"text": clean(run.text), "hit": True} if run.hit else {"text": clean(run.text)} for run in passage]


def moment(when: datetime | None) -> str | None:
    """A time as the webhook writes it."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if when else None
