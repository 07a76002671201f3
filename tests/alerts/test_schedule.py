"""When a delivery is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.schedule import ATTEMPTS, JITTER, WAITS, after_failure
from news.alert import DeliveryState
from news.errors import DeliveryError
from tests.alerts.factories import NOON, delivery

RETRY_AFTER = st.none() | st.timedeltas(timedelta(0), timedelta(hours=24))


@given(st.integers(1, ATTEMPTS - 1), st.floats(0, 1, exclude_max=True), RETRY_AFTER)
def test_a_wait_is_the_scheduled_one_stretched_a_little_and_never_less_than_asked_for(
    attempt: int, dice: float, retry_after: timedelta | None
) -> None:
    error = DeliveryError("HTTP 503", retry_after=retry_after)
    settled = after_failure(delivery(attempt=attempt), error, now=NOON, dice=dice)
    assert settled.state is DeliveryState.DUE
    assert settled.due_at is not None
    wait, planned = settled.due_at - NOON, WAITS[attempt - 1]
    assert wait >= (retry_after or planned)
    assert planned <= wait <= max(planned * (1 + JITTER), retry_after or planned)


def test_a_receiver_that_asks_for_months_is_tried_again_after_a_week() -> None:
    error = DeliveryError("HTTP 503", retry_after=timedelta(days=90))
    assert after_failure(delivery(), error, now=NOON, dice=0).due_at == NOON + timedelta(days=7)


@pytest.mark.parametrize("attempt", [ATTEMPTS, ATTEMPTS + 1, 99])
def test_after_the_last_attempt_a_delivery_is_dead_whatever_the_receiver_asks(attempt: int) -> None:
    error = DeliveryError("HTTP 429", retry_after=timedelta(hours=1))
    settled = after_failure(delivery(attempt=attempt), error, now=NOON, dice=0.5)
    assert (settled.state, settled.due_at) == (DeliveryState.DEAD, None)
    assert settled.detail == f"given up after {attempt} attempts: HTTP 429"


def test_who_has_it_is_carried_over_to_the_next_attempt() -> None:
    before = delivery(taken_by=("anna@example.org",))
    settled = after_failure(before, DeliveryError("not done within 22 s"), now=NOON, dice=0)
    assert settled.taken_by == ("anna@example.org",)
    more = DeliveryError("451", taken_by=("anna@example.org", "boris@example.org"))
    assert after_failure(before, more, now=NOON, dice=0).taken_by == ("anna@example.org", "boris@example.org")
