"""Settings: defaults, the environment's word, and errors that point."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from news.errors import ConfigError
from presswatch.settings import Settings, duration, find_config, read_settings, secret
from presswatch.yamlfile import did_you_mean


def written(folder: Path, text: str) -> Path:
    path = folder / "presswatch.yaml"
    path.write_text(text, "utf-8")
    return path


def test_an_empty_file_is_every_default(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, ""))
    assert settings.fetch.delay == timedelta(seconds=5)
    assert settings.database == f"sqlite:///{tmp_path}/presswatch.db"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSWATCH_FETCH__DELAY", "0")
    monkeypatch.setenv("PRESSWATCH_DATABASE", "postgresql+psycopg://h/db")
    settings = read_settings(written(tmp_path, "fetch:\n  delay: 9\n  per_host: 3\n"))
    assert settings.fetch.delay == timedelta(0)
    assert settings.fetch.per_host == 3
    assert settings.database == "postgresql+psycopg://h/db"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("fetch: {dely: 3}", "1:9", "did you mean 'delay'?"),
        ("fetch:\n  delay: soon", "2:10", "not a time span"),
        ("dtabase: x", "1:1", "did you mean 'database'?"),
        ("fetch: 3", "1:8", "fetch"),
        ("fetch:\n  per_host: 0", "2:13", "fetch.per_host: too small; write 1 or more"),
        ("channels:\n  a: {type: pigeon}", "2:6", "write type: email or webhook"),
        ("channels:\n  a: {type: email}", "2:6", "this is missing"),
        ("channels:\n  a: {type: email, to: [x@y], urk: 1}", "2:31", "unknown key 'urk'"),
        ("fetch:\n  delay: 1\n  delay: 2", "3:3", "given twice"),
        ("a: [", "2:1", "not YAML"),
        ("channels:\n  a: {type: email, to: [nobody]}", "2:25", "no e-mail address"),
        ("channels:\n  a: {type: webhook, url: 'file:///x'}", "2:27", "http:// or https://"),
        ('contact: "a\\r\\nBcc: x"', "1:10", "header"),
        ("lease: 0.2s", "1:1", "shorter than a second"),
    ],
    ids=[
        "key",
        "span",
        "top key",
        "not a group",
        "range",
        "channel type",
        "missing",
        "channel key",
        "twice",
        "yaml",
        "mail address",
        "hook address",
        "header",
        "agree",
    ],
)
def test_a_wrong_setting_is_shown_where_it_stands(tmp_path: Path, text: str, place: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_settings(path)
    shown = str(caught.value)
    assert caught.value.at
    assert words in shown
    assert shown.startswith(f"{path}:{place}:")
    assert "^" in shown or not caught.value.at.source_line


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("channels:\n  a: {type: webhook, url: 'https://x.y', secrt: CANARY}", {}),
        ("smtp:\n  pasword: CANARY", {}),
        ("smtp:\n  port: CANARY", {}),
        ("", {"PRESSWATCH_SMTP__PASSWORD": "{CANARY]", "PRESSWATCH_SMTP__PORT": "x"}),
        ("", {"PRESSWATCH_CHANNELS": "{a: [CANARY}"}),
    ],
    ids=["channel key", "smtp key", "smtp value", "variable", "structure"],
)
def test_no_error_shows_what_may_be_a_secret(tmp_path: Path, text: str, variables: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(written(tmp_path, text), environment=variables)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fetch: {per_host: many}", "fetch.per_host: a whole number is needed here"),
        ("fetch: {per_host: 1.5}", "fetch.per_host: a whole number is needed here"),
        ("fetch: {per_host: 1000}", "fetch.per_host: too large; write 64 or less"),
        ("fetch: {full_text: maybe}", "fetch.full_text: write true or false"),
        ("fetch: {reread: some}", "fetch.reread: write matched, all or none"),
        ("fetch: {full_text: [1]}", "fetch.full_text: write true or false"),
        ("smtp: {tls: always}", "smtp.tls: write none, starttls or tls"),
        ("smtp: {host: 5}", "smtp.host: a text is needed here; put a number"),
        ("smtp: {password_file: 5}", "smtp.password_file: the name of a file"),
        ("channels: {a: {to: [x@y.z]}}", "channels.a: 'type' is missing"),
        ("channels: {a: {type: email, to: []}}", "channels.a.to: at least one"),
        ("channels: {a: {type: email, to: x@y.z}}", "channels.a.to: a list is needed here"),
        ("channels: {a: mail}", "channels.a: `key: value` lines"),
        ("min_free_bytes: -1", "min_free_bytes: too small; write 0 or more"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(written(tmp_path, text), environment={})
    assert words in str(caught.value)
    assert "nput" not in str(caught.value)


def test_a_password_may_look_like_a_mapping(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, ""), environment={"PRESSWATCH_SMTP__PASSWORD": "{a: b}"})
    assert settings.smtp.password.get_secret_value() == "{a: b}"


def test_a_password_does_not_travel_in_clear(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="in clear"):
        read_settings(written(tmp_path, "smtp: {host: mail.x.y, username: me, tls: none}"), environment={})
    read_settings(written(tmp_path, "smtp: {host: localhost, username: me, tls: none}"), environment={})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PRESSWATCH_FETCH__DELAI", "3", "did you mean 'PRESSWATCH_FETCH__DELAY'?"),
        ("PRESSWATCH_FETCH__DELAY", "soon", "PRESSWATCH_FETCH__DELAY"),
        ("PRESSWATCH_FETCH", "7", "PRESSWATCH_FETCH__NAME=value"),
        ("PRESSWATCH_CHANNELS__DESK__TYPE", "email", "PRESSWATCH_CHANNELS__DESK__TO"),
    ],
)
def test_a_wrong_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="environment") as caught:
        read_settings(written(tmp_path, ""))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("15m", 900), ("24h", 86400), ("7d", 604800), ("0.5s", 0.5), (3, 3)]
)
def test_time_spans_read_as_people_write_them(text: object, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5s", "5 weeks", "1e9d", True, None, [1], "9999999999999d"])
def test_other_time_spans_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match="time span"):
        duration(text)


def test_secret_file_must_be_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("hunter2\n")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        secret(SecretStr(""), Path("password"), tmp_path)
    path.chmod(0o600)
    assert secret(SecretStr(""), Path("password"), tmp_path) == "hunter2"


def test_a_pipe_that_nobody_writes_to_is_no_secret_and_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="is no plain file"):
        secret(SecretStr(""), Path("pipe"), tmp_path)


def test_a_folder_is_no_secret_and_nobody_is_told_to_lock_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder") as caught:
        secret(SecretStr(""), Path(), tmp_path)
    assert "chmod" not in str(caught.value)


def test_a_hint_names_some_of_many_words_and_counts_the_others() -> None:
    hint = did_you_mean("zzz", [f"Paper {number:04}" for number in range(5000)])
    assert hint.startswith("known here: Paper 0000, Paper 0001, ")
    assert hint.endswith("Paper 0029 and 4970 more")


def test_secrets_are_never_printed() -> None:
    hook = {"type": "webhook", "url": "https://x/hunter2", "secret": "hunter2"}
    given = {"smtp": {"password": "hunter2"}, "database": "postgresql://u:hunter2@h/d", "channels": {"a": hook}}
    assert "hunter2" not in repr(Settings.model_validate(given))


def test_missing_configuration_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="presswatch init"):
        find_config(None)
