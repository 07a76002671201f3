"""The stage of the demonstration: newsroom, mailbox, webhook receiver, and a configuration that names them."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from news.time import SystemClock
from presswatch.app import App
from presswatch.cli.start import shipped_config
from presswatch.demo.newsroom import Newsroom
from presswatch.demo.sinks import Mailbox, WebhookReceiver
from presswatch.settings import read_settings

SECRET = "whsec_cHJlc3N3YXRjaC1kZW1vLXNlY3JldC0yNC1ieXRlcw=="  # noqa: S105 (known to this machine's own receiver only)
READER = "editor@example.org"
TOPIC = "defence-cooperation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that the show plays with."""

    newsroom: Newsroom
    mailbox: Mailbox
    webhook: WebhookReceiver
    folder: Path

    def open(self) -> App:
        """Open the configuration as a command does, but deaf to the environment: a demo touches no real database."""
        config = self.folder / "presswatch.yaml"
        return App(settings=read_settings(config, environment={}), config=config, clock=SystemClock())


@contextmanager
def set_stage(keep: Path | None) -> Iterator[Stage]:
    """Set everything up and clear it away; only what lies in `keep` remains."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="presswatch-demo-")))
        newsroom = stack.enter_context(Newsroom())
        mailbox, webhook = Mailbox(), WebhookReceiver(SECRET)
        for sink in (mailbox, webhook):
            sink.start()
            stack.callback(sink.stop)
        stage = Stage(newsroom=newsroom, mailbox=mailbox, webhook=webhook, folder=folder)
        _write_config(stage)
        yield stage


def _write_config(stage: Stage) -> None:
    """The topic and lists as shipped, told to two channels; sources and settings of this stage."""
    shipped = shipped_config()
    (stage.folder / "topics").mkdir(parents=True)
    shutil.copytree(shipped / "lists", stage.folder / "lists")
    topic = (shipped / "topics" / f"{TOPIC}.yaml").read_text(encoding="utf-8")
    told = re.sub(r"(?m)^channels:.*$", "", topic).rstrip() + "\n\nchannels: [desk, bot]\n"
    (stage.folder / "topics" / f"{TOPIC}.yaml").write_text(told, encoding="utf-8")
    _dump(stage.folder / "presswatch.yaml", _settings(stage))
    _dump(stage.folder / "sources.yaml", {"sources": _sources(stage)})


def _settings(stage: Stage) -> dict[str, object]:
    return {
        "database": f"sqlite:///{(stage.folder / 'presswatch.db').resolve()}",
        "contact": READER,
        "fetch": {"delay": "0.01s", "per_host": 2, "allow_private_networks": True},
        "alerts": {"backlog": True, "allow_private_networks": True},
        "smtp": {"host": "127.0.0.1", "port": stage.mailbox.port, "sender": "presswatch@example.org"},
        "channels": {
            "desk": {"type": "email", "to": [READER]},
            "bot": {"type": "webhook", "url": stage.webhook.url, "secret": SECRET},
        },
    }


def _sources(stage: Stage) -> list[dict[str, str]]:
    return [
        {"name": each.name, "url": each.url, "kind": each.kind.value, "group": each.group, "lang": each.lang}
        for each in stage.newsroom.sources()
    ]


def _dump(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
