"""A configuration that is changed on disk: used when it is right and calm, refused and told once when it is wrong."""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from news.notice import Event
from presswatch.app import App
from presswatch.reload import Watch

SETTINGS = "channels:\n  hook: {type: webhook, url: 'http://127.0.0.1:9/', secret_file: hook.secret}\n"
SOURCES = (
    "sources:\n- name: Gazette\n  url: https://gazette.example/feed\n- {name: Herald, url: https://herald.example/}\n"
)
SECRET = "whsec_ZGVtb25zdHJhdGlvbi1zZWNyZXQtb2YtMjQtYnl0ZXM="


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "topics").mkdir()
    write(tmp_path, "presswatch.yaml", SETTINGS)
    write(tmp_path, "sources.yaml", SOURCES)
    write(tmp_path, "topics/drones.yaml", "query: drone*\nchannels: [hook]\n")
    write(tmp_path, "hook.secret", SECRET)
    return tmp_path


class Said(logging.Handler):
    """What is logged, an event and its fields each."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        self.entries.append({"event": record.getMessage(), "log_level": record.levelname.lower(), **fields})


_PLAIN = vars(logging.makeLogRecord({})).keys() | {"message"}


@pytest.fixture
def said() -> Iterator[Said]:
    """What is logged."""
    heard, log = Said(), logging.getLogger("presswatch.reload")
    log.addHandler(heard)
    log.setLevel(logging.INFO)
    yield heard
    log.removeHandler(heard)
    log.setLevel(logging.NOTSET)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o600)
    write.turn += 1_000_000_000  # type: ignore[attr-defined]
    os.utime(path, ns=(write.turn, write.turn))  # type: ignore[attr-defined]


write.turn = 1_700_000_000_000_000_000  # type: ignore[attr-defined]


def watching(folder: Path) -> Watch:
    """A watch over a configuration in use, after its first looks."""
    app = App.open(str(folder / "presswatch.yaml"))
    app.sync()
    watch = Watch(app)
    look(watch, 2)
    assert not watch.changed.is_set()
    return watch


def look(watch: Watch, times: int = 2) -> None:
    async def again() -> None:
        for _ in range(times):
            await watch.look()

    asyncio.run(again())


def events(said: Said) -> list[str]:
    return [entry["event"] for entry in said.entries]


def test_what_was_added_removed_and_changed_is_named_and_used(folder: Path, said: Said) -> None:
    watch = watching(folder)
    write(folder, "sources.yaml", SOURCES.replace("Herald", "Courier").replace("/feed", "/rss") + "# a comment\n")
    write(folder, "topics/ships.yaml", "query: ship*\n")
    write(folder, "topics/drones.yaml", "query: drone* OR uav\nchannels: [hook]\n")
    write(folder, "presswatch.yaml", SETTINGS + "  desk: {type: email, to: [a@example.org]}\ncadence: {start: 5m}\n")
    look(watch)
    assert watch.changed.is_set()
    (entry,) = said.entries
    assert entry == {
        "event": "configuration_changed",
        "log_level": "info",
        "sources_added": ["Courier"],
        "sources_removed": ["Herald"],
        "sources_changed": ["Gazette"],
        "topics_added": ["ships"],
        "topics_changed": ["drones"],
        "channels_added": ["desk"],
        "settings": ["cadence.start"],
    }
    assert watch.next is not None
    fresh = watch.next.app
    assert {each.name for each in fresh.topics} == {"drones", "ships"}
    names = {status.source.name for status in fresh.source_store.statuses(fresh.clock.now())}
    assert names == {"Gazette", "Courier"}


def test_files_are_not_read_while_somebody_writes(folder: Path) -> None:
    watch = watching(folder)
    for text in ("query: sh", "query: ship*", "query: ship* OR boat*"):
        write(folder, "topics/ships.yaml", text)
        look(watch, 1)
        assert not watch.changed.is_set()
    look(watch, 1)
    assert watch.changed.is_set()


def test_what_says_the_same_as_before_disturbs_nobody(folder: Path, said: Said) -> None:
    watch = watching(folder)
    write(folder, "sources.yaml", "# moved down\n\n" + SOURCES)
    write(folder, "topics/drones.yaml", "# the same\nquery:   drone*\nchannels: [hook]\n")
    write(folder, "presswatch.yaml", "# comment\n" + SETTINGS)
    look(watch, 5)
    assert not watch.changed.is_set()
    assert said.entries == []


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("sources.yaml", "sources:\n- url: gazette\n", "sources.yaml:2:8"),
        ("topics/drones.yaml", "query: (drone*\nchannels: [hook]\n", "drones.yaml:1:"),
        ("topics/drones.yaml", "query: drone*\nchannels: [nobody]\n", "drones.yaml:2:"),
        ("presswatch.yaml", SETTINGS + "cadence: {start: soon}\n", "presswatch.yaml:3:"),
        ("presswatch.yaml", SETTINGS + "alerts: {operators: [nobody]}\n", "presswatch.yaml:3:"),
        ("hook.secret", "short", "presswatch.yaml:2:"),
        ("presswatch.yaml", "\tnonsense", "presswatch.yaml:1:"),
    ],
    ids=["source", "query", "channel", "setting", "operator", "secret", "no yaml"],
)
def test_what_is_wrong_is_told_once_with_its_place_and_the_one_before_stays(
    folder: Path, said: Said, name: str, text: str, where: str
) -> None:
    watch = watching(folder)
    before = (folder / name).read_text()
    write(folder, name, text)
    look(watch, 6)
    assert not watch.changed.is_set()
    (entry,) = said.entries
    assert (entry["event"], entry["log_level"]) == ("configuration_wrong", "error")
    assert where in entry["error"]
    (status,) = watch.app.notices.notices()
    assert status.notice.event is Event.CONFIGURATION
    assert where in status.notice.detail
    write(folder, name, before)
    look(watch)
    assert watch.changed.is_set() == (name == "hook.secret"), "a secret may be another one"
    assert events(said)[1:] == (["configuration_changed"] if name == "hook.secret" else ["configuration_right"])


@pytest.mark.parametrize("name", ["sources.yaml", "topics", "presswatch.yaml"])
def test_a_part_that_is_away_is_no_configuration_that_watches_nothing(folder: Path, said: Said, name: str) -> None:
    watch = watching(folder)
    (folder / name).rename(folder / "elsewhere")
    look(watch, 4)
    assert events(said) == ["configuration_wrong"]
    assert f"{folder / name} is not there any more" in said.entries[0]["error"]
    (folder / "elsewhere").rename(folder / name)
    look(watch)
    assert events(said) == ["configuration_wrong", "configuration_right"]


@pytest.mark.parametrize("text", ["", "# sources:\n# - url: https://gazette.example/feed\n", "---\n", "null\n"])
def test_a_file_of_sources_that_was_emptied_is_no_wish_to_watch_nothing(folder: Path, said: Said, text: str) -> None:
    watch = watching(folder)
    write(folder, "sources.yaml", text)
    look(watch, 4)
    assert not watch.changed.is_set()
    (entry,) = said.entries
    assert entry["event"] == "configuration_wrong"
    assert f"{folder / 'sources.yaml'} says nothing any more" in entry["error"]
    (status,) = watch.app.notices.notices()
    assert "write `sources: []`" in status.notice.detail
    write(folder, "sources.yaml", SOURCES)
    look(watch)
    assert events(said) == ["configuration_wrong", "configuration_right"]


@pytest.mark.parametrize("text", ["sources: []\n", "sources:\n"])
def test_who_wants_to_watch_nothing_writes_so_and_may_then_empty_the_file(folder: Path, said: Said, text: str) -> None:
    watch = watching(folder)
    write(folder, "sources.yaml", text)
    look(watch)
    assert said.entries[0]["sources_removed"] == ["Gazette", "Herald"]
    assert watch.next is not None
    write(folder, "sources.yaml", "")
    look(watch.next, 4)
    assert events(said) == ["configuration_changed"]


def test_the_last_topic_may_go(folder: Path, said: Said) -> None:
    watch = watching(folder)
    (folder / "topics" / "drones.yaml").unlink()
    look(watch)
    assert said.entries[0]["topics_removed"] == ["drones"]


def test_a_secret_that_was_exchanged_is_used_and_never_logged(folder: Path, said: Said) -> None:
    watch = watching(folder)
    write(folder, "hook.secret", "whsec_QW5vdGhlciBzZWNyZXQgb2YgMjQgYnl0ZXMuLi4=")
    look(watch)
    assert watch.changed.is_set()
    assert said.entries[0]["secrets"] == [str(folder / "hook.secret")]
    assert "whsec" not in str(said.entries)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("presswatch.yaml", "channels:\n  hook: {type: webhook, secret: whsec_abc: }}\n"),
        ("presswatch.yaml", "alerts: {operators: [nobody]}  # whsec_abc\n"),
        ("sources.yaml", "sources:\n- url: https://gazette.example/feed\n  auth: whsec_abc\n"),
    ],
    ids=["no yaml", "comment", "log-in"],
)
def test_a_line_that_is_wrong_is_not_logged_for_it_may_hold_a_secret(
    folder: Path, said: Said, name: str, text: str
) -> None:
    watch = watching(folder)
    write(folder, name, text)
    look(watch)
    assert events(said) == ["configuration_wrong"]
    assert "whsec" not in str(said.entries)


def test_what_was_judged_is_used_whatever_happens_to_the_files_while_work_ends(folder: Path, said: Said) -> None:
    watch = watching(folder)
    write(folder, "site.secret", "Bearer one")
    asked = "  headers: {Authorization: {file: site.secret}}\n"
    write(folder, "sources.yaml", SOURCES.replace("/feed\n", "/feed\n" + asked))
    look(watch)
    assert watch.next is not None
    (folder / "hook.secret").unlink()
    write(folder, "site.secret", "Bearer two")
    assert list(watch.next.app.outboxes()) == ["hook"]
    assert watch.next.app.sites["Gazette"].headers == {"Authorization": "Bearer one"}
    look(watch.next)
    assert events(said) == ["configuration_changed", "configuration_wrong"]
    write(folder, "hook.secret", SECRET)
    look(watch.next)
    assert said.entries[-1]["secrets"] == [str(folder / "hook.secret"), str(folder / "site.secret")]


def test_a_configuration_that_is_used_is_not_changed_by_its_own_new_secrets(folder: Path) -> None:
    watch = watching(folder)
    write(folder, "other.secret", SECRET)
    write(folder, "presswatch.yaml", SETTINGS.replace("hook.secret", "other.secret"))
    look(watch)
    assert watch.next is not None
    look(watch.next, 4)
    assert not watch.next.changed.is_set()


def test_what_only_a_new_process_can_use_is_said_and_the_rest_is_used(folder: Path, said: Said) -> None:
    watch = watching(folder)
    write(folder, "presswatch.yaml", SETTINGS + "database: sqlite:///other.db\n")
    look(watch, 4)
    assert not watch.changed.is_set()
    assert [(entry["event"], entry["settings"]) for entry in said.entries] == [("restart_needed", ["database"])]
    write(folder, "presswatch.yaml", SETTINGS + "database: sqlite:///other.db\ncadence: {start: 5m}\n")
    look(watch)
    assert watch.next is not None
    assert watch.next.app.settings.database == watch.app.settings.database
    assert not (folder / "other.db").exists()


def test_a_change_made_while_the_files_were_first_read_is_found(folder: Path) -> None:
    app = App.open(str(folder / "presswatch.yaml"))
    app.sync()
    write(folder, "presswatch.yaml", SETTINGS + "cadence: {start: 5m}\n")
    watch = Watch(app)
    look(watch)
    assert watch.changed.is_set()
