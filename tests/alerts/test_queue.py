"""The fake queue keeps the promises that storage's own must keep."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from tests.alerts.factories import delivery
from tests.alerts.fakes import FakeQueue
from tests.alerts.queue_contract import Desk, QueueContract


class TestFakeQueue(QueueContract):
    """The fake, under the contract."""

    @pytest.fixture
    def desk(self) -> Desk:
        queue = FakeQueue()

        def owe(channel: str, count: int, due_at: datetime) -> Sequence[str]:
            names = [f"{channel}-{len(queue.rows) + n}" for n in range(count)]
            queue.owe([delivery(id=name, channel=channel, due_at=due_at) for name in names])
            return names

        return Desk(queue=queue, owe=owe)
