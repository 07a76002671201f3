"""The daemon, wired: sources on their schedule, deliveries as they fall due, housekeeping now and then."""

import asyncio
import logging
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from alerts.notices import title
from alerts.outbox import FlushReport, Outbox
from presswatch.app import App
from presswatch.health import operators, tell_operators
from presswatch.reload import Watch
from presswatch.thread import StorageThread
from scheduler.daemon import Daemon, Jobs, asked_to_stop
from scheduler.report import Report
from scheduler.telling import Patience

log = logging.getLogger(__name__)


async def run_daemon(app: App) -> None:
    """Work until SIGTERM or SIGINT; a configuration that was changed is used from then on."""
    _ = operators(app), app.channels  # one that cannot work is an error now, not when something breaks
    stop = asked_to_stop()
    await asyncio.to_thread(app.sync)  # each later one is brought in line before work for it ends
    watch: Watch | None = Watch(app)
    while watch is not None and not stop.is_set():
        await _work(watch, stop)
        watch = watch.next


async def _work(watch: Watch, stop: asyncio.Event) -> None:
    """Work with one configuration until another is there, or until the process is to stop."""
    app = watch.app
    deliver = {name: partial(_deliver, outbox) for name, outbox in app.outboxes().items()}
    run = StorageThread()
    try:
        log.info("configured", extra={"sources": len(app.sources), "topics": len(app.topics), "channels": len(deliver)})
        async with app.gathering() as crawler:
            daemon = Daemon(
                crew=app.crew(crawler, crawler.gate, run, on_report=log_report),
                jobs=Jobs(
                    deliver=deliver,
                    judge=partial(_judge, app),
                    maintain=partial(_maintain, app),
                    watch=watch.look,
                    room=app.room,
                ),
                clock=app.clock,
                tick=app.settings.tick,
                deliver_every=min(app.settings.tick, timedelta(seconds=5)),
                drain=app.settings.drain,
            )
            await daemon.run(stop, watch.changed)
    finally:
        run.close()
        app.database.close()


async def _deliver(outbox: Outbox) -> None:
    log_deliveries(await outbox.flush())


async def _judge(app: App) -> None:
    """Look how sources do, and tell operators what changed; in a thread of its own, for thousands take seconds."""
    for notice in await asyncio.to_thread(tell_operators, app, Patience()):
        log.warning("notice", extra={"id": notice.id, "title": title(notice), "channels": list(operators(app))})


async def _maintain(app: App) -> None:
    """Keep house in a thread of its own: claims and renewals must not stand in line behind a thousand deletions."""
    done = await asyncio.to_thread(app.maintain)
    log.info("maintained", extra=asdict(done))


def log_deliveries(sent: FlushReport) -> None:
    """One line for each message that was tried."""
    for attempt in sent.attempts:
        say = log.warning if attempt.settled.gives_up else log.info
        fields = {
            "channel": attempt.channel,
            "id": attempt.id,
            "alerts": len(attempt.message),
            "attempt": attempt.message[0].attempt,
            "state": attempt.settled.state,
            "detail": attempt.settled.detail,
        }
        say("delivery", extra=fields)


def log_report(report: Report) -> None:
    """One line for each run of a source."""
    fetch, kept = report.fetch, report.kept
    fields = {"source": report.source, "status": fetch.status, "seconds": round(fetch.seconds, 3)}
    if report.failed:
        log.warning("source_failed", extra={**fields, "reason": fetch.reason, "detail": fetch.detail})
        return
    log.info(
        "source_read",
        extra={
            **fields,
            "outcome": fetch.outcome,
            "items": fetch.items,
            "new": kept.new,
            "known": report.known,
            "refused": len(report.refused),
            "copies": kept.copies,
            "alerts": kept.alerts,
            "detail": fetch.detail,
        },
    )
