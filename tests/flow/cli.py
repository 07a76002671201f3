"""presswatch as people run it: a process of its own, in a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flow.warm import Running

TOPIC = "title: Drones\nchannels: [hook]\nquery: drone*\n"


@dataclass
class Desk:
    """A configuration folder and the commands run on it."""

    folder: Path
    database: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PRESSWATCH_")}
        fetch = {"ALLOW_PRIVATE_NETWORKS": "true", "DELAY": "0", "PER_HOST": "8"}
        return {
            **clean,
            "PRESSWATCH_DATABASE": self.database,
            **{f"PRESSWATCH_FETCH__{name}": value for name, value in fetch.items()},
            **{f"PRESSWATCH_{name}": value for name, value in self.settings.items()},
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "presswatch", "--config", str(self.folder / "presswatch.yaml"), *arguments]

    def running(self, *arguments: str) -> Running:
        """Begin a command that loads nothing: what it does is looked at, not how it begins."""
        return Running(self.command(*arguments)[3:], self.environment)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments), env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str, status: int | None = 0) -> str:
        done = self._done(arguments, status)
        return done.stdout if status in {0, None} else done.stdout + done.stderr

    def json(self, *arguments: str, status: int | None = 0) -> Any:
        return json.loads(self._done((*arguments, "--json"), status).stdout)

    def _done(self, arguments: Sequence[str], status: int | None) -> "subprocess.CompletedProcess[str]":
        done = self.running(*arguments).wait()
        if status is not None:
            assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def exported(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("export").splitlines()]


def desk(folder: Path, database: str, feeds: list[str], hook: str = "") -> Desk:
    """A desk with sources, and a topic with a webhook channel where one is named."""
    made = Desk(folder / "D", database)
    made.run("init", "--empty", "--dir", str(made.folder))
    listed = folder / "feeds.txt"
    listed.write_text("\n".join(feeds))
    made.run("sources", "import", str(listed))
    if hook:
        (made.folder / "topics" / "drones.yaml").write_text(TOPIC)
        made.settings |= {
            "CHANNELS__HOOK__TYPE": "webhook",
            "CHANNELS__HOOK__URL": hook,
            "ALERTS__ALLOW_PRIVATE_NETWORKS": "true",
            "ALERTS__BACKLOG": "true",
            "ALERTS__PER_HOUR": "0",
        }
    return made
