"""The words of a notice to operators: complete, plain, below the limits, and harmless."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.email import EmailChannel, EmailSettings
from alerts.notices import command, means, notice_payload, title, write_notice
from alerts.payload import LIMIT
from news.advice import MEANING, STATES, TO_DO
from news.health import State
from news.notice import Change, Event, Loss, Notice
from tests.alerts.factories import NOON, delivery
from tests.alerts.fakes import HandClock


def change(name: str = "Morning Herald", state: State = State.FAILING, **fields: Any) -> Change:
    plain: dict[str, Any] = {
        "source": name,
        "url": "https://herald.example/feed",
        "state": state,
        "before": State.FINE,
        "since": NOON - timedelta(hours=1),
        "success_at": NOON - timedelta(minutes=75),
        "reason": "http_4xx" if state is State.FAILING else "",
        "detail": "HTTP 404" if state is State.FAILING else "",
    }
    return Change(**{**plain, **fields})


def notice(*changes: Change, event: Event = Event.SOURCES, **fields: Any) -> Notice:
    return Notice(id=5, event=event, created_at=NOON, changes=changes, **fields)


def loss(channel: str = "desk", receiver: str = "", **fields: Any) -> Loss:
    plain: dict[str, Any] = {"alerts": 12, "alert": 77, "since": NOON - timedelta(hours=1), "until": NOON}
    return Loss(**{"channel": channel, "receiver": receiver, "reason": "550 5.1.1 no such mailbox", **plain, **fields})


def undelivered(*losses: Loss) -> Notice:
    return notice(event=Event.UNDELIVERED, losses=losses)


def test_every_state_has_words() -> None:
    assert set(STATES) == set(MEANING) == set(TO_DO) == set(State)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (notice(change()), "Morning Herald is failing"),
        (notice(change(state=State.FINE)), "Morning Herald has recovered"),
        (notice(change(state=State.BROKEN)), "Morning Herald gives no texts any more"),
        (notice(change("a"), change("b"), change("c", State.FINE)), "2 sources are failing, 1 has recovered"),
        (notice(change("a"), change("b", State.SILENT)), "1 source is failing, 1 is silent"),
        (
            notice(event=Event.NETWORK_DOWN, asked=500),
            "Nothing can be reached: 500 sources were asked, and not one answered",
        ),
        (notice(event=Event.NETWORK_BACK), "The network is back"),
        (notice(event=Event.CHANNEL_OFF, channel="desk"), "Channel desk was switched off"),
        (undelivered(loss()), "12 alerts were not delivered to desk"),
        (undelivered(loss(alerts=1)), "1 alert was not delivered to desk"),
        (undelivered(loss("desk", "anna@x.example")), "12 alerts were not delivered to anna@x.example (desk)"),
        (undelivered(loss("a"), loss("b"), loss("c")), "Alerts were not delivered to a, b and c"),
        (undelivered(*map(loss, "abcdefg")), "Alerts were not delivered to a, b, c and 4 more"),
    ],
    ids=[
        "one",
        "recovered",
        "broken",
        "several",
        "two kinds",
        "network",
        "back",
        "channel",
        "dead",
        "one dead",
        "recipient",
        "dead on three",
        "dead on seven",
    ],
)
def test_title_says_what_happened(of: Notice, said: str) -> None:
    assert title(of) == said


def test_mail_says_what_since_when_what_it_means_what_to_do_and_the_command() -> None:
    message = write_notice(notice(change(turns=3)), "d-1")
    assert message.subject == "[presswatch] Morning Herald is failing"
    for text in (message.text, re.sub(r"<[^>]+>", "", message.html).replace("&#39;", "'")):
        for said in (
            "failing since 03 March 2025, 11:00 UTC",
            "changed 3 times",
            "its server refuses the request (http_4xx: HTTP 404)",
            "03 March 2025, 10:45 UTC",
            "It cannot be read",
            "404: it has moved",
            "presswatch sources show 'Morning Herald'",
            "d-1",
        ):
            assert said in text


def test_mail_of_what_was_given_up_says_who_misses_it_why_and_how_it_is_sent_again() -> None:
    message = write_notice(undelivered(loss("ops desk"), loss("desk", "anna@x.example")), "d-1")
    for text in (message.text, re.sub(r"<[^>]+>", "", message.html).replace("&#39;", "'")):
        for said in (
            "12 alerts were given up from 03 March 2025, 11:00 UTC to 03 March 2025, 12:00 UTC",
            "anna@x.example (desk)",
            "550 5.1.1 no such mailbox",
            "presswatch alerts show 77",
            "presswatch alerts list --dead; presswatch alerts test 'ops desk' desk; presswatch alerts resend --dead",
            "not tried again by itself",
            "misses what the others of its channel get",
        ):
            assert said in text


def test_many_sources_are_listed_in_a_line_each_and_their_common_cause_is_named() -> None:
    of = notice(*(change(f"Source {number}", reason="timeout", detail="20 s") for number in range(500)))
    message = write_notice(of, "d-1")
    assert message.subject == "[presswatch] 500 sources are failing"
    assert "one cause: of most it is said that it did not answer in time" in message.text
    assert "Source 299: failing" in message.text
    assert "and 200 more" in message.text
    assert len(message.html.encode()) < 100_000
    assert command(of) == "presswatch sources list --state failing"
    assert means(notice(change("a"), change("b"))) == ""


def test_names_from_outside_do_no_harm() -> None:
    evil = change("<script>alert(1)</script>\r\nBcc: x@example.org", url="javascript:alert(1)", detail="<b>{{ 7*7 }}")
    message = write_notice(notice(evil), "d-1")
    assert "<script" not in message.html
    assert "javascript:" not in message.html + message.text
    assert "49" not in message.html
    assert "\n" not in message.subject
    assert "'<script>alert(1)</script> Bcc: x@example.org'" in message.text, "quoted for a shell"


def test_documented_body_is_the_one_that_is_sent() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "webhook.md").read_text("utf-8")
    blocks = [json.loads(block) for block in re.findall(r"(?s)```json\n(.*?)```", page)]
    (documented,) = [block for block in blocks if block["type"] == "source.health"]
    assert json.loads(notice_payload(notice(change()), "b7d1c0de5e")) == documented


@pytest.mark.parametrize("count", [0, 1, 30, 500, 5000])
def test_body_stays_below_its_limit(count: int) -> None:
    of = notice(*(change("ü" * 200 + str(number), detail="é" * 500) for number in range(count)))
    body = notice_payload(of, "d-1")
    assert len(body) < LIMIT
    data = json.loads(body)["data"]
    assert data["sources_total"] == count
    assert len(data["sources"]) >= min(count, 40)


def test_mail_is_labelled_for_operators_and_keeps_its_id() -> None:
    settings = EmailSettings(host="127.0.0.1", sender="press@example.org", recipients=("ops@example.org",))
    channel = EmailChannel("ops", settings, clock=HandClock())
    mail = channel.compose(delivery(about=notice(change())))
    assert mail["Message-ID"] == "<d-1@example.org>"
    assert mail["List-Id"] == "<operators.presswatch.example.org>"
    assert mail["X-Presswatch-Notice"] == "5"


@given(
    st.lists(st.builds(loss, st.text(max_size=300), st.text(max_size=300), reason=st.text(max_size=500)), max_size=60)
)
def test_any_loss_can_be_sent(losses: list[Loss]) -> None:
    of = undelivered(loss(), *losses)
    assert len(write_notice(of, "d-1").subject.splitlines()) == 1
    body = notice_payload(of, "d-1")
    assert len(body) < LIMIT
    assert json.loads(body)["data"]["losses"][0]["last_alert_id"] == 77


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(State))
def test_any_name_and_detail_can_be_sent(name: str, detail: str, state: State) -> None:
    of = notice(change(name, state, detail=detail, reason="tls"))
    message = write_notice(of, "d-1")
    assert len(message.subject.splitlines()) == 1
    notice_payload(of, "d-1").decode("utf-8")
