"""One round: what is due, or what was asked for, crawled and told; the same code for `crawl` and the demo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alerts.outbox import FlushReport
from news.errors import ConfigError
from presswatch.addresses import Addresses, resolve
from presswatch.app import App, StorageThread
from presswatch.yamlfile import did_you_mean
from scheduler.report import Report, Totals, total


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

    reports: Sequence[Report]
    deliveries: FlushReport
    watched: int  # sources in the configuration
    skipped: Sequence[str] = ()  # asked for, but another process is running them
    problems: Sequence[str] = ()  # addresses that could not be read, in words

    @property
    def totals(self) -> Totals:
        """All reports added up."""
        return total(self.reports)

    @property
    def failed(self) -> bool:
        """True when some source, address or delivery failed; the rest went on."""
        return bool(self.problems) or any(report.failed for report in self.reports) or self.undelivered > 0

    @property
    def undelivered(self) -> int:
        """Deliveries that were not taken this time."""
        return self.deliveries.due + self.deliveries.dead


@dataclass(slots=True)
class _Tally:
    on_report: Callable[[Report], None]
    reports: list[Report] = field(default_factory=list)

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        self.on_report(report)


async def crawl_once(
    app: App, ask: Ask, *, on_start: Callable[[int], None], on_report: Callable[[Report], None]
) -> Round:
    """Crawl what was asked for until nothing of it is left, then send what is owed.

    `on_start` hears how many sources will be asked. Raises ConfigError for names that no source has.
    """
    names = _names(app, ask)
    outbox = app.outbox()  # before the first request: a channel that cannot work is a configuration error
    run = StorageThread()
    try:
        async with app.gathering() as crawler:
            found, problems = await resolve(crawler, ask.addresses, app.sources)
            await run(app.sync, found.extra)
            names = [*(names or ()), *found.names] if ask.addresses else names
            on_start(len(app.sources) if names is None else len(names))
            tally = _Tally(on_report)
            crew = app.crew(
                Addresses(crawler, found.articles, clock=app.clock), run, on_report=tally, backlog=ask.backlog
            )
            try:
                await crew.all(names=names, due_only=names is None)
            finally:
                await crew.stop(within=app.settings.drain)
        sent = await outbox.flush(until_idle=True)
    finally:
        run.close()
    asked = {report.source for report in tally.reports}
    skipped = sorted(set(names or ()) - asked)
    return Round(reports=tally.reports, deliveries=sent, watched=len(app.sources), skipped=skipped, problems=problems)


def _names(app: App, ask: Ask) -> list[str] | None:
    """The sources named, in the file's order; None: what is due."""
    known = {source.name: source for source in app.sources}
    for name in ask.names:
        if name not in known:
            raise ConfigError(
                f"there is no source named {name!r}", hint=did_you_mean(name, list(known) or ["none yet"])
            )
    if ask.everything:
        return [source.name for source in app.sources if source.enabled]
    return list(dict.fromkeys(ask.names)) if ask.names else None
