"""Storage's outbox, under the contract that the alerts' own fake keeps."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

import pytest

from news.alert import Decision, Verdict
from news.article import Article
from news.story import Story
from news.topic import Match
from storage.articles import Archive
from storage.database import Database
from storage.outbox import DeliveryStore
from storage.sources import Sources
from tests.alerts.queue_contract import Desk, QueueContract
from tests.storage.press import lease_of, prepared


class TestDeliveryStore(QueueContract):
    """The tables, under the contract."""

    @pytest.fixture
    def desk(self, database: Database) -> Desk:
        store = DeliveryStore(database)
        numbers = count(1)

        def owe(channel: str, how_many: int, due_at: datetime) -> Sequence[str]:
            def tell(match: Match, story: Story, article: Article, *, told: bool, backlog: bool) -> Decision:
                return Decision(verdict=Verdict.NOW, reason="new", channels=(channel,))

            before = {delivery.id for status in store.alerts(1000) for delivery in status.deliveries}
            articles = [prepared(next(numbers), topics=["defence"]) for _ in range(how_many)]
            lease = lease_of(database, due_only=False, owner=str(next(numbers)), now=due_at)
            Archive(database).keep(lease, articles, now=due_at, decide=tell)
            Sources(database).release(lease.owner)
            told = [delivery.id for status in store.alerts(1000) for delivery in status.deliveries]
            return [name for name in reversed(told) if name not in before]

        return Desk(queue=store, owe=owe)
