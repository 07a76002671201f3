"""When to try a delivery again; pure."""

from datetime import datetime, timedelta

from news.alert import Delivery, DeliveryState, Settled
from news.errors import DeliveryError

# The waits that Standard Webhooks recommends: about three days in all. The first attempt has no wait.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
ATTEMPTS = len(WAITS) + 1
_LONGEST = timedelta(days=7)
JITTER = 0.2  # a wait is stretched by up to this share, so that those who failed together do not return together


def after_failure(delivery: Delivery, error: DeliveryError, *, now: datetime, dice: float) -> Settled:
    """Say when a delivery that was not taken is due again, or that it is dead; `dice` is in [0, 1).

    What a receiver asks for with Retry-After is heeded for up to a week; storage takes a time that is further away for
    the word of a clock that was wrong.
    """
    taken_by = error.taken_by or delivery.taken_by
    if error.permanent or error.gone:
        return Settled(state=DeliveryState.DEAD, detail=error.detail, taken_by=taken_by)
    if delivery.attempt >= ATTEMPTS:
        detail = f"given up after {delivery.attempt} attempts: {error.detail}"
        return Settled(state=DeliveryState.DEAD, detail=detail, taken_by=taken_by)
    wait = WAITS[max(delivery.attempt, 1) - 1] * (1 + JITTER * dice)
    wait = max(wait, min(error.retry_after or wait, _LONGEST))
    return Settled(state=DeliveryState.DUE, detail=error.detail, due_at=now + wait, taken_by=taken_by)
