"""One round: what is due, or what was asked for, crawled and told; the same code for `crawl` and the demo."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from alerts.outbox import Attempt, FlushReport, Outbox
from news.notice import Notice
from presswatch.addresses import Addresses, resolve
from presswatch.app import App
from presswatch.health import operators, tell_operators
from presswatch.owners import named
from presswatch.thread import StorageThread
from scheduler.crew import Crew
from scheduler.report import Report, Totals, total
from scheduler.telling import AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a round is to do; nothing named: what is due."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    everything: bool = False
    backlog: bool = False  # True: alert on what a first look finds, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round came to."""

    reports: Sequence[Report] = field(repr=False)  # asyncio writes down what a task returned, asked or not
    deliveries: FlushReport
    watched: int  # sources in the configuration
    # Asked for, or due where nothing else was: another process runs them, or others of their host.
    skipped: Sequence[str] = ()
    notices: Sequence[Notice] = ()  # what operators are told of sources
    problems: Sequence[str] = ()  # addresses that could not be read, what the database refused; in words

    @property
    def totals(self) -> Totals:
        """All reports added up."""
        return total(self.reports)

    @property
    def failed(self) -> bool:
        """True when some source, address or delivery failed or was not to be had; the rest went on."""
        failed = any(report.failed for report in self.reports)
        return failed or bool(self.problems) or bool(self.skipped) or self.undelivered > 0

    @property
    def undelivered(self) -> int:
        """Deliveries that were not taken this time, and recipients that refused one."""
        return self.deliveries.due + self.deliveries.dead + self.deliveries.refused


@dataclass(slots=True)
class _Tally:
    """Collects reports, and says when there is something to send."""

    on_report: Callable[[Report], None]
    reports: list[Report] = field(default_factory=list)
    notices: Sequence[Notice] = ()
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        self.on_report(report)
        if report.kept.alerts:
            self.news.set()

    def end(self) -> None:
        self.ended = True
        self.news.set()


async def _send(outbox: Outbox, tally: _Tally) -> FlushReport:
    """Send what is owed as soon as it is, while the crawl goes on; digests only at its end, when all is known."""
    attempts: list[Attempt] = []
    last = False
    while not last:
        await tally.news.wait()
        tally.news.clear()
        last = tally.ended
        sent = await outbox.flush(until_idle=True, digests=last)
        attempts += sent.attempts
    return FlushReport(attempts=attempts, waiting=sent.waiting)


async def crawl_once(
    app: App, ask: Ask, *, on_start: Callable[[int], None], on_report: Callable[[Report], None]
) -> Round:
    """Crawl what was asked for until nothing of it is left, then send what is owed.

    `on_start` hears how many sources will be asked. Raises ConfigError for names that no source has.
    """
    names = _names(app, ask)
    outbox = app.outbox()  # before the first request: a channel that cannot work is a configuration error
    operators(app)
    tally = _Tally(on_report)
    run = StorageThread()

    async def judge() -> None:
        tally.notices = [*tally.notices, *await run(tell_operators, app, AT_ONCE)]

    try:
        async with app.gathering() as crawler:
            found, problems = await resolve(crawler, ask.addresses, app.sources)
            await run(app.sync, found.extra)
            names = [*(names or ()), *found.names] if ask.addresses else names
            on_start(len(app.sources) if names is None else len(names))
            gather = Addresses(crawler, found, clock=app.clock)
            crew = app.crew(gather, crawler.gate, run, on_report=tally, backlog=ask.backlog)
            if not app.room():
                problems, names = [*problems, _FULL], []
            began = app.clock.now()
            sent, refused = await _crawl_and_send(crew, outbox, tally, names, within=app.settings.drain, judge=judge)
            if names is None and not tally.reports:
                names = await run(app.source_store.due, began)
    finally:
        run.close()
    silent = set(names or ()) - {report.source for report in tally.reports}
    skipped = sorted(name for name in silent if not any(said.startswith(f"{name}: ") for said in refused))
    return Round(
        reports=tally.reports,
        deliveries=sent,
        watched=len(app.sources),
        skipped=skipped,
        notices=tally.notices,
        problems=[*problems, *refused],
    )


_IMPATIENT = timedelta(seconds=3)
_FULL = "the disk is nearly full: nothing was fetched, what is owed was sent (see min_free_bytes)"


async def _crawl_and_send(
    crew: Crew,
    outbox: Outbox,
    tally: _Tally,
    names: Sequence[str] | None,
    *,
    within: timedelta,
    judge: Callable[[], Awaitable[None]],
) -> tuple[FlushReport, Sequence[str]]:
    """Run the crew to its end, then judge; deliveries go out meanwhile. Returns what was sent, and what was refused.

    Who presses Ctrl-C waits for what is under way, but not long.
    """
    sending = asyncio.create_task(_send(outbox, tally))
    try:
        refused = await crew.all(names=names, due_only=names is None)
        await judge()
    except asyncio.CancelledError:
        sending.cancel()
        within = min(within, _IMPATIENT)
        raise
    finally:
        tally.end()
        await crew.stop(within=within)
        await asyncio.wait([sending])
    sent = sending.result()
    if sent.gave_up:  # operators hear of it now, not with the next crawl
        await judge()
        sent = sent + await outbox.flush()
    return sent, refused


def _names(app: App, ask: Ask) -> list[str] | None:
    """The sources named, in the file's order; None: what is due."""
    known = {source.name: source for source in app.sources}
    for name in ask.names:
        named(name, known)
    if ask.everything:
        return [source.name for source in app.sources if source.enabled]
    return list(dict.fromkeys(ask.names)) if ask.names else None
