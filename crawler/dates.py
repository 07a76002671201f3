"""Dates as publishers write them, to aware UTC times; what is absurd or unclear is None. Pure.

feedparser takes zone names it does not know (CET, MSK, TRT, AZT …) for UTC and yields years such as 10000; so the two
forms that feeds use, RFC 822 and ISO 8601, are read here, with the zone names of the places whose press we watch.
"""

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_NEWEST = timedelta(days=1)  # ahead of now: clocks differ, embargoes exist

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}

# Minutes east of Greenwich. Names used for several zones (CST, BST, AST) mean what RFC 822 says where it says anything;
# where the meanings differ and none is common in the press (IST), the name is left out and the date is unclear.
_ZONES = {
    **dict.fromkeys(("ut", "utc", "gmt", "z", "wet", "zulu"), 0),
    **dict.fromkeys(("cet", "met", "mez", "bst", "west", "wat"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "sast", "cat"), 120),
    **dict.fromkeys(("eest", "msk", "trt", "fet", "eat"), 180),
    **dict.fromkeys(("msd", "azt", "get", "gst", "samt", "amt"), 240),
    **dict.fromkeys(("azst", "pkt", "uzt", "tmt", "yekt", "tjt"), 300),
    "irst": 210,
    "irdt": 270,
    "aft": 270,
    **dict.fromkeys(("almt", "omst", "kgt"), 360),
    **dict.fromkeys(("ict", "wib", "novt"), 420),
    **dict.fromkeys(("hkt", "sgt", "awst", "pht"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    "acst": 570,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    **dict.fromkeys(("edt",), -240),
    **dict.fromkeys(("est", "cdt"), -300),
    **dict.fromkeys(("cst", "mdt"), -360),
    **dict.fromkeys(("mst", "pdt"), -420),
    **dict.fromkeys(("pst", "akdt"), -480),
    "akst": -540,
    "hst": -600,
    "brt": -180,
    "art": -180,
}

_RFC822 = re.compile(
    r"(?:[^\W\d]{2,12}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]{0,6}\.?,?[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?:\s*([+-]\d{1,2}(?::?\d{2})?|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{1,5}))?"
    r"(?:\s*\([^)]{0,20}\))?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_NAMED = re.compile(r"(.*?\d)\s+([A-Za-z]{1,5})")


@lru_cache(maxsize=256)  # the fast path asks first whether it can be read
def parse_date(text: str) -> datetime | None:
    """Read a date in RFC 822 or ISO 8601 form; a date with no zone is UTC. None: another form, or no such time."""
    text = text.strip()
    if not text or len(text) > 80:
        return None
    try:
        return _iso(text) if _ISO.match(text) else _rfc822(text)
    except (ValueError, OverflowError):
        return None


def sane(moment: datetime | None, now: datetime) -> datetime | None:
    """Return a moment that a publication can have had; else None."""
    return moment if moment is not None and OLDEST <= moment <= now + _NEWEST else None


def zone_name_unknown(text: str) -> bool:
    """Say whether a date ends in a zone name we cannot place, so that nobody may take it for UTC."""
    last = text.strip().rsplit(None, 1)[-1:] or [""]
    name = last[0].strip("()").lower()
    return name.isalpha() and 2 <= len(name) <= 5 and name not in _ZONES and name not in {"am", "pm"}


def from_struct(parts: object) -> datetime | None:
    """Turn feedparser's nine numbers, UTC, into a time; None: no such time."""
    if not isinstance(parts, tuple):
        return None
    try:
        return datetime.fromtimestamp(timegm(parts), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _iso(text: str) -> datetime:
    named = _ISO_NAMED.fullmatch(text)
    zone = None
    if named:
        text, zone = named[1], _zone(named[2])
    moment = datetime.fromisoformat(text.replace(" ", "T", 1) if "T" not in text else text.replace(" ", ""))
    return moment.replace(tzinfo=moment.tzinfo or zone or UTC).astimezone(UTC)


def _rfc822(text: str) -> datetime:
    found = _RFC822.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, month, year, hour, minute, second, zone = found.groups()
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900  # as RFC 2822 §4.3 and every reader have it
    moment = datetime(
        number,
        _MONTHS.get(month.lower(), 0),
        int(day),
        int(hour or 0),
        int(minute or 0),
        min(int(second or 0), 59),  # leap seconds happen
        tzinfo=_zone(zone) if zone else UTC,
    )
    return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(text: str) -> timezone:
    offset = _OFFSET.fullmatch(text)
    if offset:
        sign, hours, minutes = offset.groups()
        east = int(hours) * 60 + int(minutes or 0)
        return timezone(timedelta(minutes=-east if sign == "-" else east))
    if text.lower() not in _ZONES:
        raise ValueError(f"unknown zone {text}")
    return timezone(timedelta(minutes=_ZONES[text.lower()]))
