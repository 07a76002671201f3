"""Send what is owed, as it would be in the next hours: `flush_later CONFIG MINUTES...`; one line of JSON for each."""

import asyncio
import json
import sys
from datetime import datetime, timedelta

from news.time import SystemClock
from presswatch.app import App


class LaterClock(SystemClock):
    """The clock of somebody who lives some time ahead."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


def main(config: str, *minutes: str) -> None:
    clock = LaterClock()
    app = App.open(config, clock=clock)
    for each in minutes:
        clock.ahead = timedelta(minutes=float(each))
        sent = asyncio.run(app.outbox().flush())
        print(json.dumps({"delivered": sent.delivered, "messages": len(sent.attempts)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
