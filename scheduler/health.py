"""How a source does: pure rules over what was seen of it.

Every span ends at the moment the source was last asked, never now: while we were off, nothing fails and nothing is
silent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from news.fetch import Reason
from news.health import Facts, Health, State, Text

_FAILURES = 3
_DAY = timedelta(days=1)

SHORTEST_SILENCE = timedelta(hours=12)  # a night, whatever the rhythm by day
UNKNOWN_SILENCE = timedelta(days=45)  # of a source whose rhythm is not known: longer than a monthly bulletin waits
RHYTHM_WINDOW = timedelta(days=60)  # how far back a rhythm is learnt
_GAPS = 5  # that make a rhythm
_SPAN = timedelta(days=14)  # that it must cover: two weekends
_MANY_GAPS = 20
_PATIENCE, _MORE_PATIENCE = 2.5, 3  # times its longest gap; of few gaps the longest says less

_LATELY = 20  # texts
_FEW = 10  # of these at least, or nothing is said
_BEFORE = 20  # older ones that show what the site used to give
_USED_TO = 0.7  # share of good texts of a site that works
_BROKEN = 0.3  # below this share it is broken; above _MENDED it is fine again
_MENDED = 0.5
_POOR = 0.2  # quality of a text that is none
_SAME = 8  # addresses with one text: more than a publisher's own doublets


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long a source may bring nothing new before that means something."""

    limit: timedelta
    longest: timedelta | None = None  # its longest gap; None: its rhythm is not known yet


def judge(facts: Facts) -> Health:
    """Say how a source does, and since when."""
    state, since = _judge(facts)
    if state is facts.state and facts.since is not None:
        return Health(state=state, since=facts.since)
    return Health(state=state, since=since or facts.asked_at)


def _judge(facts: Facts) -> tuple[State, datetime | None]:
    if not facts.enabled:
        return State.PAUSED, None
    if facts.failures:
        return _failing(facts)
    if facts.success_at is None:
        return State.NEW, None
    if _is_broken(facts):
        return State.BROKEN, None
    if facts.arrivals and facts.success_at - facts.arrivals[-1] > silence(facts.arrivals).limit:
        return State.SILENT, facts.arrivals[-1]
    return State.FINE, facts.success_at


def _failing(facts: Facts) -> tuple[State, datetime | None]:
    """A failure or two say nothing yet: what was said before stands."""
    if facts.reason == Reason.GONE:
        return State.GONE, facts.failing_since
    first, last = facts.failing_since, facts.asked_at
    long = first is not None and last is not None and last - first >= _DAY
    if long or facts.failures >= _FAILURES or facts.reason == Reason.QUARANTINE:
        return State.FAILING, first
    read_since = facts.success_at is not None and facts.since is not None and facts.success_at > facts.since
    if facts.state is State.PAUSED or (facts.state in {State.FAILING, State.GONE} and read_since):
        return (State.NEW if facts.success_at is None else State.FINE), facts.success_at
    return facts.state, facts.since


def silence(arrivals: Sequence[datetime]) -> Silence:
    """Say how long a source with these arrivals, oldest first, may be quiet.

    Two and a half times its longest gap of the last two months, three times where it has few: nights, weekends and
    weekly issues are gaps like any other. A rhythm takes some gaps and two weekends to learn; until then only a very
    long silence counts.
    """
    recent = [at for at in arrivals if at >= arrivals[-1] - RHYTHM_WINDOW]
    gaps = sorted(after - before for before, after in pairwise(recent))
    if len(gaps) < _GAPS or recent[-1] - recent[0] < _SPAN:
        return Silence(limit=UNKNOWN_SILENCE)
    patience = _PATIENCE if len(gaps) >= _MANY_GAPS else _MORE_PATIENCE
    return Silence(limit=max(SHORTEST_SILENCE, gaps[-1] * patience), longest=gaps[-1])


def _is_broken(facts: Facts) -> bool:
    """A site that used to give good texts and lately does not, or gives the same one for every address."""
    if facts.repeated >= _SAME:
        return True
    lately, before = facts.texts[:_LATELY], facts.texts[_LATELY:]
    if len(lately) < _FEW:
        return False
    if facts.state is State.BROKEN:
        return _good(lately) < _MENDED
    return len(before) >= _BEFORE and _good(before) >= _USED_TO and _good(lately) < _BROKEN


def _good(texts: Sequence[Text]) -> float:
    """The share of texts that are an article's."""
    return sum(text.read and not text.short and text.quality >= _POOR for text in texts) / len(texts)
