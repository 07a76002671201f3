"""Each kind of command as a shell starts it: Python anew, nothing loaded that the command does not load itself."""

from pathlib import Path

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving

COMMANDS = (
    "sources show {name}", "sources check", "topics backtest drones", "stories list", "articles show 1", "alerts list",
    "search drone*", "export", "init --empty --dir {folder}",
)  # fmt: skip


def cold(mine: Desk, *arguments: str) -> str:
    command = mine.start(*arguments)
    said, erred = command.communicate(timeout=100)
    assert (command.returncode, erred) == (0, ""), f"{arguments}: {said}{erred}"
    return said


def test_every_command_loads_what_it_needs(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1) as site, receiving(Receiver()) as hook:
        mine = desk(tmp_path, sqlite_url, site.feed_urls, hook)
        assert "3 new" in cold(mine, "crawl", "--all")
        for command in COMMANDS:
            assert cold(
                mine, *command.format(name=site.feed_urls[0].removeprefix("http://"), folder=tmp_path / "other").split()
            )
