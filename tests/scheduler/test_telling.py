"""What operators are told, and when: one notice of what breaks together, and none twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from news.health import State
from news.notice import Asked, Change, Event, Loss, Lost, Notice, Pending, Scene, SwitchedOff
from scheduler.telling import AT_ONCE, FLAPPING, STANDING, Patience, lost_network, tell

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATIENCE = Patience()


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def pending(name: str = "gazette", **fields: object) -> Pending:
    change = Change(source=name, url="", state=State.FAILING, before=State.FINE, reason="http_5xx")
    in_change = {name: fields.pop(name) for name in ("state", "before", "reason") if name in fields}
    change = replace(change, **in_change)  # type: ignore[arg-type]
    plain = Pending(change=change, changed_at=ago(hours=1), asked_at=ago(hours=1))
    return replace(plain, **fields)  # type: ignore[arg-type]


def told(*waiting: Pending, patience: Patience = PATIENCE, **scene: object) -> list[Notice]:
    return tell(Scene(pending=waiting, **scene), now=NOW, patience=patience)  # type: ignore[arg-type]


def names(notices: Sequence[Notice]) -> list[str]:
    return [change.source for notice in notices for change in notice.changes]


def network(event: Event, **span: float) -> Notice:
    return Notice(id=1, event=event, created_at=ago(**span), since=ago(hours=2))


def test_nothing_to_tell_is_nothing_told() -> None:
    assert told() == []


def test_a_change_waits_for_others_until_none_came_for_five_minutes() -> None:
    assert told(pending(changed_at=ago(minutes=4))) == []
    assert names(told(pending(changed_at=ago(minutes=5)))) == ["gazette"]
    assert told(pending(changed_at=ago(minutes=29)), pending("herald", changed_at=ago(minutes=1))) == []


def test_many_that_break_one_by_one_are_one_notice_within_half_an_hour() -> None:
    many = [pending(f"s{n}", changed_at=ago(minutes=30 * (1 - n / 499))) for n in range(500)]
    (notice,) = told(*many)
    assert len(notice.changes) == 500


def test_a_single_run_tells_at_once() -> None:
    assert names(told(pending(changed_at=NOW), patience=AT_ONCE)) == ["gazette"]


def test_recovery_is_told_at_once_and_the_next_trouble_only_after_six_hours() -> None:
    fine = pending(state=State.FINE, before=State.FAILING, told_at=ago(minutes=30))
    assert names(told(fine)) == ["gazette"]
    assert told(pending(told_at=NOW - FLAPPING + MINUTE)) == []
    assert names(told(pending(told_at=NOW - FLAPPING))) == ["gazette"]


def test_troubles_are_named_before_recoveries() -> None:
    fine = pending("a", state=State.FINE, before=State.SILENT)
    assert names(told(fine, pending("b", state=State.SILENT))) == ["b", "a"]


def asks(*reasons: str, hosts: int = 5, minutes: float = 1) -> list[Asked]:
    return [
        Asked(host=f"h{number % hosts}.example", at=ago(minutes=minutes), reason=reason)
        for number, reason in enumerate(reasons)
    ]


def test_when_nothing_can_be_reached_that_is_said_once_and_no_source_is_blamed() -> None:
    lost = asks(*["dns"] * 4, *["timeout"] * 4)
    unreached = pending(reason="dns")
    (notice,) = told(unreached, asked=lost, patience=AT_ONCE)
    assert (notice.event, notice.asked, notice.since) == (Event.NETWORK_DOWN, 8, ago(minutes=1))
    assert told(unreached, asked=lost, network=network(Event.NETWORK_DOWN, minutes=5), patience=AT_ONCE) == []


def test_other_troubles_are_told_of_while_the_network_is_down() -> None:
    down = network(Event.NETWORK_DOWN, minutes=5)
    found = told(pending("a", reason="not_a_feed"), pending("b", state=State.SILENT, reason=""), network=down)
    assert names(found) == ["a", "b"]


def test_network_is_back_with_the_first_answer_and_sources_are_judged_by_their_next_run() -> None:
    down = network(Event.NETWORK_DOWN, minutes=20)
    (notice,) = told(pending(reason="dns"), asked=asks("dns", "", "dns"), network=down, patience=AT_ONCE)
    assert (notice.event, notice.since) == (Event.NETWORK_BACK, ago(hours=2))
    back = network(Event.NETWORK_BACK, minutes=20)
    assert told(pending(reason="dns", asked_at=ago(minutes=21)), network=back) == []
    assert names(told(pending(reason="dns", asked_at=ago(minutes=19)), network=back)) == ["gazette"]


def test_network_is_not_back_by_an_answer_from_before_it_was_lost() -> None:
    down = network(Event.NETWORK_DOWN, minutes=5)
    assert told(asked=asks("", "", "", minutes=6), network=down) == []


def test_one_answer_shows_that_the_network_is_there() -> None:
    assert not lost_network(asks("dns", "dns", "", "dns"), NOW)
    assert lost_network(asks("dns", "dns", "dns"), NOW)


def test_few_hosts_or_old_runs_say_nothing_of_the_network() -> None:
    assert not lost_network(asks(*["dns"] * 20, hosts=2), NOW)
    assert not lost_network(asks(*["dns"] * 20, minutes=11), NOW)
    assert not lost_network([], NOW)


def test_errors_that_a_server_sent_are_no_sign_of_a_lost_network() -> None:
    assert not lost_network(asks("http_5xx", "dns", "dns", "dns"), NOW)


def test_channel_that_was_switched_off_is_told_of() -> None:
    (notice,) = told(switched_off=[SwitchedOff(channel="desk", at=NOW, detail="HTTP 410")])
    assert (notice.event, notice.channel, notice.detail) == (Event.CHANNEL_OFF, "desk", "HTTP 410")


def lost(channel: str = "desk", receiver: str = "", *, told_at: datetime | None = None, **span: float) -> Lost:
    at = ago(**(span or {"hours": 1}))
    loss = Loss(channel=channel, receiver=receiver, alerts=3, alert=9, since=at, until=at, reason="550 no")
    return Lost(loss=loss, told_at=told_at)


def places(notices: Sequence[Notice]) -> list[tuple[str, str]]:
    return [(loss.channel, loss.receiver) for notice in notices for loss in notice.losses]


def test_what_was_given_up_is_one_notice_for_all_channels_and_their_receivers() -> None:
    (notice,) = told(lost=[lost("desk"), lost("desk", "anna@example.org"), lost("hook")])
    assert notice.event is Event.UNDELIVERED
    assert places([notice]) == [("desk", ""), ("desk", "anna@example.org"), ("hook", "")]


def test_what_is_given_up_waits_for_more_as_broken_sources_do() -> None:
    assert told(lost=[lost(minutes=4)]) == []
    assert len(told(lost=[lost(minutes=5)])) == 1
    assert len(told(lost=[lost(minutes=0)], patience=AT_ONCE)) == 1


def test_a_channel_that_loses_on_is_told_of_after_six_hours_and_a_receiver_after_a_week() -> None:
    anna = "anna@example.org"
    assert told(lost=[lost(told_at=NOW - FLAPPING + MINUTE), lost("desk", anna, told_at=NOW - STANDING + MINUTE)]) == []
    again = [lost(told_at=NOW - FLAPPING), lost("desk", anna, told_at=NOW - STANDING)]
    assert places(told(lost=again)) == [("desk", ""), ("desk", anna)]


def test_what_a_channel_that_was_switched_off_is_owed_is_told_with_that() -> None:
    off = [SwitchedOff(channel="desk", at=NOW, detail="HTTP 410")]
    assert [each.event for each in told(lost=[lost("desk")], switched_off=off)] == [Event.CHANNEL_OFF]
    assert places(told(lost=[lost("desk"), lost("hook")], switched_off=off)) == [("hook", "")]


waiting = st.builds(
    pending,
    st.sampled_from("abcdefgh"),
    state=st.sampled_from([State.FAILING, State.SILENT, State.FINE]),
    reason=st.sampled_from(["dns", "http_5xx", ""]),
    changed_at=st.integers(0, 100).map(lambda minutes: ago(minutes=minutes)),
    told_at=st.none() | st.integers(0, 800).map(lambda minutes: ago(minutes=minutes)),
)
runs = st.lists(st.builds(Asked, host=st.sampled_from("abcd"), at=st.just(NOW), reason=st.sampled_from(["", "dns"])))


@given(st.lists(waiting, unique_by=lambda each: each.change.source), runs)
def test_no_trouble_is_told_twice_in_six_hours_and_every_change_at_most_once(
    waits: list[Pending], asked: list[Asked]
) -> None:
    notices = tell(Scene(pending=waits, asked=asked), now=NOW, patience=PATIENCE)
    told_of = names(notices)
    assert len(told_of) == len(set(told_of)) <= len(waits)
    by_name = {each.change.source: each for each in waits}
    for name in told_of:
        each = by_name[name]
        assert not each.change.state.is_trouble or each.told_at is None or NOW - each.told_at >= FLAPPING
    assert len([notice for notice in notices if notice.event is Event.SOURCES]) <= 1
