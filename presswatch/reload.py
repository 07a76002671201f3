"""A configuration that is changed while the daemon runs: read whole beside the one in use, and used if it is right."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from news.errors import ConfigError, StorageError
from news.notice import Event, Notice
from presswatch.app import App
from presswatch.health import operators
from presswatch.settings import EmailTarget, Part, Settings

log = logging.getLogger(__name__)
_NAMED = 20  # names of one kind in a line of the log
_AT_START = ("database", "log.format", "log.level")  # what only a new process takes over
_FOLDERS = ("topics", "lists")
_Files = Mapping[Path, tuple[int, int, int]]  # those that are there, with what changes when they do


@dataclass(slots=True)
class Watch:
    """Looks at the files of a configuration; `changed` is set when there is another one to use, `next` over it."""

    app: App
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    next: "Watch | None" = None
    _used: _Files = field(init=False)
    _last: _Files = field(init=False)
    _judged: _Files = field(init=False, default_factory=dict)  # empty: they may have changed while they were first read
    _is_wrong: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._used = self._last = files(self.app)

    async def look(self) -> None:
        """Read the files again when they have changed and nobody has written to them since the last look."""
        seen = files(self.app)
        is_calm, self._last = seen == self._last, seen
        if self.changed.is_set() or not is_calm or seen == self._judged:
            return
        try:
            _miss(self.app, self._used, seen)
            await self._judge({path for path in {*self._used, *seen} if self._used.get(path) != seen.get(path)})
        except ConfigError as error:
            await self._refuse(error)
        except StorageError as error:
            log.warning(
                "configuration_waits", extra={"error": str(error), "effect": "it is tried again at the next look"}
            )
            return
        self._judged = seen  # what is wrong is said once, until the files change again

    async def _judge(self, changed: Collection[Path]) -> None:
        fresh, wanted = await asyncio.to_thread(reread, self.app)
        watch = Watch(fresh)  # now: what is written to while work ends here is to be found by the next looks
        _empty(self.app, fresh)
        differs = dict(differences(self.app, fresh, changed))
        if late := sorted(name for name in _settings(self.app.settings, wanted) if name in _AT_START):
            log.warning(
                "restart_needed",
                extra={"settings": late, "effect": "they stay as they were until presswatch is restarted"},
            )
        if differs:
            await asyncio.to_thread(fresh.sync)
            log.info("configuration_changed", extra={kind: _some(names) for kind, names in differs.items()})
            self.next = watch
            self.changed.set()
        elif self._is_wrong:
            log.info("configuration_right", extra={"effect": "it says again what is in use"})
        self._is_wrong = False

    async def _refuse(self, error: ConfigError) -> None:
        words = _in_words(error)
        log.error("configuration_wrong", extra={"error": words, "effect": "the one in use stays"})
        self._is_wrong = True
        await asyncio.to_thread(_tell, self.app, words)


def _in_words(error: ConfigError) -> str:
    """Give an error without the line of the file that it shows: a secret may stand there."""
    return "; ".join(filter(None, (f"{error.at}: {error.message}" if error.at else error.message, error.hint)))


def _tell(app: App, detail: str) -> None:
    now = app.clock.now()
    notice = Notice(id=0, event=Event.CONFIGURATION, created_at=now, since=now, detail=detail)
    app.notices.tell(lambda _scene: [notice], operators(app), now=now)


def reread(app: App) -> tuple[App, Settings]:
    """Read a configuration's files anew, to the last of its parts; raises ConfigError for any that cannot work.

    Gives what can be used at once, and the settings as they are written.
    """
    wanted = App.open(str(app.config), clock=app.clock)
    at_start = {"database": app.settings.database, "log": app.settings.log}
    fresh = replace(wanted, settings=wanted.settings.model_copy(update=at_start))
    operators(fresh)
    _ = fresh.channels, fresh.sites, fresh.matcher  # each is read once: what was judged is what is used
    return fresh, wanted.settings


def files(app: App) -> _Files:
    """Find the files that a configuration consists of, secrets among them."""
    found: dict[Path, tuple[int, int, int]] = {}
    for path in (app.config, app.source_file, *_listed(app.folder), *_secrets(app)):
        try:
            is_now = path.stat()
        except OSError:
            continue
        found[path] = (is_now.st_mtime_ns, is_now.st_size, is_now.st_ino)
    return found


def _listed(folder: Path) -> Iterator[Path]:
    for name in _FOLDERS:
        yield from sorted((folder / name).glob("*.yaml"))


def _miss(app: App, used: _Files, seen: _Files) -> None:
    """Refuse a configuration of which a part is away: read as it is, that would mean to watch nothing any more."""
    folders = {path.parent for path in used if path.parent.parent == app.folder and path.parent.name in _FOLDERS}
    gone = [path for path in (app.config, app.source_file) if path in used and path not in seen]
    gone += [path for path in sorted(folders) if not path.is_dir()]
    if gone:
        raise ConfigError(
            f"{gone[0]} is not there any more",
            hint="put it back; to watch nothing, write `sources: []` in sources.yaml and leave folders there, empty",
        )


def _empty(used: App, fresh: App) -> None:
    """Refuse a file of sources that says nothing where it named some: a full disk or an editor emptied it."""
    if used.sources and fresh.watched.is_blank:
        raise ConfigError(
            f"{fresh.source_file} says nothing any more", hint="put it back; to watch nothing, write `sources: []`"
        )


def _secrets(app: App) -> Iterator[Path]:
    targets = [each for each in app.settings.channels.values() if not isinstance(each, EmailTarget)]
    for named in (app.settings.smtp.password_file, *(each.secret_file for each in targets)):
        if named is not None:
            yield app.folder / named
    for asking in app.watched.asking.values():
        yield from (app.folder / name for name in asking.files)


def differences(old: App, new: App, changed: Collection[Path]) -> Mapping[str, list[str]]:
    """Name what another configuration adds, removes and changes, by kind; nothing where it says the same.

    changed: files that did.
    """
    found: dict[str, list[str]] = {}
    parts = {
        "sources": (_sources(old), _sources(new)),
        "topics": (_topics(old), _topics(new)),
        "channels": (dict(old.settings.channels), dict(new.settings.channels)),
    }
    for name, (before, after) in parts.items():
        found[f"{name}_added"] = [each for each in after if each not in before]
        found[f"{name}_removed"] = [each for each in before if each not in after]
        found[f"{name}_changed"] = [each for each in after if each in before and before[each] != after[each]]
    found["settings"] = sorted(_settings(old.settings, new.settings))
    found["secrets"] = sorted(str(path) for path in {*_secrets(old), *_secrets(new)} if path in changed)
    return {name: names for name, names in found.items() if names}


def _sources(app: App) -> Mapping[str, object]:
    return {each.name: (each, app.watched.asking.get(each.name)) for each in app.sources}


def _topics(app: App) -> Mapping[str, object]:
    return {each.name: (each.version, each.title, each.channels) for each in app.topics}


def _settings(old: Part, new: Part, prefix: str = "") -> Iterator[str]:
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name == "channels":
            continue
        if isinstance(before, Part):
            yield from _settings(before, after, f"{prefix}{name}.")
        else:
            yield prefix + name


def _some(names: list[str]) -> list[str]:
    more = len(names) - _NAMED
    return [*names[:_NAMED], f"and {more} more"] if more > 0 else names
