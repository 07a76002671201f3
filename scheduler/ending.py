"""How a run ends: when its source is asked again, and what is remembered of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.article import Listing
from news.errors import CrawlError
from news.fetch import Fetch, Outcome, Reason
from news.pace import Pace
from news.source import Lease, Settlement, Validators
from scheduler.asking import lie_seen, moved
from scheduler.cadence import WEEK, Rhythm, adapt, back_off, due_after
from scheduler.cron import next_time
from scheduler.report import Report, detail

_LONGEST_RETRY_AFTER = timedelta(hours=24)
_PRECISION = timedelta(minutes=5)  # what is fresh for an hour, asked for a moment past seven, may be asked at eight


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Decides, at one moment, how a run ends."""

    now: datetime
    chance: float  # a random number in [0, 1)
    rhythm: Rhythm
    paces: Sequence[Pace] = ()  # what was learnt of hosts and is to be told with it

    def good(self, lease: Lease, listing: Listing, report: Report, last: int = 0) -> Settlement:
        """End a run whose list was read; `last`: articles of its last batch, not counted in the report yet.

        Validators are kept only when every item is, else the rest would never be seen.
        """
        new = report.kept.new + last
        interval = lease.source.interval or self._adapted(lease, listing, report, new)
        moved_to, moved_times = moved(lease, listing)
        return Settlement(
            fetch=replace(listing.fetch, new=new, detail=detail(report)),
            validators=None if report.left or report.missed or report.again else listing.validators,
            due_at=self.now if report.left else self._due(lease, interval, listing.not_before or timedelta(0)),
            interval=interval,
            moved_to=moved_to,
            moved_times=moved_times,
            lied_at=lie_seen(lease, listing, self.now),
            complete=not (report.left or report.missed),
            listed=_listed(listing, report, new),
            paces=self.paces,
            open_gap=lease.open_gap,  # until a look back says what is left of it
        )

    def _due(self, lease: Lease, interval: timedelta, not_before: timedelta) -> datetime:
        """When it is asked again: by its own times, to the minute, or its interval; not before its publisher says."""
        if lease.source.cron:
            return self._slot(lease, not_before - min(not_before * self.rhythm.jitter, _PRECISION))
        return max(self.now + not_before, due_after(self.now, interval, chance=self.chance, rhythm=self.rhythm))

    def _slot(self, lease: Lease, wait: timedelta) -> datetime:
        return next_time(lease.source.cron, self.now + wait, self.rhythm.zone)

    def _adapted(self, lease: Lease, listing: Listing, report: Report, new: int) -> timedelta:
        if lease.first_look or lease.source.cron:
            return self.rhythm.start  # everything is new on a first look; that says nothing of the pace
        if listing.fetch.gap:
            return self.rhythm.shortest
        if report.left or not listing.whole:
            return lease.interval  # the run goes on in the next one, or the list says nothing of what was known
        return adapt(lease.interval, items=len(listing.items), new=new, rhythm=self.rhythm)

    def failed(self, lease: Lease, error: CrawlError, seconds: float) -> Settlement:
        """End a run whose list could not be had; an address that was learned is forgotten with its validators."""
        learned = lease.address != lease.source.url
        return Settlement(
            fetch=Fetch(
                url=lease.address,
                at=self.now,
                outcome=Outcome.FAILED,
                status=error.status,
                seconds=seconds,
                reason=error.reason,
                detail=error.detail,
            ),
            validators=Validators(body_hash=lease.validators.body_hash) if learned else None,
            due_at=self._after_failure(lease, error),
            interval=lease.interval,
            failures=lease.failures + 1,
            moved_to="" if learned else lease.moved_to,
            moved_times=0 if learned else lease.moved_times,
            lied_at=lease.lied_at,
            open_gap=lease.open_gap,
            paces=self.paces,
        )

    def _after_failure(self, lease: Lease, error: CrawlError) -> datetime:
        wait = back_off(lease.source.interval or lease.interval, lease.failures + 1, rhythm=self.rhythm)
        if error.reason == Reason.GONE:
            wait = max(wait, WEEK)  # the publisher says that it will not come back; look once a week
        at_least = self.now + min(error.retry_after or timedelta(0), _LONGEST_RETRY_AFTER)
        due_at = due_after(self.now, wait, chance=self.chance, rhythm=self.rhythm)
        if lease.source.cron:  # tried again between its times, but never later than the next; a dead one once a week
            due_at = min(due_at, self._slot(lease, timedelta(0))) if wait < WEEK else self._slot(lease, wait)
        return max(at_least, due_at)


def _listed(listing: Listing, report: Report, new: int) -> int | None:
    """How many items the next list is held against; 0 where nothing of this one could be kept."""
    if listing.fetch.outcome is Outcome.UNCHANGED or not listing.whole:
        return None
    held = new or len(listing.items) > report.left + report.missed
    return len(listing.items) if held else 0
