"""Logs: one line an event, with its fields, written by structlog once there is one."""

import json
import subprocess
import sys

SAY = """
import logging, sys
from presswatch.logs import configure
configure("warning", "{form}")
quiet = "structlog" in sys.modules
ours, theirs = logging.getLogger("scheduler.crew"), logging.getLogger("somebody.else")
ours.info("never_seen")
theirs.warning("never seen either")
ours.warning("lease_lost", extra={{"source": "Quay\\x1b[2J", "tries": 2, "quiet": quiet}})
theirs.error("a library failed")
try:
    raise ValueError("half a character")
except ValueError:
    ours.exception("run_crashed", extra={{"source": "Quay"}})
"""


def said(form: str) -> str:
    command = [sys.executable, "-c", SAY.format(form=form)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_an_event_is_a_json_line_with_its_fields_level_and_time() -> None:
    lost, failed, crashed = map(json.loads, said("json").splitlines())
    assert lost.pop("timestamp").endswith("Z")
    assert lost == {"event": "lease_lost", "level": "warning", "source": r"Quay\x1b[2J", "tries": 2, "quiet": False}
    assert (failed["event"], failed["level"]) == ("a library failed", "error")
    assert (crashed["event"], crashed["level"], crashed["source"]) == ("run_crashed", "error", "Quay")
    assert "ValueError: half a character" in crashed["exception"]


def test_on_a_console_an_event_is_a_line_to_read_and_a_traceback_follows_it() -> None:
    text = said("console")
    assert "lease_lost" in text
    assert "Quay" in text
    assert "\x1b[2J" not in text
    assert "ValueError: half a character" in text
    assert "never" not in text
