"""A generated press: who publishes what and when on one day, and how each of them answers. The same for a seed."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from news.article import Item
from news.source import Source
from tests.replay.time import MIDNIGHT

_DAY = 24 * 60.0  # minutes
_WORDS = [a + b for a in ("ka", "lo", "mer", "tin", "ru", "sol", "den", "par") for b in (
    "ba", "ce", "dor", "fin", "gul", "hem", "jor", "kil", "lan", "mus", "nev", "pol", "rim", "sun", "tav", "vex",
)]  # fmt: skip


class Rhythm(StrEnum):
    """How a source publishes."""

    AGENCY = "agency"  # 200 items a day, by day and by night
    DAILY = "daily"  # ten a day, none at night
    BURSTY = "bursty"  # twice a day a dozen at once
    NARROW = "narrow"  # 90 a day in bursts longer than what its list holds
    QUIET = "quiet"  # two or three a day
    WEEKLY = "weekly"  # one a week


class Manner(StrEnum):
    """How a source, or its host, answers."""

    PLAIN = "plain"
    LIAR = "liar"  # whoever asks with an ETag is told "unchanged", for ever
    LIMITED = "limited"  # one request in ten is refused, 429 or 503 with Retry-After
    FLAKY = "flaky"  # one request in five fails: 500, or no answer at all
    DYING = "dying"  # the host is down from noon to six in the evening
    GONE = "gone"  # 410 from ten in the morning
    MOVED = "moved"  # 301 to another host from eight in the morning


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A source of the press, and all that it publishes."""

    source: Source
    host: str
    rhythm: Rhythm
    window: int  # items that its list holds
    manner: Manner = Manner.PLAIN
    tagged: bool = True  # False: sends no ETag
    sitemap: bool = False  # True: its site has a sitemap that names all of it
    items: Sequence[Item] = field(repr=False)  # in the order of publication
    times: Sequence[datetime] = field(repr=False)  # of publication

    def published(self, until: datetime) -> int:
        """How many items were out by then."""
        return bisect_right(self.times, until)

    def listed(self, until: datetime) -> Sequence[Item]:
        """What its list holds at a moment, newest first."""
        end = self.published(until)
        return self.items[max(0, end - self.window) : end][::-1]


_SHARES = {Rhythm.AGENCY: 1, Rhythm.DAILY: 38, Rhythm.BURSTY: 10, Rhythm.NARROW: 2, Rhythm.QUIET: 24, Rhythm.WEEKLY: 25}
_WINDOWS = {
    Rhythm.AGENCY: 30,
    Rhythm.DAILY: 12,
    Rhythm.BURSTY: 15,
    Rhythm.NARROW: 10,
    Rhythm.QUIET: 10,
    Rhythm.WEEKLY: 10,
}
_SINGLE = (Manner.GONE, Manner.MOVED)
_COMMON = {Manner.LIAR: 0.02, Manner.LIMITED: 0.03, Manner.FLAKY: 0.03}


def newsroom(sources: int = 1000, *, seed: int = 5, hours: float = 24) -> list[Outlet]:
    """Generate a press: some sources share hosts, agencies have their own; agencies are copied by others in minutes."""
    dice = Random(seed)
    rhythms = [rhythm for rhythm, share in _SHARES.items() for _ in range(max(1, sources * share // 100))]
    rhythms += [Rhythm.DAILY] * (sources - len(rhythms))
    manners = _manners(dice, rhythms)
    outlets = [_outlet(dice, number, rhythm, manners[number], hours, sources) for number, rhythm in enumerate(rhythms)]
    return _syndicated(dice, outlets)


def _manners(dice: Random, rhythms: Sequence[Rhythm]) -> list[Manner]:
    """Choose how each answers; a host is that of its sources which are not plain, so these have hosts of their own."""
    plain = [number for number, rhythm in enumerate(rhythms) if rhythm in {Rhythm.DAILY, Rhythm.BURSTY}]
    chosen = [Manner.PLAIN] * len(rhythms)
    odd = [*_SINGLE, *[Manner.DYING] * 3]
    odd += [manner for manner, share in _COMMON.items() for _ in range(max(1, int(len(rhythms) * share)))]
    for number, manner in zip(dice.sample(plain, len(odd)), odd, strict=True):
        chosen[number] = manner
    return chosen


def _outlet(dice: Random, number: int, rhythm: Rhythm, manner: Manner, hours: float, sources: int) -> Outlet:
    host = _host(dice, number, rhythm, manner, sources)
    name = f"{rhythm}-{number}"
    times = sorted(MIDNIGHT + timedelta(minutes=minute) for minute in _minutes(dice, rhythm) if minute < hours * 60)
    return Outlet(
        source=Source(name=name, url=f"https://{host}/{number}/feed", full_text=False, lang="en"),
        host=host,
        rhythm=rhythm,
        window=_WINDOWS[rhythm],
        manner=manner,
        tagged=manner is Manner.LIAR or dice.random() < 0.8,
        sitemap=rhythm is Rhythm.NARROW and number % 2 == 0,
        items=[
            _item(dice, f"https://{host}/{number}/news/{at:%d%H%M%S}-{place}", at) for place, at in enumerate(times)
        ],
        times=times,
    )


def _host(dice: Random, number: int, rhythm: Rhythm, manner: Manner, sources: int) -> str:
    if manner is Manner.DYING:
        return "dying.example"
    if rhythm is Rhythm.AGENCY or manner is not Manner.PLAIN:
        return f"own{number}.example"
    hosts = max(2, sources // 4)
    return f"host{dice.choices(range(hosts), [1 / (place + 3) for place in range(hosts)])[0]}.example"


def _minutes(dice: Random, rhythm: Rhythm) -> list[float]:
    """When a source publishes, in minutes from midnight on; the day before is what it lists at first."""
    if rhythm is Rhythm.AGENCY:
        return [dice.uniform(-_DAY / 4, _DAY) for _ in range(250)]
    if rhythm is Rhythm.DAILY:
        return [*_daytime(dice, 10, -1), *_daytime(dice, 10, 0)]
    if rhythm is Rhythm.BURSTY:
        return [
            start + dice.uniform(0, 15) for start in _daytime(dice, 1, -1) + _daytime(dice, 2, 0) for _ in range(12)
        ]
    if rhythm is Rhythm.NARROW:
        return [start + dice.uniform(0, 20) for start in [-60.0, *_daytime(dice, 6, 0)] for _ in range(15)]
    if rhythm is Rhythm.QUIET:
        return [*_daytime(dice, 5, -1), *_daytime(dice, dice.choice([2, 3]), 0)]
    return [*_daytime(dice, 3, -1), *(_daytime(dice, 1, 0) if dice.random() < 1 / 7 else [])]


def _daytime(dice: Random, count: int, day: int) -> list[float]:
    """Give moments between six and eleven in the evening, most of them before noon."""
    return [day * _DAY + dice.triangular(6 * 60, 23 * 60, 10 * 60) for _ in range(count)]


def _item(dice: Random, url: str, at: datetime) -> Item:
    return Item(
        url=url,
        guid=url,
        title=" ".join(dice.choices(_WORDS, k=6)).capitalize(),
        summary=" ".join(dice.choices(_WORDS, k=34)),
        published_at=at.replace(microsecond=0),
    )


def _syndicated(dice: Random, outlets: Sequence[Outlet]) -> list[Outlet]:
    """Let one agency item in ten be printed by up to four dailies, two to fifteen minutes later."""
    more: dict[int, list[tuple[datetime, Item]]] = {}
    dailies = [number for number, outlet in enumerate(outlets) if outlet.rhythm is Rhythm.DAILY]
    for agency in (outlet for outlet in outlets if outlet.rhythm is Rhythm.AGENCY):
        for item, at in zip(agency.items, agency.times, strict=True):
            if dice.random() > 0.1 or at < MIDNIGHT:
                continue
            for number in dice.sample(dailies, dice.randint(1, 4)):
                later = at + timedelta(minutes=dice.uniform(2, 15))
                url = f"https://{outlets[number].host}/{number}/wire/{later:%d%H%M%S}"
                more.setdefault(number, []).append((later, replace(item, url=url, guid=url, published_at=later)))
    return [_with(outlet, more.get(number, [])) for number, outlet in enumerate(outlets)]


def _with(outlet: Outlet, more: Sequence[tuple[datetime, Item]]) -> Outlet:
    if not more:
        return outlet
    both = sorted([*zip(outlet.times, outlet.items, strict=True), *more], key=lambda pair: (pair[0], pair[1].url))
    return replace(outlet, times=[at for at, _ in both], items=[item for _, item in both])
