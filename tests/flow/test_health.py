"""What an operator is told of sources that break, fall silent and recover."""

import json
from pathlib import Path
from typing import Any

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving


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
        shown = mine.json("sources", "show", name)
        assert shown["status"]["state"] == "failing"
        assert [fetch["outcome"] for fetch in shown["fetches"]] == ["failed", "failed", "failed", "read"]


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


def told(receiver: Receiver) -> list[dict[str, Any]]:
    """The notices that operators received, in order."""
    bodies = [json.loads(body) for body in receiver.bodies.values()]
    return [body["data"] for body in bodies if body["type"] == "source.health"]


def operated(folder: Path, database: str, feeds: list[str], hook: str) -> Desk:
    """A desk whose operators listen to a webhook."""
    mine = desk(folder, database, feeds)
    mine.settings |= {
        "CHANNELS__OPS__TYPE": "webhook",
        "CHANNELS__OPS__URL": hook,
        "ALERTS__OPERATORS": '["ops"]',
        "ALERTS__ALLOW_PRIVATE_NETWORKS": "true",
    }
    return mine


def test_operators_hear_once_that_a_source_broke_and_once_that_it_recovered(tmp_path: Path, database_url: str) -> None:
    receiver = Receiver()
    with Site(feeds=2) as site, receiving(receiver) as hook:
        mine = operated(tmp_path, database_url, site.feed_urls, hook)
        mine.run("crawl")
        site.broken["/feed/0"] = 410
        for _ in range(2):
            mine.run("crawl", "--all", status=1)
        (notice,) = told(receiver)
        assert notice["event"] == "sources"
        (source,) = notice["sources"]
        assert (source["url"], source["state"], source["reason"]) == (site.feed_urls[0], "gone", "gone")
        assert notice["command"] == f"presswatch sources show {source['name']}"
        site.broken.clear()
        for _ in range(2):
            mine.run("crawl", "--all")
        _, recovered = told(receiver)
        assert [each["state"] for each in recovered["sources"]] == ["fine"]
        listed = mine.json("sources", "notices")
        assert [each["title"] for each in listed] == [recovered["title"], notice["title"]]
        assert [each["deliveries"][0]["state"] for each in listed] == ["delivered", "delivered"]
        assert "has recovered" in mine.run("sources", "notices")


def test_without_operators_a_notice_is_kept_and_shown(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1) as site:
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        assert "No notices yet" in mine.run("sources", "notices")
        site.broken["/feed/0"] = 410
        done = mine.json("crawl", status=1)
        assert [notice["event"] for notice in done["notices"]] == ["sources"]
        assert "nobody: alerts.operators is empty" in mine.run("sources", "notices")


def test_an_operators_channel_that_is_not_configured_is_an_error_with_its_place(
    tmp_path: Path, sqlite_url: str
) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    with (mine.folder / "presswatch.yaml").open("a") as file:
        file.write("\nalerts:\n  operators: [nobody]\n")
    said = mine.run("crawl", status=2)
    assert "alerts.operators names a channel 'nobody'" in said
    assert "^" in said
