"""The JSON of a webhook: stable, small, and as its documentation says."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.payload import LIMIT, MOST, digest_payload, payload
from news.article import Article
from news.topic import Match, Place, Tier
from tests.alerts.factories import NOON, alert, article, delivery, match, places, story

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhook.md"


def content(**changes: Any) -> Any:
    return json.loads(payload(delivery(**changes)))


def documented() -> Any:
    """The example of the documentation."""
    found = re.search(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def names(of: object, under: str = "") -> set[str]:
    """Every key of a document as a path; a list is its first element."""
    if isinstance(of, list):
        return names(of[0], f"{under}[]") if of else {f"{under}[]"}
    if not isinstance(of, dict):
        return {under}
    return {path for key, value in of.items() for path in names(value, f"{under}.{key}")}


def test_the_documented_example_is_what_is_sent() -> None:
    source = article(
        url="https://herald.example/2025/03/03/joint-commission",
        title="Baku and Ankara set up a joint defence-industry commission",
        text="The two countries agreed on Monday to deepen defence cooperation. "
        "A joint commission will meet twice a year.",
        group="national",
        authors=("A. Reporter",),
        section="Politics",
    )
    found = Match(
        topic="defence-cooperation",
        version="3f9a",
        places=places(source, "defence cooperation"),
        why='"defence cooperation" in the lead',
    )
    copy = article(url="https://bulletin.example/a/77", title=source.title, source="Daily Bulletin")
    shown = alert(
        topic="defence-cooperation",
        article=source,
        match=found,
        copies=[source, copy],
        story=story(title=source.title, articles=2, outlets=("Morning Herald", "Daily Bulletin"), langs=("en",)),
        decision=replace(alert().decision, reason="New for this topic; the story is now in 2 outlets."),
    )
    assert content(id="8c0f2a6e4b1d", alert=shown) == documented()


def test_every_name_that_is_sent_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for path in names(documented()):
        assert f"`{path.rpartition('.')[2].removesuffix('[]')}`" in text, path


def test_a_place_gives_the_words_as_written() -> None:
    (title, text) = content()["data"]["match"]["places"]
    assert (title["zone"], title["text"]) == ("title", "defence cooperation")
    assert (text["zone"], text["text"], text["loose"]) == ("text", "defence cooperation", False)


def test_passages_mark_what_matched() -> None:
    (passage,) = content()["data"]["match"]["passages"]
    assert [run["text"] for run in passage if run.get("hit")] == ["defence cooperation"]


def test_what_the_publisher_did_not_say_is_null() -> None:
    sent = content(alert=alert(article=Article(url="https://a.example/", title="T", first_seen_at=NOON)))
    assert sent["data"]["article"]["published_at"] is None
    assert sent["data"]["article"]["first_seen_at"] == "2025-03-03T12:00:00Z"


def test_an_attempt_more_changes_no_byte() -> None:
    assert payload(delivery(attempt=1)) == payload(delivery(attempt=7, owner="another"))


def test_a_link_that_is_none_of_the_web_is_left_out() -> None:
    assert content(alert=alert(article=article(url="javascript:alert(1)")))["data"]["article"]["url"] == ""


def flood(char: str) -> Any:
    """An alert of which every part is as long as it can be."""
    text = char * 30_000
    big = article(
        title=text,
        text=text,
        source=text,
        note=text,
        group=text,
        section=text,
        lang=text,
        authors=(text,) * 50,
        url="https://x.example/" + "e" * 2000,
    )
    found = [Place(zone="text", start=n * 600, end=n * 600 + 550, clause=text, tier=Tier.LOOSE) for n in range(40)]
    return alert(
        article=big,
        topic=text,
        topic_title=text,
        match=Match(topic=text, version=text, places=found * 20, why=text),
        copies=[replace(big, url=f"https://x.example/{n}{'x' * 2000}") for n in range(20)],
        story=story(
            outlets=tuple(f"{n}{text}" for n in range(99)), title=text, langs=tuple(f"{n}{text}" for n in range(99))
        ),
        decision=replace(alert().decision, reason=text),
    )


def test_the_body_stays_below_its_limit_and_says_how_much_there_was() -> None:
    for char in ("a", "é", "中", "\U0001f600", '"', "\\", "\x01"):
        body = payload(delivery(alert=flood(char)))
        assert len(body) < LIMIT, char
        assert json.loads(body)["data"]["match"]["places_total"] == 800
        assert json.loads(body)["data"]["story"]["outlets_total"] == 99


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=500), st.text(alphabet=st.characters(), max_size=500))
def test_any_text_of_the_press_is_valid_json_in_utf_8(title: str, text: str) -> None:
    of = article(title=title, text=text, source=title, note=text)
    json.loads(payload(delivery(alert=alert(article=of))).decode("utf-8"))


def digest_of(count: int, of: Any = None) -> list[Any]:
    return [delivery(id=f"{n:032}", bundle="digest-1", alert=replace(of or alert(), id=n)) for n in range(count)]


def test_a_digest_of_few_says_of_each_what_it_says_alone() -> None:
    digest = digest_of(3)
    sent = json.loads(digest_payload(digest))
    assert (sent["type"], sent["version"], sent["id"], sent["data"]["count"]) == ("alerts.digest", 1, "digest-1", 3)
    for one, of in zip(sent["data"]["alerts"], digest, strict=True):
        assert one.pop("id") == of.id
        assert one == json.loads(payload(of))["data"]


def test_a_full_digest_of_ordinary_news_lists_every_story_with_its_address() -> None:
    title = "Azərbaycan və Türkiyə müdafiə sənayesi üzrə birgə komissiya yaradır, " * 2
    long = article(title=title, url=f"https://herald.example/{'long-address-' * 12}", source="Morning Herald")
    sent = json.loads(body := digest_payload(digest_of(MOST, alert(article=long, match=match(long)))))
    assert len(body) < LIMIT
    assert [one["alert_id"] for one in sent["data"]["alerts"]] == list(range(MOST))
    assert {one["article"]["url"] for one in sent["data"]["alerts"]} == {long.url}


def test_a_digest_stays_below_its_limit_and_lists_every_alert_whatever_the_press_writes() -> None:
    for char in ("a", "\U0001f600", '"'):
        body = digest_payload(digest_of(MOST, flood(char)))
        assert len(body) < LIMIT, char
        assert [one["id"] for one in json.loads(body)["data"]["alerts"]] == [f"{n:032}" for n in range(MOST)]


def test_the_documented_digest_has_the_names_that_are_always_sent() -> None:
    found = re.search(r"```json5\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    example = json.loads(found[1].replace("},\n      // …", "}"))
    sent = json.loads(digest_payload(digest_of(MOST, flood("a"))))
    assert names(example) == names(sent)


def test_a_digest_tried_again_changes_no_byte() -> None:
    assert digest_payload(digest_of(9)) == digest_payload([replace(one, attempt=4) for one in digest_of(9)])
