"""`stories` and `articles` as people use them."""

import json
from pathlib import Path

from sqlalchemy import select

from news.article import DateFrom
from storage.articles import Archive
from storage.database import Database
from storage.tables import articles
from tests.flow.cli import Desk
from tests.storage.press import NOW, item, later, lease_of, prepared, settlement, tell_all
from tests.storage.test_stories import COMMISSION, HARVEST


def desk(folder: Path, url: str) -> Desk:
    made = Desk(folder / "D", url)
    made.run("init", "--empty", "--dir", str(made.folder))
    return made


def fill(url: str) -> None:
    """Keep one story in three outlets, another one, and a change of the first article."""
    database = Database(url)
    archive = Archive(database)
    texts = [
        ("gazette", f"ANKARA (AA) - {COMMISSION}"),
        ("herald", COMMISSION),
        ("courier", COMMISSION.replace("dozen", "few")),
        ("herald", HARVEST),
    ]
    for number, (site, text) in enumerate(texts):
        lease = lease_of(database, site, due_only=False)
        made = prepared(
            number, url=f"https://{site}.example/{number}", title="Ministers sign protocol" if number < 3 else "Apples",
            text=text, source=site, first_seen_at=later(minutes=number), tokens=text.casefold().split(),
        )  # fmt: skip
        archive.keep(lease, [made], settlement(), now=later(minutes=number), decide=tell_all)
    lease = lease_of(database, "gazette", due_only=False)
    (seen,) = archive.unknown(lease, [item(0, url="https://gazette.example/0", title="Now")]) or [item(0)]
    changed = prepared(
        0, url="https://gazette.example/0", title="Ministers sign second protocol", text=COMMISSION, source="gazette",
        listed=seen.listed, published_at=later(hours=-1), date_from=DateFrom.URL, quality=0.4, paywalled=True,
    )  # fmt: skip
    archive.keep(lease, [changed], settlement(), now=later(hours=1), decide=tell_all)
    database.close()


def test_story_is_listed_shown_split_and_merged(sqlite_url: str, tmp_path: Path) -> None:
    press = desk(tmp_path, sqlite_url)
    fill(sqlite_url)
    since = f"{NOW:%Y-%m-%d}"
    wide = press.json("stories", "list", "--since", since, "--outlets", "3")
    assert [(each["title"], each["articles"]) for each in wide] == [("Ministers sign protocol", 3)]
    assert len(press.json("stories", "list", "--since", since)) == 2

    told = press.json("stories", "show", str(wide[0]["id"]))
    assert told["first"]["source"] == "gazette"
    assert [each["joined"]["layer"] for each in told["articles"]] == ["first", "near", "near"]
    assert "two countries" in told["articles"][1]["shared"]
    assert told["articles"][0]["revisions"] == 1
    assert "First: gazette" in press.run("stories", "show", str(wide[0]["id"]))

    made = press.json("stories", "split", str(wide[0]["id"]), "3")["made"]
    assert press.json("stories", "show", str(made))["story"]["articles"] == 1
    press.run("stories", "merge", str(wide[0]["id"]), str(made))
    assert press.json("stories", "show", str(wide[0]["id"]))["story"]["articles"] == 3
    assert "there is no story" in press.run("stories", "show", str(made), status=2)


def test_article_shows_what_was_changed(sqlite_url: str, tmp_path: Path) -> None:
    press = desk(tmp_path, sqlite_url)
    fill(sqlite_url)
    shown = press.json("articles", "show", "https://www.gazette.example/0?utm_source=x")
    assert (shown["id"], len(shown["revisions"])) == (1, 2)
    assert (shown["quality"], shown["paywalled"]) == (0.4, True)
    changes = press.json("articles", "diff", "1")
    assert {"fate": "added", "text": "second "} in changes["title"] or {"fate": "added", "text": " second"} in changes[
        "title"
    ]
    assert changes["text"][0] == {"fate": "removed", "text": "ANKARA (AA) - "}
    assert "[-ANKARA (AA) - -]" in press.run("articles", "diff", "1")
    assert press.json("articles", "diff", "2")["text"] == []
    assert "there is no article 99" in press.run("articles", "diff", "99", status=2)
    for beyond in (("articles", "show"), ("stories", "show"), ("stories", "merge", "1"), ("stories", "split", "1")):
        assert "is not in the range" in press.run(*beyond, str(2**63), status=2)
    assert "they go from 1 to 2" in press.run("articles", "diff", "1", "--from", "7", status=2)
    told = press.run("articles", "show", "1")
    assert "ANKARA" not in told
    assert "quality 0.4; behind a paywall" in told


def test_split_story_stays_split_when_sources_are_read_again(sqlite_url: str, tmp_path: Path) -> None:
    press = desk(tmp_path, sqlite_url)
    fill(sqlite_url)
    press.run("stories", "split", "1", "2", "3")
    database = Database(sqlite_url)
    for number in (1, 2):
        site = ("gazette", "herald", "courier")[number]
        lease = lease_of(database, site, due_only=False)
        again = prepared(number, url=f"https://{site}.example/{number}", text=COMMISSION, source=site)
        Archive(database).keep(lease, [again], settlement(), now=later(hours=2), decide=tell_all)
    with database.read() as connection:
        found = connection.execute(select(articles.c.story_id).order_by(articles.c.id)).scalars().all()
    database.close()
    assert found[0] != found[1] == found[2]


def test_score_judges_labelled_pages(sqlite_url: str, tmp_path: Path) -> None:
    press = desk(tmp_path, sqlite_url)
    rows = [
        {"id": "a", "site": "s1", "lang": "en", "title": "Ministers sign", "text": COMMISSION, "story": "x"},
        {"id": "b", "site": "s2", "lang": "en", "title": "Ministers sign", "text": COMMISSION, "story": "x",
         "kind": "verbatim"},
        {"id": "c", "site": "s3", "lang": "en", "title": "Apples", "text": HARVEST, "story": "y"},
        {"id": "d", "site": "s4", "lang": "en", "title": "Apples", "text": HARVEST, "story": "z",
         "first_seen_at": "2026-01-01T00:09:00Z"},
    ]  # fmt: skip
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    found = press.json("stories", "score", "--pages", str(file))
    places = found["assignments"]
    assert places["a"] == places["b"] != places["c"] == places["d"]
    assert (found["precision"], found["recall"]) == (0.5, 1.0)
    assert found["by_kind"]["verbatim"] == {"pages": 1, "recall": 1.0, "joined_wrongly": 0.0}
    (wrong,) = found["wrong_pairs"]
    assert (wrong["one"], wrong["other"], wrong["joined"]) == ("c", "d", True)
    assert "body 1.00" in wrong["reason"]
    assert "precision 0.500" in press.run("stories", "score", "--pages", str(file))
    file.write_text('{"id": 1}\n')
    assert "pages.jsonl:1" in press.run("stories", "score", "--pages", str(file), status=2)
