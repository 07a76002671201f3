"""A source asked as its operator says, through the command line: a log-in, a proxy, selectors, and where secrets go."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.alerts.servers import certificate
from tests.flow.cli import Desk, desk
from tests.flow.proxy import proxying
from tests.rig import Document, Hit, Rig, running

TEXT = "".join(
    f"<p>Paragraph {number} of a report on the harbour, its cranes and its people.</p>" for number in range(9)
)
PAGE = f"<html><body><h1>The site</h1><div class=kicker>Harbour report</div><article>{TEXT}</article></body></html>"


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running("127.0.0.1", "127.0.0.2") as rig:
        yield rig


def told(mine: Desk, url: str, words: str) -> None:
    """Write a sources file of one source of which so much more is said."""
    (mine.folder / "sources.yaml").write_text(f"sources:\n  - name: quay\n    url: {url}\n{words}", "utf-8")


def kept(mine: Desk, name: str, text: str) -> str:
    (mine.folder / name).write_text(text)
    (mine.folder / name).chmod(0o600)
    return name


def listing(*links: str) -> bytes:
    items = "".join(f"<item><title>Item {n}</title><link>{link}</link></item>" for n, link in enumerate(links))
    return f'<rss version="2.0"><channel><title>Quay</title>{items}</channel></rss>'.encode()


def test_a_log_in_opens_a_feed_and_its_pages_and_goes_nowhere_else(
    tmp_path: Path, sqlite_url: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(hit: Hit) -> Document:
        return Document(body=PAGE.encode() if hit.path != "/feed" else feed, status=200 if _knows(hit) else 401)

    abroad = rig.url("/abroad", "127.0.0.2")
    feed = listing(rig.url("/own"), rig.url("/moved"), abroad)
    rig.serve("/feed", closed)
    rig.serve("/own", closed)
    rig.serve("/moved", Document(status=302, headers={"Location": rig.url("/there", "127.0.0.2")}))
    rig.serve("/there", PAGE)
    rig.serve("/abroad", PAGE)
    mine = desk(tmp_path, sqlite_url, [])
    monkeypatch.setenv("QUAY_ID", "id=canary")
    word = kept(mine, "word", "canary")
    login = f"    auth: {{username: desk, password: {{file: {word}}}}}\n"
    told(mine, rig.url("/feed"), login + "    headers: {Cookie: {env: QUAY_ID}, X-Desk: one}\n")
    assert mine.json("crawl")["totals"]["unread"] == 0
    assert {(hit.host.split(":")[0], hit.path) for hit in rig.hits if _knows(hit)} >= {
        ("127.0.0.1", path) for path in ("/feed", "/own", "/moved")
    }
    secrets = {"authorization", "cookie", "x-desk"}
    assert not [hit for hit in rig.hits if hit.host.startswith("127.0.0.2") and secrets & hit.headers.keys()]
    assert {hit.path for hit in rig.hits if hit.host.startswith("127.0.0.2")} >= {"/there", "/abroad"}
    assert not [hit for hit in rig.asked("/robots.txt") if secrets & hit.headers.keys()]


def _knows(hit: Hit) -> bool:
    known = {"authorization": "Basic ZGVzazpjYW5hcnk=", "cookie": "id=canary", "x-desk": "one"}
    return all(hit.headers.get(name) == value for name, value in known.items())


def test_a_variable_that_is_not_set_stops_a_crawl_before_it_begins_and_no_list(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    rig.serve("/feed", listing())
    mine = desk(tmp_path, sqlite_url, [])
    told(mine, rig.url("/feed"), "    headers: {Cookie: {env: QUAY_UNSET}}\n")
    for command in (["crawl"], ["run"], ["sources", "check"]):
        said = mine.run(*command, status=2)
        assert "sources.yaml:4:23: source 'quay': headers.Cookie: the environment variable QUAY_UNSET" in said
    assert mine.json("sources", "list")[0]["overrides"] == ["headers"]
    assert not rig.hits
    told(mine, rig.url("/feed"), "    enabled: false\n    headers: {Cookie: {env: QUAY_UNSET}}\n")
    assert mine.json("crawl")["totals"]["sources"] == 0


def test_a_source_is_asked_through_its_proxy_plain_and_tunnelled(
    tmp_path: Path, sqlite_url: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
    mine = desk(tmp_path, sqlite_url, [])
    mine.settings["FETCH__ALLOW_PRIVATE_NETWORKS"] = "false"  # what a proxy dials, the guard cannot see
    with proxying("Basic ZGVzazpjYW5hcnk=") as proxy, running("127.0.0.1", tls=made.server) as safe:
        address = kept(mine, "proxy", f"http://desk:canary@127.0.0.1:{proxy.port}")
        for server, host in ((rig, "127.0.0.1"), (safe, "localhost")):
            server.serve("/feed", listing(server.url("/own", host)))
            server.serve("/own", PAGE)
            told(mine, server.url("/feed", host), f"    proxy: {{file: {address}}}\n")
            assert mine.json("sources", "try", "quay")["url"] == server.url("/own", host)
            assert {hit.path for hit in server.hits} == {"/feed", "/robots.txt", "/own"}
            assert not [hit for hit in server.hits if "proxy-authorization" in hit.headers]
        assert {known for _, known in proxy.asked} == {True}
        assert f"GET {rig.url('/own')} HTTP/1.1" in dict(proxy.asked)
        assert f"CONNECT localhost:{safe.port} HTTP/1.1" in dict(proxy.asked)
        for wrong in (f"http://desk:cannery@127.0.0.1:{proxy.port}", "http://desk:cannery@127.0.0.1:9"):
            kept(mine, "proxy", wrong)
            said = mine.run("sources", "try", "quay", status=1)
            assert said.startswith("quay: ")
            assert "cannery" not in said
            assert wrong.endswith(":9") or "the proxy answered 407" in said


def test_a_secret_stays_behind_where_an_address_leaves_https_or_its_port(
    tmp_path: Path, sqlite_url: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
    rig.serve("/there", listing())
    with running("127.0.0.1", tls=made.server) as safe:
        safe.serve("/here", listing())
        mine = desk(tmp_path, sqlite_url, [])
        for path, target in {"/own": "/here", "/down": rig.url("/there")}.items():
            safe.serve(path, Document(status=302, headers={"Location": target}))
            cookie = kept(mine, "cookie", "id=canary")
            told(mine, safe.url(path, "localhost"), f"    headers: {{Cookie: {{file: {cookie}}}}}\n")
            assert mine.json("sources", "check")[0]["answers"]
    assert [(hit.path, hit.headers.get("cookie")) for hit in safe.hits] == [
        (path, "id=canary") for path in ("/own", "/here", "/down")
    ]
    assert [(hit.path, hit.headers.get("cookie")) for hit in rig.hits] == [("/there", None)]


def test_selectors_are_tried_on_a_page_and_then_count_in_the_next_crawl(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    def closed(hit: Hit) -> Document:
        return Document(body=PAGE.encode(), status=200 if "x-desk" in hit.headers else 403)

    rig.serve("/feed", listing(rig.url("/own"), rig.url("/older")))
    rig.serve("/own", closed)
    mine = desk(tmp_path, sqlite_url, [])
    told(mine, rig.url("/feed"), "    headers: {X-Desk: one}\n")
    tried = mine.json("sources", "try", "quay")
    assert (tried["url"], tried["title"], tried["title_from"]) == (rig.url("/own"), "Item 0", "listed")
    assert mine.json("sources", "try", rig.url("/own"))["title"] == "The site"  # as the feed's title is not asked for
    told(mine, rig.url("/feed"), "    headers: {X-Desk: one}\n    pick: {title: .kicker, text: .gone, date: .kicker}\n")
    tried = mine.json("sources", "try", "quay")
    assert (tried["title"], tried["title_from"], tried["text_from"]) == ("Harbour report", "picked", "page")
    assert tried["picks"] == {"text": False, "title": True, "date": True}
    shown = mine.run("sources", "try", rig.url("/own"))
    assert "pick.text finds nothing on this page" in shown
    assert "pick.date finds something that is no date" in shown
    assert mine.exported() == []
    mine.json("crawl")
    assert "Harbour report" in {each["title"] for each in mine.exported()}
    refused = mine.json("sources", "try", rig.url("/gone", "127.0.0.2"), status=1)
    assert refused["problem"].startswith("http_4xx")
    assert "did you mean 'quay'" in mine.run("sources", "try", "quai", status=2)
    assert "did you mean 'quay'" in mine.run("sources", "try", rig.url("/own"), "--source", "quai", status=2)


def test_an_address_of_a_sources_site_is_asked_as_the_source_is(tmp_path: Path, sqlite_url: str, rig: Rig) -> None:
    for path, body in {"/feed": listing(), "/more": listing(rig.url("/own")), "/own": PAGE.encode()}.items():
        rig.serve(path, partial(_closed, body))
    mine = desk(tmp_path, sqlite_url, [])
    told(mine, rig.url("/feed"), "    headers: {X-Desk: one}\n    pick: {title: .kicker}\n")
    assert mine.json("crawl", rig.url("/own"))["totals"]["new"] == 1
    assert [each["title"] for each in mine.exported()] == ["Harbour report"]
    assert mine.json("sources", "add", rig.url("/more"))["kind"] == "feed"
    assert mine.json("crawl", rig.url("/own", "127.0.0.2"), status=1)["problems"]


def _closed(body: bytes, hit: Hit) -> Document:
    return Document(body=body, status=200 if "x-desk" in hit.headers else 403)
