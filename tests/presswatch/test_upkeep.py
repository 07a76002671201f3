"""Housekeeping as a configuration asks for it."""

from datetime import timedelta
from pathlib import Path

from news.alert import DeliveryState
from presswatch.app import App
from storage.articles import Archive
from storage.database import Database
from storage.outbox import DeliveryStore
from tests.alerts.fakes import HandClock
from tests.storage.press import NOW, leased, prepared, tell_all


def test_a_daemon_that_runs_for_weeks_gives_up_what_a_channel_that_left_is_owed(
    tmp_path: Path, sqlite_url: str
) -> None:
    config = tmp_path / "presswatch.yaml"
    config.write_text(
        f"database: {sqlite_url}\nchannels:\n  hook: {{type: webhook, url: 'http://127.0.0.1:9/'}}\n", "utf-8"
    )
    database = Database(sqlite_url)
    (lease,) = leased(database)
    Archive(database).keep(lease, [prepared(1, topics=["defence"])], now=NOW, decide=tell_all)
    database.close()
    app = App.open(str(config), clock=HandClock(NOW + timedelta(days=8)))
    app.maintain()
    (status,) = DeliveryStore(app.database).alerts()
    states = {delivery.channel: delivery.state for delivery in status.deliveries}
    assert states == {"hook": DeliveryState.DUE, "mail": DeliveryState.DEAD}
    app.database.close()
