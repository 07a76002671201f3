"""What the demonstration promises, checked against what really happened; pure."""

from collections.abc import Iterator, Sequence

from news.article import Article
from presswatch.demo.evidence import MAIN, Evidence, piece_of
from presswatch.demo.newsroom.content import Piece, outlets, pieces


def broken(first: Evidence, second: Evidence) -> list[str]:
    """Each promise that does not hold, as a sentence."""
    return [
        *_kept_once(first),
        *_told(first),
        *_delivered(first),
        *_one_story(first, outlets_expected=4),
        *_kept_once(second),
        *_told(second),
        *_delivered(second),
        *_one_story(second, outlets_expected=5),
        *_polite(second),
    ]


def _printed(evidence: Evidence) -> Sequence[Piece]:
    """What the outlets have printed by the end of a round."""
    return [piece for piece in pieces() if piece.round <= evidence.number]


def _kept_once(evidence: Evidence) -> Iterator[str]:
    if evidence.done.failed:
        yield f"Round {evidence.number}: a source or delivery failed."
    kept = sorted((each.article.source, each.article.title) for each in evidence.stored)
    names = {outlet.id: outlet.name for outlet in outlets()}
    if kept != sorted((names[piece.outlet], piece.title) for piece in _printed(evidence)):
        yield f"Round {evidence.number}: {len(kept)} articles are kept, {len(_printed(evidence))} were printed."
    if any(each.article.text.split() != _words(each.article) for each in evidence.stored):
        yield f"Round {evidence.number}: a text is not what its outlet printed."


def _words(article: Article) -> list[str]:
    piece = piece_of(article)
    return piece.words if piece else []


def _told(evidence: Evidence) -> Iterator[str]:
    """Each story that counts is alerted once, whichever of its copies came first; nothing else is."""
    expected = {piece.copy_of or piece.id for piece in _printed(evidence) if piece.hit}
    told = [_original(alert.article) for alert in evidence.alerts]
    for missed in sorted(expected - set(told)):
        yield f"Round {evidence.number}: no alert for {missed}."
    for wrong in sorted(set(told) - expected):
        yield f"Round {evidence.number}: an alert for {wrong}, which is no defence cooperation."
    if len(told) != len(set(told)):
        yield f"Round {evidence.number}: a story was alerted twice."


def _original(article: Article) -> str:
    """The piece that an article was taken from, or its title where it is none of the newsroom's."""
    piece = piece_of(article)
    return (piece.copy_of or piece.id) if piece else article.title


def _delivered(evidence: Evidence) -> Iterator[str]:
    owed = len(evidence.alerts)
    if len({mail["Message-ID"] for mail in evidence.mails}) != owed or len(evidence.mails) != owed:
        yield f"Round {evidence.number}: {owed} alerts, but {len(evidence.mails)} mails."
    if any(evidence.topic not in str(mail["Subject"]) for mail in evidence.mails):
        yield f"Round {evidence.number}: a mail's subject does not name the topic {evidence.topic!r}."
    if len(evidence.messages) != owed:
        yield f"Round {evidence.number}: {owed} alerts, but {len(evidence.messages)} webhook messages."
    if evidence.refused or evidence.repeats:
        yield f"Round {evidence.number}: the receiver refused {evidence.refused} and saw {evidence.repeats} again."


def _one_story(evidence: Evidence, *, outlets_expected: int) -> Iterator[str]:
    found = {each.article.source for each in evidence.main_story()}
    if len(found) != outlets_expected:
        yield f"Round {evidence.number}: the main story is in {len(found)} outlets, not in {outlets_expected}."
    alerts = [alert for alert in evidence.alerts if _original(alert.article) == MAIN]
    if alerts and len(alerts[0].story.outlets) != outlets_expected:
        yield f"Round {evidence.number}: the alert counts {len(alerts[0].story.outlets)} outlets."


def _polite(evidence: Evidence) -> Iterator[str]:
    """In a later round unchanged lists cost one 304 each, and only new pages are fetched, once."""
    fresh = [piece for piece in pieces() if piece.round == evidence.number]
    for outlet in outlets():
        log = evidence.log[outlet.id]
        asked = [entry.status for entry in log if entry.what == "list"]
        new = sum(piece.outlet == outlet.id for piece in fresh)
        if asked != [200 if new else 304]:
            yield f"{outlet.name} was to answer {200 if new else 304} once, and answered {asked}."
        if len([entry for entry in log if entry.what == "page"]) != new:
            yield f"{outlet.name} has {new} new articles, but other pages were fetched."
