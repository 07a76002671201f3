"""Cron lines: when a source with times of its own is asked next. Pure; APScheduler's trigger knows the calendar."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?", re.ASCII)
_NOW = timedelta(microseconds=1)
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # any: a line that names no day from here on never does


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    first: int
    last: int
    names: Mapping[str, int] = field(default_factory=dict)

    def number(self, word: str) -> int:
        """Give the number that a word is; raises ValueError where it is none of this field's."""
        number = self.names.get(word.lower(), -1) if word.isalpha() else int(word) if word.isdigit() else -1
        if not self.first <= number <= self.last:
            named = f" or {' '.join(self.names)}" if self.names else ""
            raise ValueError(f"{word!r} is no {self.name}: write {self.first}-{self.last}{named}")
        return number


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SUNDAY = 7  # as well as 0
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field(name="minute", first=0, last=59),
    _Field(name="hour", first=0, last=23),
    _Field(name="day of the month", first=1, last=31),
    _Field(name="month", first=1, last=12, names={name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field(name="day of the week", first=0, last=7, names={name: number for number, name in enumerate(_DAYS)}),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a cron line, and where: characters from its beginning."""

    message: str
    offset: int = 0
    width: int = 1


def mistake(line: str) -> Mistake | None:
    """Say what is wrong with a cron line; None: nothing."""
    words = list(re.finditer(r"\S+", line))
    if len(words) != len(_FIELDS):
        fields = ", ".join(each.name for each in _FIELDS)
        return Mistake(f"a cron line has five fields ({fields}), not {len(words)}", width=max(1, len(line)))
    for word, each in zip(words, _FIELDS, strict=True):
        start = word.start()
        for part in word[0].split(","):
            try:
                _part(part, each)
            except ValueError as error:
                return Mistake(str(error), offset=start, width=max(1, len(part)))
            start += len(part) + 1
    if not _times(line, UTC, _NO_DAY):
        return Mistake("no month has such a day, so this time never comes", width=len(line))
    return None


def next_time(line: str, after: datetime, zone: tzinfo) -> datetime:
    """Give the first time that a cron line names later than `after`, its hours read in a time zone.

    As crontab does, either day counts where the line names both one of the month and one of the week. A time that the
    change to summer time skips comes an hour later; one that the change back brings twice comes twice.
    """
    return min(_times(line, zone, after)).astimezone(UTC)


def _times(line: str, zone: tzinfo, after: datetime) -> list[datetime]:
    start = (after + _NOW).astimezone(zone)
    found = (trigger.get_next_fire_time(None, start) for trigger in _triggers(line, zone))
    return [time for time in found if time is not None]


@lru_cache(maxsize=1024)
def _triggers(line: str, zone: tzinfo) -> "Sequence[CronTrigger]":
    """Build what finds the times; two where either day counts, for a trigger wants both."""
    from apscheduler.triggers.cron import CronTrigger  # a tenth of a second, spared where no line is

    words = line.split()
    minute, hour, day, month, week = (_values(word, each) for word, each in zip(words, _FIELDS, strict=True))
    weekdays = sorted({(number - 1) % 7 for number in week})  # crontab begins the week with Sunday, a trigger on Monday
    days = [{"day": _listed(day)}, {"day_of_week": _listed(weekdays)}]
    if any(word.startswith("*") for word in (words[2], words[4])):
        days = [days[0] | days[1]]
    clock = {"second": "0", "minute": _listed(minute), "hour": _listed(hour), "month": _listed(month)}
    return [CronTrigger(timezone=zone, **clock, **each) for each in days]


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _values(word: str, field: _Field) -> list[int]:
    return sorted({number for part in word.split(",") for number in _part(part, field)})


def _part(part: str, field: _Field) -> range:
    """Give the numbers of `*`, `5`, `1-5`, `*/15` or `9-17/2`; raises ValueError, in plain words."""
    found = _PART.fullmatch(part)
    if found is None or (found["first"] == "*" and found["last"]):
        raise ValueError(f"{part!r} is no {field.name}")
    step = int(found["step"] or 1)
    if step < 1:
        raise ValueError(f"a step of {step} leads nowhere")
    if found["first"] == "*":
        return range(field.first, field.last + (field.last != _SUNDAY), step)
    first = last = field.number(found["first"])
    if found["last"]:
        last = field.number(found["last"])
        last += _SUNDAY if field.last == _SUNDAY and first and not last else 0  # fri-sun
    elif found["step"]:
        raise ValueError(f"a step needs a range: write {first}-{field.last}/{step}")
    if last < first:
        raise ValueError(f"{part!r} runs backwards")
    return range(first, last + 1, step)
