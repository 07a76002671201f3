"""A back-fill that cannot go on."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

from news.time import SystemClock
from presswatch.app import App
from presswatch.filling import Fill, Wanted, fill
from presswatch.settings import Settings


@dataclass(frozen=True)
class Filling(App):
    """A disk that has room for so many looks at it."""

    looks: list[bool] = field(default_factory=list)

    def room(self) -> bool:
        """Say what was foretold, then that it is full."""
        return bool(self.looks and self.looks.pop())


def test_a_disk_that_fills_ends_a_back_fill_with_what_it_has(tmp_path: Path, sqlite_url: str) -> None:
    rows = [{"url": f"https://a.example/{n}", "title": f"Title {n}", "text": "A few words."} for n in range(500)]
    (tmp_path / "old.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    app = Filling(
        settings=Settings(database=sqlite_url),
        config=tmp_path / "presswatch.yaml",
        clock=SystemClock(),
        looks=[True] * 3,
    )
    done = Fill()
    asyncio.run(fill(app, Wanted(files=(tmp_path / "old.jsonl",), any_host=True), done))
    app.database.close()
    assert done.total.kept.new == 400, "two batches of 200: the first look is at the start"
    assert done.failed
    assert "disk is nearly full" in done.problems[0]
