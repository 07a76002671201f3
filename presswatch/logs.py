"""Structured logs: one line an event, with its fields; never article text, never a secret.

Whoever has something to say tells Python's own logging, the fields as `extra`. structlog writes the lines; it is loaded
with the first of them, for a round that has nothing to say can do without.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from functools import cached_property
from typing import Any

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_OURS = ("alerts", "crawler", "presswatch", "scheduler", "storage", "topics")


def configure(level: str, form: str) -> None:
    """Send logs to standard error at `level`, as JSON lines or for a console (`auto`: by what is listening)."""
    to = logging.StreamHandler(sys.stderr)
    to.setFormatter(_Lines(console=form == "console" or (form == "auto" and sys.stderr.isatty())))
    logging.basicConfig(level=logging.ERROR, handlers=[to], force=True)  # libraries: only what is wrong
    for package in _OURS:
        logging.getLogger(package).setLevel(_LEVELS[level])


class _Lines(logging.Formatter):
    """Writes records as structlog does."""

    def __init__(self, *, console: bool) -> None:
        super().__init__()
        self._console = console

    def format(self, record: logging.LogRecord) -> str:
        return self._structured.format(record)

    @cached_property
    def _structured(self) -> logging.Formatter:
        from structlog import dev, processors, stdlib

        renderer: Any = (
            dev.ConsoleRenderer(exception_formatter=dev.plain_traceback)
            if self._console
            else processors.JSONRenderer(ensure_ascii=True)  # escapes terminal controls: one event, one line
        )
        of_record: list[Any] = [
            stdlib.ExtraAdder(),
            stdlib.add_log_level,
            processors.TimeStamper(fmt="iso", utc=True),
            processors.format_exc_info,
        ]
        as_text = [stdlib.ProcessorFormatter.remove_processors_meta, _escape_controls, renderer]
        return stdlib.ProcessorFormatter(foreign_pre_chain=of_record, processors=as_text)


def _escape_controls(_logger: object, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A title with terminal escapes must not move the cursor of who reads the log."""
    return {
        key: _escaped(value) if isinstance(value, str) and key != "exception" else value for key, value in event.items()
    }


def _escaped(text: str) -> str:
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    )
