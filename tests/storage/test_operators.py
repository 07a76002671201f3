"""Notices in the database: each kept, owed and remembered at once, and told by one of two tellers."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text, update

from news.alert import DeliveryState, Picked, Settled, Waiting
from news.health import Facts, Health, State
from news.notice import Event, Notice, Scene
from scheduler.telling import AT_ONCE, tell
from storage.articles import Archive
from storage.database import Database
from storage.health import HealthStore
from storage.maintain import Retention, maintain
from storage.operators import NoticeStore
from storage.outbox import DeliveryStore
from storage.sources import Sources
from storage.tables import deliveries, sources
from tests.storage.press import LEASE, NOW, failure, later, leased, oldest, prepared, settlement, source, tell_all


def ill(database: Database, *names: str, state: State = State.FAILING, now: datetime = NOW) -> None:
    """Run sources and judge them to be in a state."""
    pairs = [(lease, failure(now)) for lease in leased(database, *names, now=now, due_only=False)]
    Sources(database).settle(pairs, now=now)
    HealthStore(database).judge(lambda facts: Health(state=state, since=facts.asked_at), now=now)


def all_of_it(scene: Scene, now: datetime = NOW) -> Sequence[Notice]:
    """Tell everything at once."""
    changes = [each.change for each in scene.pending]
    return [Notice(id=0, event=Event.SOURCES, created_at=now, changes=changes)] if changes else []


def told(database: Database, *channels: str, now: datetime = NOW) -> list[Notice]:
    return NoticeStore(database).tell(partial(all_of_it, now=now), channels, now=now)


def test_a_notice_is_kept_owed_and_never_told_again(database: Database) -> None:
    ill(database, "gazette", "herald")
    (notice,) = told(database, "ops", "mail", "ops")
    assert [(each.source, each.state, each.before) for each in notice.changes] == [
        ("gazette", State.FAILING, State.FINE),
        ("herald", State.FAILING, State.FINE),
    ]
    assert (notice.changes[0].reason, notice.changes[0].detail, notice.changes[0].turns) == ("dns", "no such host", 1)
    assert told(database, "ops") == []
    (status,) = NoticeStore(database).notices()
    assert status.notice == notice
    assert [each.channel for each in status.deliveries] == ["mail", "ops"]


def test_of_two_tellers_one_tells(database: Database) -> None:
    ill(database, *(f"s{n}" for n in range(20)))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: told(database, "ops"), range(8)))
    assert sum(map(len, found)) == 1
    assert len(NoticeStore(database).notices()) == 1


@pytest.mark.postgres
def test_a_teller_takes_sources_in_the_order_in_which_runs_end(postgres_url: str) -> None:
    database = Database(postgres_url)
    ill(database, "zebra", "aardvark")
    with ThreadPoolExecutor(1) as pool:
        with database.write() as ending:
            ending.execute(select(sources.c.id).where(sources.c.name == "zebra").with_for_update())
            by_name = partial(tell, now=NOW, patience=AT_ONCE)
            telling = pool.submit(NoticeStore(database).tell, by_name, ["ops"], now=NOW)
            while not ending.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first():
                assert not telling.done()
            ending.execute(select(sources.c.id).where(sources.c.name == "aardvark").with_for_update(nowait=True))
        assert len(telling.result()) == 1
    database.close()


def test_what_changed_and_changed_back_is_not_told_but_counted(database: Database) -> None:
    ill(database)
    told(database, now=NOW)
    ill(database, state=State.FINE, now=later(hours=1))
    ill(database, now=later(hours=2))
    assert told(database, now=later(hours=2)) == []
    ill(database, state=State.FINE, now=later(hours=3))
    (notice,) = told(database, now=later(hours=3))
    assert [(each.state, each.before, each.turns) for each in notice.changes] == [(State.FINE, State.FAILING, 3)]


def test_new_and_paused_sources_are_not_told_of(database: Database) -> None:
    ill(database, "a", state=State.NEW)
    ill(database, "b", state=State.PAUSED)
    assert told(database) == []


def test_source_that_was_switched_off_begins_anew(database: Database) -> None:
    ill(database)
    told(database)
    Sources(database).sync([source(enabled=False)], now=NOW)
    HealthStore(database).judge(lambda _: Health(state=State.PAUSED), now=NOW)
    assert told(database) == []
    Sources(database).sync([source()], now=NOW)
    HealthStore(database).judge(lambda _: Health(state=State.FAILING), now=NOW)
    (notice,) = told(database)
    assert notice.changes[0].before is State.FINE


def test_notice_is_claimed_alone_and_settled_like_an_alert(database: Database) -> None:
    ill(database)
    (notice,) = told(database, "ops")
    store = DeliveryStore(database)
    (delivery,) = store.claim("ops", owner="me", now=NOW, lease=LEASE, pick=oldest(10))
    assert delivery.about == notice
    assert delivery.bundle == ""
    store.settle([delivery], Settled(state=DeliveryState.DEAD, detail="no"), now=NOW)
    assert store.redeliver([delivery.id], now=later(hours=1)) == 1
    (again,) = store.claim("ops", owner="me", now=later(hours=1), lease=LEASE, pick=oldest(10))
    assert (again.id, again.about) == (delivery.id, notice)
    assert store.alerts() == []


def test_notice_is_never_part_of_a_digest(database: Database) -> None:
    (lease,) = leased(database)
    news = [prepared(number, topics=["defence"]) for number in range(3)]
    Archive(database).keep(lease, news, settlement(), now=NOW, decide=tell_all)
    ill(database)
    told(database, "mail")

    def digest(due: Sequence[Waiting], _begun: Mapping[str, datetime], /) -> Picked:
        return Picked(digest=[each.id for each in due if each.is_fresh])

    store = DeliveryStore(database)
    bundled = store.claim("mail", owner="me", now=NOW, lease=LEASE, pick=digest)
    assert [delivery.alert.topic for delivery in bundled] == ["defence"] * 3
    (alone,) = store.claim("mail", owner="me", now=NOW, lease=LEASE, pick=oldest(10))
    assert isinstance(alone.about, Notice)
    with pytest.raises(TypeError):
        _ = alone.alert


def test_channel_that_is_gone_is_told_to_the_others_once(database: Database) -> None:
    DeliveryStore(database).disable_channel("ops", "HTTP 410", now=NOW)
    seen: list[Scene] = []

    def tell(scene: Scene) -> Sequence[Notice]:
        seen.append(scene)
        return [
            Notice(id=0, event=Event.CHANNEL_OFF, created_at=NOW, channel=off.channel) for off in scene.switched_off
        ]

    store = NoticeStore(database)
    assert len(store.tell(tell, ["ops", "mail"], now=NOW)) == 1
    assert store.tell(tell, ["ops", "mail"], now=NOW) == []
    assert [(off.channel, off.detail) for off in seen[0].switched_off] == [("ops", "HTTP 410")]
    (status,) = store.notices()
    assert [each.channel for each in status.deliveries] == ["mail"]


def test_runs_of_sources_that_fail_for_long_say_nothing_of_the_network(database: Database) -> None:
    ill(database, "a", "b")
    with database.write() as connection:
        connection.execute(update(sources).where(sources.c.name == "a").values(failures=9))
    seen: list[Scene] = []
    NoticeStore(database).tell(lambda scene: seen.append(scene) or [], [], now=NOW)  # type: ignore[func-returns-value]
    assert [(asked.host, asked.reason) for asked in seen[0].asked] == [("b.example", "dns")]


def test_old_notices_go_with_their_deliveries(database: Database) -> None:
    ill(database)
    told(database, "ops")
    store = DeliveryStore(database)
    (delivery,) = store.claim("ops", owner="me", now=NOW, lease=LEASE, pick=oldest(10))
    store.settle([delivery], Settled(state=DeliveryState.DELIVERED), now=NOW)
    maintain(database, Retention(), now=later(days=31))
    assert len(NoticeStore(database).notices()) == 1
    maintain(database, Retention(), now=later(days=91))
    assert NoticeStore(database).notices() == []
    with database.read() as connection:
        assert connection.execute(select(deliveries)).all() == []


def test_facts_that_a_judge_sees_outlive_the_telling(database: Database) -> None:
    ill(database)
    told(database)
    seen: list[Facts] = []
    Sources(database).settle(
        [(lease, settlement(later(hours=1))) for lease in leased(database, now=later(hours=1))], now=later(hours=1)
    )

    def judge(facts: Facts) -> Health:
        seen.append(facts)
        return Health(state=State.FINE, since=facts.success_at)

    HealthStore(database).judge(judge, now=later(hours=1))
    assert (seen[0].state, seen[0].since) == (State.FAILING, NOW)
    assert seen[0].success_at == NOW + timedelta(hours=1)
