"""sources.yaml and lists from elsewhere: read with places, edited without loss."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import ConfigError
from news.source import Kind, Source
from presswatch.sourcefile import add_sources, merge, read_sources, url_problem
from presswatch.sourcelists import read_list, write_opml


def written(folder: Path, text: str, name: str = "sources.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_source_needs_only_an_address(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, "sources:\n  - url: https://www.example.org/feed/\n"))
    assert source == Source(name="example.org/feed", url="https://www.example.org/feed/")


def test_a_token_in_an_address_is_no_part_of_its_name(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, "sources:\n  - url: https://www.x.y/feed?token=CANARY\n"))
    assert source.name == "x.y/feed"


def test_norwegian_is_a_language_and_not_a_no(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, "sources:\n  - {url: 'https://a.no/', lang: no}\n"))
    assert source.lang == "no"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sources:\n  - name: x", "2:5", "needs a url"),
        ("sources:\n  - url: ftp://x", "2:10", "only http"),
        ("sources:\n  - url: https://x.y\n    kind: fed", "3:11", "not a kind"),
        ("sources:\n  - url: https://x.y\n    interval: soon", "3:15", "time span"),
        ("sources:\n  - url: https://x.y\n    interval: 90d", "3:15", "between 30 seconds and 30 days"),
        ("sources:\n  - url: https://me:pass@x.y", "2:10", "user name"),
        ("sources:\n  - url: https://x.y\n    links: '('", "3:12", "not a pattern"),
        ("sources:\n  - url: https://x.y\n    enabled: maybe", "3:14", "true or false"),
        ("sources:\n  - {name: a, url: 'https://x.y'}\n  - {name: a, url: 'https://x.z'}", "3:12", "already at line 2"),
        ("source: []", "1:1", "did you mean 'sources'?"),
        ("sources: here", "1:10", "expected a list"),
    ],
    ids=[
        "no url",
        "scheme",
        "kind",
        "interval",
        "long interval",
        "credentials",
        "links",
        "flag",
        "twice",
        "key",
        "no list",
    ],
)
def test_what_is_wrong_is_shown_where_it_stands(tmp_path: Path, text: str, place: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_sources(path)
    assert str(caught.value).startswith(f"{path}:{place}:")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "sources:\n",
        "sources: []\n",
        "# mine\nsources:\n- url: https://a.b # keep\n",
        "sources:\n    - url: https://a.b\n",
    ],
    ids=["empty", "no items", "flow", "flush list and comments", "deep indent"],
)
def test_added_sources_are_read_back_and_the_rest_stays(tmp_path: Path, before: str) -> None:
    path = written(tmp_path, before)
    was = read_sources(path)
    new = [
        Source(name="Türkiye: haber #1", url="https://x.y/a?b=1&c=[2]", lang="tr", group="no"),
        Source(name="- list", url="https://x.z/", kind=Kind.SECTION, links=r"/n/\d+", interval=timedelta(minutes=5)),
        Source(name="'quoted' \"both\" \\", url="https://x.w", full_text=False, enabled=False),
    ]
    add_sources(path, new)
    assert read_sources(path) == [*was, *new]
    assert all(line in path.read_text("utf-8") for line in before.splitlines() if "url" in line or "#" in line)


@given(name=st.text(min_size=1, max_size=40), group=st.text(st.characters(codec="utf-8"), max_size=10))
def test_any_name_survives_the_file(tmp_path_factory: pytest.TempPathFactory, name: str, group: str) -> None:
    path = tmp_path_factory.mktemp("any") / "sources.yaml"
    (fresh,), _ = merge([], [Source(name=name, url="https://x.y", group=" ".join(group.split()))])
    add_sources(path, [fresh])
    assert [replace(each, group="") for each in read_sources(path)] == [replace(fresh, group="")]


def test_feeds_of_one_title_are_told_apart_by_their_addresses() -> None:
    have = [Source(name="News", url="https://a.x/feed")]
    urls = ("https://b.x/feed", "https://www.c.x/feed?n=1", "https://c.x/feed?n=2")
    fresh, _ = merge(have, [Source(name="News", url=url) for url in urls])
    assert [each.name for each in fresh] == ["News (b.x/feed)", "News (c.x/feed)", "News (c.x/feed) (2)"]


def test_a_file_that_cannot_be_added_to_is_left_as_it_was(tmp_path: Path) -> None:
    text = "sources:\n  - url: https://a.b\n# end\n"
    path = written(tmp_path, text)
    add_sources(path, [Source(name="n", url="https://n.n")])
    assert len(read_sources(path)) == 2
    flow = written(tmp_path, "sources: [{url: 'https://a.b'}]\n")
    with pytest.raises(ConfigError):
        add_sources(flow, [Source(name="n", url="https://n.n")])
    assert flow.read_text() == "sources: [{url: 'https://a.b'}]\n"


def test_a_plain_list_names_the_lines_it_cannot_use(tmp_path: Path) -> None:
    path = written(tmp_path, "# mine\nhttps://a.b/feed First\n\nexample.org\nftp://x\nhttp://\n", "feeds.txt")
    sources, problems = read_list(path)
    assert [(each.name, each.url) for each in sources] == [
        ("First", "https://a.b/feed"),
        ("example.org", "https://example.org"),
    ]
    assert [problem.split(": ")[0] for problem in problems] == [f"{path}:5:1", f"{path}:6:1"]


def test_opml_goes_out_and_comes_back(tmp_path: Path) -> None:
    mine = [
        Source(name="One & <two>", url="https://a.b/?x=1&y=2", group="Wires"),
        Source(name="Map", url="https://a.b/map.xml", kind=Kind.SITEMAP),
    ]
    sources, problems = read_list(written(tmp_path, write_opml(mine), "out.opml"))
    assert not problems
    assert sorted(sources, key=lambda each: each.name) == sorted(mine, key=lambda each: each.name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<opml><body>", "not well-formed"),
        ("<html></html>", "not OPML"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml>&a;</opml>', "document type"),
    ],
    ids=["cut", "html", "entities"],
)
def test_what_is_not_opml_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_list(written(tmp_path, text, "x.opml"))


def test_nested_folders_become_groups(tmp_path: Path) -> None:
    text = """<opml version="2.0"><body><outline text="A"><outline text="B"><outline text="f" xmlUrl="https://f.x"/>
    </outline><outline title="g" text="g" XMLURL="https://g.x"/></outline></body></opml>"""
    sources, _ = read_list(written(tmp_path, text, "x.opml"))
    assert {source.name: source.group for source in sources} == {"f": "B", "g": "A"}


@pytest.mark.parametrize("url", ["https://x", "http://x.y:8080/a?b#c", "HTTPS://münchen.example/ü"])
def test_addresses_that_can_be_watched(url: str) -> None:
    assert url_problem(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "file:///etc/passwd",
        "javascript:1",
        "http://",
        "http://a b",
        "http://[::1",
        "http://x:99999",
        "http://x\n",
    ],
)
def test_addresses_that_cannot(url: str) -> None:
    assert url_problem(url)


def test_times_are_read_and_written_back(tmp_path: Path) -> None:
    path = written(tmp_path, 'sources:\n- {url: "https://a.example/", cron: "0  7,12 * * mon-fri"}\n')
    (source,) = read_sources(path)
    assert source.cron == "0 7,12 * * mon-fri"
    add_sources(path, [Source(name="b", url="https://b.example/", cron="*/5 * * * *")])
    assert read_sources(path)[1].cron == "*/5 * * * *"


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ('cron: "0 25 * * *"', 12, "'25' is no hour: write 0-23"),
        ("cron: 0 7 * * fri-mon", 17, "'fri-mon' runs backwards"),
        ("cron: hourly", 9, "five fields"),
        ("{interval}cron: 0 7 * * *", 9, "not both"),
    ],
    ids=["hour", "days", "word", "beside an interval"],
)
def test_a_wrong_cron_line_is_pointed_at(tmp_path: Path, line: str, column: int, words: str) -> None:
    line = line.replace("{interval}", "interval: 1h\n  ")
    path = written(tmp_path, f"sources:\n- url: https://a.example/\n  {line}\n")
    with pytest.raises(ConfigError) as caught:
        read_sources(path)
    assert caught.value.at
    assert caught.value.at.column == column
    assert words in caught.value.message
