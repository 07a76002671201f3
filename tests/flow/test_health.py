"""What an operator is told of sources that break, fall silent and recover."""

from pathlib import Path

from tests.flow.cli import desk
from tests.flow.site import Site


def test_show_says_in_plain_words_how_a_source_does(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1) as site:
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        name = mine.json("sources", "list")[0]["source"]["name"]
        never = mine.run("sources", "show", name)
        assert "not read yet" in never
        assert "Never asked yet" in never
        mine.run("crawl")
        fine = mine.run("sources", "show", name)
        assert "fine since" in fine
        assert "100% of 3 pages read" in fine
        assert "backlog" not in fine
        site.broken["/feed/0"] = 404
        for _ in range(3):
            mine.run("crawl", "--all", status=1)
        failing = mine.run("sources", "show", name)
        assert "failing since" in failing
        assert "its server refuses the request" in failing
        assert "404: it has moved" in failing
        assert "3 times in a row" in failing
        assert failing.count("http_4xx") == 4
        site.broken.clear()
        mine.run("crawl", "--all")
        assert "fine since" in mine.run("sources", "show", name)
        shown = mine.json("sources", "show", name)
        assert shown["status"]["state"] == "fine"
        assert [fetch["outcome"] for fetch in shown["fetches"]] == ["unchanged", "failed", "failed", "failed", "read"]


def test_list_agrees_with_show_and_can_be_asked_for_one_state(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=2) as site:
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        site.broken["/feed/0"] = 410
        mine.run("crawl", status=1)
        states = {each["source"]["url"]: each["state"] for each in mine.json("sources", "list")}
        assert states == {site.feed_urls[0]: "gone", site.feed_urls[1]: "fine"}
        (gone,) = mine.json("sources", "list", "--state", "gone")
        assert gone["source"]["url"] == site.feed_urls[0]
        assert "will not come back" in mine.run("sources", "show", gone["source"]["name"])
        assert mine.run("sources", "list", "--state", "silent") == "No source is silent.\n"


def test_show_of_an_unknown_source_guesses_which_was_meant(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, ["http://127.0.0.1:9/feed"])
    name = mine.json("sources", "list")[0]["source"]["name"]
    assert f"did you mean '{name}'?" in mine.run("sources", "show", name[:-1], status=2)
