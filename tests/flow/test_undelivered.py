"""What was not delivered, from the mail server's refusal to the operator who hears of it and sends it again."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.alerts.servers import MailServer, mail_server
from tests.flow.cli import TOPIC, Desk, desk
from tests.flow.site import Receiver, Site, receiving

ANNA, BORIS = "anna@example.org", "boris@example.org"
NO_SUCH = "550 5.1.1 no such mailbox"


@contextmanager
def mailing() -> Iterator[MailServer]:
    """Serve mail in a thread of its own."""
    ready, found = threading.Event(), []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with mail_server() as server:
            found.append(server)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def newsroom(folder: Path, database: str, feeds: list[str], mail: MailServer, hook: str) -> Desk:
    """A desk that writes to Anna and Boris, whose operators listen to a webhook."""
    mine = desk(folder, database, feeds)
    (mine.folder / "topics" / "drones.yaml").write_text(TOPIC.replace("hook", "desk"))
    mine.settings |= {
        "SMTP__HOST": "127.0.0.1",
        "SMTP__PORT": str(mail.port),
        "CHANNELS__DESK__TYPE": "email",
        "CHANNELS__DESK__TO": json.dumps([ANNA, BORIS]),
        "CHANNELS__OPS__TYPE": "webhook",
        "CHANNELS__OPS__URL": hook,
        "ALERTS__OPERATORS": '["ops"]',
        "ALERTS__ALLOW_PRIVATE_NETWORKS": "true",
        "ALERTS__BACKLOG": "true",
        "ALERTS__PER_HOUR": "0",
    }
    return mine


def told(receiver: Receiver) -> list[dict[str, Any]]:
    """The notices that operators received, in order."""
    return [json.loads(body)["data"] for body in receiver.bodies.values()]


def test_operators_hear_once_of_all_alerts_that_were_given_up_and_can_send_them_again(
    tmp_path: Path, database_url: str
) -> None:
    operators = Receiver()
    with Site(feeds=3) as site, mailing() as mail, receiving(operators) as hook:
        mine = newsroom(tmp_path, database_url, site.feed_urls, mail, hook)
        mail.answers = dict.fromkeys((ANNA, BORIS), NO_SUCH)
        said = mine.run("crawl", status=1)
        assert "0 messages delivered" not in said  # the notice itself was
        assert "3 given up" in said
        (notice,) = told(operators)
        assert (notice["event"], notice["title"]) == ("undelivered", "3 alerts were not delivered to desk")
        (loss,) = notice["losses"]
        assert (loss["channel"], loss["recipient"], loss["alerts"]) == ("desk", "", 3)
        assert NO_SUCH in loss["reason"]
        assert notice["command"].endswith("presswatch alerts resend --dead")
        assert len(mine.json("alerts", "list", "--dead")) == 3
        mine.run("crawl", "--all")
        assert len(told(operators)) == 1, "told once"
        mail.answers = {}
        assert "3 deliveries are due again" in mine.run("alerts", "resend", "--dead")
        mine.run("crawl", "--all")
        assert {mail.recipients for mail in mail.mails} == {(ANNA, BORIS)}
        assert len(mail.mails) == 3
        assert "No alert was given up" in mine.run("alerts", "list", "--dead")


def test_a_recipient_refused_for_good_is_named_told_of_and_gets_alone_what_it_missed(
    tmp_path: Path, database_url: str
) -> None:
    operators = Receiver()
    with Site(feeds=1) as site, mailing() as mail, receiving(operators) as hook:
        mine = newsroom(tmp_path, database_url, site.feed_urls, mail, hook)
        mail.answers = {ANNA: NO_SUCH}
        assert "refused for good by 1 recipient" in mine.run("crawl", status=1)
        (alert,) = mine.json("alerts", "list", "--dead")
        (delivery,) = alert["deliveries"]
        assert (delivery["state"], delivery["taken_by"]) == ("delivered", [BORIS])
        assert delivery["refused"] == {ANNA: NO_SUCH}
        assert "delivered, refused by 1" in mine.run("alerts", "list")
        assert f"{ANNA} refused it for good: {NO_SUCH}" in mine.run("alerts", "show", str(alert["id"]))
        (notice,) = told(operators)
        assert notice["title"] == f"1 alert was not delivered to {ANNA} (desk)"
        mail.answers = {}
        mine.run("alerts", "resend", "--dead")
        mine.run("crawl", "--all")
        assert [mail.recipients for mail in mail.mails] == [(BORIS,), (ANNA,)]
        assert len({str(mail.message["Message-ID"]) for mail in mail.mails}) == 1


def test_a_notice_that_is_given_up_is_told_by_no_notice_and_shown(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=1) as site, mailing() as mail:
        mine = newsroom(tmp_path, sqlite_url, site.feed_urls, mail, "")
        mine.settings |= {"ALERTS__OPERATORS": '["desk"]'}
        del mine.settings["CHANNELS__OPS__TYPE"], mine.settings["CHANNELS__OPS__URL"]
        mail.answers = dict.fromkeys((ANNA, BORIS), NO_SUCH)
        for _ in range(3):
            mine.run("crawl", "--all", status=None)
        (notice,) = mine.json("sources", "notices")
        assert [each["state"] for each in notice["deliveries"]] == ["dead"]
        assert "desk: dead" in mine.run("sources", "notices")


def test_a_channel_on_trial_names_the_recipient_that_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    with mailing() as mail:
        mine = newsroom(tmp_path, sqlite_url, [], mail, "http://127.0.0.1:9/")
        mail.answers = {ANNA: NO_SUCH}
        assert f"refused for good: {ANNA} ({NO_SUCH})" in mine.run("alerts", "test", "desk", status=1)
