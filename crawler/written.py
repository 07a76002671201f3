"""Days as people write them: in words of several languages, or in numbers where only one reading can be meant. Pure."""

import re
from datetime import UTC, datetime

_NAMES = (
    "january jan ocak yanvar января январь januar janvier enero يناير січня",
    "february feb şubat fevral февраля февраль februar février febrero فبراير лютого",
    "march mar mart марта март märz mars marzo مارس березня",
    "april apr nisan aprel апреля апрель avril abril أبريل ابريل квітня",
    "may mayıs мая май mai mayo مايو травня",
    "june jun haziran iyun июня июнь juni juin junio يونيو червня",
    "july jul temmuz iyul июля июль juli juillet julio يوليو липня",
    "august aug ağustos avqust августа август août agosto أغسطس اغسطس серпня",
    "september sep sept eylül sentyabr сентября сентябрь septembre septiembre سبتمبر вересня",
    "october oct ekim oktyabr октября октябрь oktober octobre octubre أكتوبر اكتوبر жовтня",
    "november nov kasım noyabr ноября ноябрь novembre noviembre نوفمبر листопада",
    "december dec aralık dekabr декабря декабрь dezember décembre diciembre ديسمبر грудня",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)")
_MONTH_FIRST = re.compile(r"(?<!\w)([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\d./])")
_LONGEST = 80  # characters of a line that is there for its date


def written_day(line: str) -> datetime | None:
    """Return the day that a short line names, at midnight UTC; None where none, no such or no certain day is named.

    Dots stand between day and month, in this order; slashes in either order, so both numbers under 13 say nothing.
    """
    if len(line) > _LONGEST:
        return None
    found = _DAY_FIRST.search(line)
    if found and (month := _MONTHS.get(found[2].casefold())):
        return _day(int(found[3]), month, int(found[1]))
    found = _MONTH_FIRST.search(line)
    if found and (month := _MONTHS.get(found[1].casefold())):
        return _day(int(found[3]), month, int(found[2]))
    found = _NUMBERS.search(line)
    return _numbers(int(found[1]), found[2], int(found[3]), int(found[4])) if found else None


def _numbers(first: int, joint: str, second: int, year: int) -> datetime | None:
    if joint == "." or first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
