"""What a run of a source came to: the line an operator reads, the record a program reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from news.article import Kept
from news.fetch import Fetch, Outcome, Reason

_REFUSALS = frozenset(
    {Reason.ROBOTS, Reason.CONSENT_WALL, Reason.LOGIN_WALL, Reason.ROBOT_CHECK, Reason.BLOCKED_ADDRESS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisited:
    """Pages of articles that were asked for again to see what was corrected."""

    pages: int = 0
    revised: int = 0  # say something else now
    gone: int = 0  # are no article any more, or not to be read: the text stays
    unread: int = 0  # could not be had this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One source, one run."""

    source: str
    fetch: Fetch
    kept: Kept = field(default_factory=Kept)
    pages: int = 0  # article pages read
    unread: tuple[str, ...] = ()  # one reason per page that could not be had
    missed: int = 0  # of those, items with no text of their own: not kept, asked again in the next run
    again: int = 0  # of those, kept with the list's own text until the page is read in a later run
    old: int = 0  # articles that a sitemap dates too late: printed before the gap they were looked for in
    left: int = 0  # items put off to the next run by the page limit
    surplus: int = 0  # items over the document limit, never looked at
    reread: Revisited = field(default_factory=Revisited)

    @property
    def failed(self) -> bool:
        """True when the source itself could not be read."""
        return self.fetch.outcome is Outcome.FAILED

    @property
    def known(self) -> int:
        """Listed items that were kept before."""
        others = self.kept.new + self.kept.revised + self.missed + self.left
        return max(0, self.fetch.items - others)

    @property
    def refused(self) -> Sequence[str]:
        """Why pages were not to be read: robots.txt, a wall, a private address; one reason for each."""
        return [reason for reason in self.unread if reason in _REFUSALS]

    @property
    def broken(self) -> Sequence[str]:
        """Why other pages could not be read; one reason for each."""
        return [reason for reason in self.unread if reason not in _REFUSALS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Many runs added up."""

    sources: int = 0
    unchanged: int = 0
    failed: int = 0
    items: int = 0
    new: int = 0
    known: int = 0
    copies: int = 0
    refused: int = 0
    alerts: int = 0
    held: int = 0
    pages: int = 0
    unread: int = 0
    missed: int = 0
    left: int = 0
    surplus: int = 0
    gaps: int = 0  # sources whose list moved past us
    reread: int = 0  # pages of known articles asked for again
    corrected: int = 0  # of these, those that say something else now


def total(reports: Sequence[Report]) -> Totals:
    """Add reports up."""
    return Totals(
        sources=len({report.source for report in reports}),
        unchanged=sum(report.fetch.outcome is Outcome.UNCHANGED for report in reports),
        failed=sum(report.failed for report in reports),
        items=sum(report.fetch.items for report in reports),
        new=sum(report.kept.new for report in reports),
        known=sum(report.known for report in reports),
        copies=sum(report.kept.copies for report in reports),
        refused=sum(len(report.refused) for report in reports),
        alerts=sum(report.kept.alerts for report in reports),
        held=sum(report.kept.held for report in reports),
        pages=sum(report.pages for report in reports),
        unread=sum(len(report.unread) for report in reports),
        missed=sum(report.missed for report in reports),
        left=sum(report.left for report in reports),
        surplus=sum(report.surplus for report in reports),
        gaps=sum(report.fetch.gap for report in reports),
        reread=sum(report.reread.pages for report in reports),
        corrected=sum(report.reread.revised for report in reports),
    )


def count(number: int, thing: str) -> str:
    """ "1 page", "2 pages" """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def reasons(unread: Sequence[str]) -> str:
    """ "timeout ×2, http_5xx" """
    counted = Counter(unread).most_common()
    return ", ".join(reason if times == 1 else f"{reason} ×{times}" for reason, times in counted)


def detail(report: Report) -> str:
    """What of a good run an operator should know, in plain words."""
    parts = [report.fetch.detail] if report.fetch.detail else []
    if report.unread:
        parts.append(f"{count(len(report.unread), 'page')} not read: {reasons(report.unread)}")
    if report.left:
        parts.append(f"{count(report.left, 'item')} left for the next run")
    if report.reread.pages:
        parts.append(_revisited(report.reread))
    return "; ".join(parts)


def _revisited(reread: Revisited) -> str:
    """ "3 pages read again: 1 changed, 1 gone" """
    found = {"changed": reread.revised, "gone": reread.gone, "not to be had now": reread.unread}
    told = ", ".join(f"{times} {what}" for what, times in found.items() if times)
    return f"{count(reread.pages, 'page')} read again: {told or 'nothing changed'}"
