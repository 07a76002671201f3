"""How a source is asked, as sources.yaml says it: read with places, no secret written or shown."""

from base64 import b64encode
from pathlib import Path

import pytest

from crawler.sites import Picks, Site
from news.errors import ConfigError
from presswatch.asking import Asking
from presswatch.sourcefile import read_watched

HEAD = "sources:\n  - name: quay\n    url: https://quay.example/feed\n"


def said(folder: Path, text: str) -> Asking:
    path = folder / "sources.yaml"
    path.write_text(HEAD + text, "utf-8")
    return read_watched(path).asking["quay"]


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        said(folder, text).site("quay", folder)
    return str(caught.value)


def test_everything_that_can_be_said_of_a_source_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_COOKIE", "id=canary")
    password = tmp_path / "quay.password"
    password.write_text("pass:wörd\n", "utf-8")
    password.chmod(0o600)
    asking = said(
        tmp_path,
        "    headers: {accept-language: az, user-agent: Desk/1, Cookie: {env: QUAY_COOKIE}}\n"
        "    auth: {username: desk, password: {file: quay.password}}\n"
        "    timeout: 45s\n"
        "    proxy: http://proxy.example:3128\n"
        "    pick: {text: div.story, date: //time/@datetime}\n",
    )
    assert asking.kinds == ("headers", "auth", "timeout", "proxy", "pick")
    basic = b64encode("desk:pass:wörd".encode()).decode()
    assert asking.site("quay", tmp_path) == Site(
        headers={
            "accept-language": "az",
            "User-Agent": "Desk/1",  # as the crawler spells it, for it stands instead of its own
            "Cookie": "id=canary",
            "Authorization": f"Basic {basic}",
        },
        seconds=45.0,
        proxy="http://proxy.example:3128",
        picks=Picks(text="div.story", date="//time/@datetime"),
    )


def test_of_a_source_of_which_nothing_more_is_said_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(HEAD, "utf-8")
    assert read_watched(path).asking == {}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("    headers: {Authorization: Bearer canary}", "4:30", "headers.Authorization: a secret must not stand"),
        ("    headers: {Ocp-Apim-Subscription-Key: canary}", "4:42", "a secret must not stand"),
        ("    headers:\n      cookie: 'id=canary'", "5:15", "headers.cookie: a secret"),
        ("    headers: {X-Api-Key: canary}", "4:26", "write {env: NAME}"),
        ("    headers: {X-Auth: canary}", "4:23", "write {env: NAME}"),
        ("    headers: {Proxy-Authorization: {env: X}}", "4:15", "`proxy: {env: NAME}`"),
        ('    headers: {X-A: "canary\\r\\nX-B: b"}', "4:20", "printable ASCII"),
        ('    headers: {"X A": canary}', "4:15", "not the name of a header field"),
        ('    headers: {"X\\n": canary}', "4:15", "not the name of a header field"),
        ("    headers: {Host: canary}", "4:15", "presswatch says this itself"),
        ("    headers: {X-A: a, x-a: b}", "4:23", "given twice"),
        ("    headers: [X-A]", "4:14", "key: value"),
        ("    headers: {Cookie: {env: A, file: b}}", "4:23", "one place is needed"),
        ("    headers: {Cookie: {var: A}}", "4:24", "unknown key 'var'"),
        ("    headers: {Cookie: {env: PRESSWATCH_X}}", "4:23", "are settings"),
        ("    auth: {username: desk, password: canary}", "4:38", "auth.password: a secret"),
        ("    auth: {username: 'a:b', password: {env: A}}", "4:11", "colon"),
        ("    auth: {username: desk}", "4:11", "a username and a password"),
        ("    auth: {username: d, password: {env: A}}\n    headers: {authorization: {env: A}}", "4:11", "leave one"),
        ("    timeout: 0.1s", "4:14", "between 1 second and 10 minutes"),
        ("    timeout: soon", "4:14", "timeout: 'soon' is not a time span"),
        ("    proxy: socks5://127.0.0.1:1080", "4:12", "SOCKS is not supported"),
        ("    proxy: http://desk:canary@proxy.example:3128", "4:12", "a log-in must not stand here"),
        ("    proxy: proxy.example:3128", "4:12", "write it as http://host:port"),
        ("    proxy: http://proxy.example:3128/x", "4:12", "behind the port"),
        ("    pick: {text: div..x}", "4:18", "pick.text: 'div..x' is no CSS selector and no XPath"),
        ("    pick:\n      date: '//['", "5:13", "pick.date: "),
        ("    pick: {authors: '//a[contains()]'}", "4:21", "pick.authors: "),
        ("    pick:\n      text: #story", "5:7", "must stand in quotes"),
        ("    pick: {text: #story}\n  - name: b\n    url: https://b.example/", "4:18", "must stand in quotes"),
        ("    pick: {date: time, text: #story, title: h1}", "4:30", "must stand in quotes"),
        ("    pick: {body: div}", "4:12", "unknown key 'body'"),
    ],
)
def test_what_is_wrong_is_shown_where_it_stands_and_no_secret(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    message = refused(tmp_path, text)
    assert message.startswith(f"{tmp_path / 'sources.yaml'}:{place}: ")
    assert words in message
    assert "canary" not in message


@pytest.mark.parametrize(
    "text",
    [
        "    headers: {Authorization: canary, X: [}",
        "    {Cookie: canary}",
        "    headers: {Cookie: canary, X-A: #b}",
        "    auth: {username: a, password: canary, pasword: b}",
        "    proxy: http://a:canary@b:1 # x\n    kind: [",
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_shown_whatever_else_is_wrong(tmp_path: Path, text: str) -> None:
    assert "canary" not in refused(tmp_path, text)


def test_a_selector_that_is_wrong_has_a_caret_under_it(tmp_path: Path) -> None:
    lines = refused(tmp_path, "    pick:\n      title: h1..x").splitlines()
    assert lines[1:3] == ["        title: h1..x", "               ^^^^^"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("    headers: {Cookie: {env: NOT_SET_ANYWHERE}}", "variable NOT_SET_ANYWHERE is not set"),
        ("    auth: {username: desk, password: {file: gone}}", "auth.password: cannot read the secret in"),
        ("    headers: {Cookie: {file: open}}", "may be read by others"),
        ("    headers: {Cookie: {file: lines}}", "on one line"),
        ("    headers: {Cookie: {file: empty}}", "it is empty"),
        ("    proxy: {file: socks}", "SOCKS is not supported"),
    ],
)
def test_a_secret_that_is_not_to_be_had_names_source_and_place_when_it_is_looked_up(
    tmp_path: Path, text: str, words: str
) -> None:
    for name, content in {"open": "x", "lines": "canary\ncanary", "empty": "", "socks": "socks5://canary:1"}.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o644 if name == "open" else 0o600)
    assert said(tmp_path, text)
    message = refused(tmp_path, text)
    assert message.startswith(f"{tmp_path / 'sources.yaml'}:4:")
    assert "source 'quay'" in message
    assert words in message
    assert "canary" not in message


def test_nothing_that_is_kept_of_it_prints_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("canary")
    (tmp_path / "key").chmod(0o600)
    asking = said(tmp_path, "    headers: {X-A: plain-canary, Cookie: {file: key}}\n")
    assert "canary" not in repr(asking)
    assert "canary" not in repr(asking.site("quay", tmp_path))
