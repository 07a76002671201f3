"""E-mail against a real mail server on loopback that fails in every way a mail server can."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.channels.email import EmailChannel, EmailSettings, Tls
from news.alert import Delivery, Taken
from news.errors import ConfigError, DeliveryError
from tests.alerts.factories import NOON, about, alert, article, delivery, story
from tests.alerts.fakes import HandClock
from tests.alerts.servers import Certificate, MailServer, certificate, mail_server

ANNA, BORIS = "anna@example.org", "boris@example.org"


def channel(server: MailServer | int, **changes: Any) -> EmailChannel:
    settings = EmailSettings(
        host="127.0.0.1",
        port=server if isinstance(server, int) else server.port,
        tls=Tls.NONE,
        sender="Presswatch <watch@example.org>",
        recipients=(f"Anna <{ANNA}>", BORIS),
        allow_private=True,
    )
    return EmailChannel("desk", replace(settings, **changes), clock=HandClock())


def meet(scene: Callable[[MailServer], Awaitable[None]], **server: Any) -> None:
    """Play a scene with a mail server."""

    async def play() -> None:
        async with mail_server(**server) as desk:
            await scene(desk)

    asyncio.run(play())


async def refusal(mailer: EmailChannel, of: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await mailer.send(of)
    return caught.value


def test_a_mail_reaches_every_recipient_in_one_conversation_with_all_its_headers() -> None:
    async def scene(server: MailServer) -> None:
        mailer = channel(server, unsubscribe="mailto:stop@example.org")
        assert await mailer.send(delivery(id="0a1b")) == Taken(
            said=f"taken for {ANNA}, {BORIS}", taken_by=(ANNA, BORIS)
        )
        (mail,) = server.mails
        assert mail.recipients == (ANNA, BORIS)
        message = mail.message
        assert message["Subject"] == "[Defence cooperation] Two ministers sign defence cooperation pact"
        assert message["From"] == "Presswatch <watch@example.org>"
        assert message["To"] == f"Anna <{ANNA}>, {BORIS}"
        assert message["Date"].datetime == NOON
        assert message["Message-ID"] == "<0a1b@example.org>"
        assert message["In-Reply-To"] == message["References"] == "<story-7.defence@example.org>"
        assert message["List-Id"] == "<defence.presswatch.example.org>"
        assert message["List-Unsubscribe"] == "<mailto:stop@example.org>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]

    meet(scene)


def test_a_greylisted_mail_is_put_off_and_then_taken_with_the_same_message_id() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {ANNA: "450 4.2.0 greylisted", BORIS: "450 4.2.0 greylisted"}
        error = await refusal(channel(server), delivery())
        assert (error.permanent, error.taken_by) == (False, ())
        assert "450 4.2.0 greylisted" in error.detail
        server.answers = {}
        await channel(server).send(delivery(attempt=2))
        assert server.mails[0].message["Message-ID"] == "<d-1@example.org>"

    meet(scene)


def test_only_the_recipient_that_was_put_off_is_tried_again() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {BORIS: "451 4.3.0 try later"}
        error = await refusal(channel(server), delivery())
        assert (error.permanent, error.taken_by) == (False, (ANNA,))
        server.answers = {}
        await channel(server).send(delivery(taken_by=error.taken_by))
        assert [mail.recipients for mail in server.mails] == [(ANNA,), (BORIS,)]
        assert len({str(mail.message["Message-ID"]) for mail in server.mails}) == 1

    meet(scene)


def test_a_recipient_refused_for_good_keeps_no_other_from_its_mail() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {ANNA: "550 5.1.1 no such mailbox"}
        taken = await channel(server).send(delivery())
        assert taken.said == f"taken for {BORIS}; refused for good: {ANNA} (550 5.1.1 no such mailbox)"
        assert (taken.taken_by, taken.refused) == ((BORIS,), {ANNA: "550 5.1.1 no such mailbox"})
        assert server.mails[0].recipients == (BORIS,)

    meet(scene)


def test_one_refused_for_good_and_one_put_off_is_due_again_until_somebody_has_it() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {ANNA: "550 5.1.1 no such mailbox", BORIS: "451 4.3.0 try later"}
        error = await refusal(channel(server), delivery())
        assert (error.permanent, error.taken_by) == (False, ())
        server.answers[BORIS] = "550 5.1.1 gone too"
        assert (await refusal(channel(server), delivery(attempt=2))).permanent

    meet(scene)


def test_a_mail_that_every_recipient_refuses_for_good_is_permanently_refused() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {ANNA: "550 5.1.1 no such mailbox", BORIS: "553 5.1.3 bad mailbox"}
        error = await refusal(channel(server), delivery())
        assert error.permanent
        assert "553 5.1.3 bad mailbox" in error.detail

    meet(scene)


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        ("452 4.3.1 out of disk", False),
        ("554 5.7.1 looks like spam", False),
        ("554 5.6.0 cannot read this", True),
    ],
    ids=["4xx", "5.7", "5xx"],
)
def test_a_mail_refused_for_its_content_is_put_off_or_refused_as_the_answer_says(reply: str, permanent: bool) -> None:
    async def scene(server: MailServer) -> None:
        server.at_data = reply
        error = await refusal(channel(server), delivery())
        assert (error.permanent, reply in error.detail) == (permanent, True)
        assert server.mails == []

    meet(scene)


def test_a_content_refused_for_good_still_tries_the_recipient_that_was_put_off_before() -> None:
    async def scene(server: MailServer) -> None:
        server.answers, server.at_data = {BORIS: "451 4.3.0 try later"}, "554 5.6.0 cannot read this"
        assert not (await refusal(channel(server), delivery())).permanent

    meet(scene)


def test_relaying_denied_is_a_setting_to_repair_and_no_end() -> None:
    async def scene(server: MailServer) -> None:
        server.answers = {ANNA: "550 5.7.1 relaying denied", BORIS: "550 5.7.1 relaying denied"}
        assert not (await refusal(channel(server), delivery())).permanent

    meet(scene)


def test_a_connection_that_breaks_after_the_mail_was_read_is_tried_again_under_the_same_message_id() -> None:
    async def scene(server: MailServer) -> None:
        server.drop_after_data = True
        error = await refusal(channel(server), delivery())
        assert (error.permanent, error.taken_by) == (False, ())
        server.drop_after_data = False
        await channel(server).send(delivery(attempt=2))
        assert [str(mail.message["Message-ID"]) for mail in server.mails] == ["<d-1@example.org>"] * 2
        assert [mail.recipients for mail in server.mails] == [(ANNA, BORIS)] * 2

    meet(scene)


def test_a_server_that_hangs_is_left_at_the_deadline() -> None:
    async def scene(server: MailServer) -> None:
        server.hang_at_data = True
        error = await refusal(channel(server, timeout=timedelta(seconds=0.3)), delivery())
        assert "took too long" in error.detail

    meet(scene)


def test_a_server_that_is_down_is_tried_again() -> None:
    async def scene() -> None:
        async with mail_server() as server:
            port = server.port
        error = await refusal(channel(port), delivery())
        assert not error.permanent
        assert "cannot connect" in error.detail

    asyncio.run(scene())


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificate"))


def test_a_server_without_starttls_gets_nothing_in_the_clear() -> None:
    async def scene(server: MailServer) -> None:
        error = await refusal(channel(server, tls=Tls.STARTTLS, username="u", password="secret"), delivery())
        assert not error.permanent
        assert "MAIL" not in server.commands
        assert "secret" not in error.detail

    meet(scene)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
def test_a_certificate_that_we_do_not_trust_ends_the_conversation(tls: Tls, trust: Certificate) -> None:
    async def scene(server: MailServer) -> None:
        assert not (await refusal(channel(server, host="localhost", tls=tls), delivery())).permanent
        assert "MAIL" not in server.commands

    meet(scene, **({"tls_context": trust.server} if tls is Tls.STARTTLS else {"implicit": trust.server}))


def test_a_mail_goes_out_encrypted_from_the_first_byte(trust: Certificate) -> None:
    async def scene(server: MailServer) -> None:
        await channel(server, host="localhost", tls=Tls.TLS, context=trust.client).send(delivery())
        assert len(server.mails) == 1

    meet(scene, implicit=trust.server)


def test_a_mail_goes_out_after_starttls_and_login(trust: Certificate) -> None:
    async def scene(server: MailServer) -> None:
        mailer = channel(
            server, host="localhost", tls=Tls.STARTTLS, username="desk", password="secret", context=trust.client
        )
        await mailer.send(delivery())
        assert len(server.mails) == 1

    meet(scene, login="secret", tls_context=trust.server, require_starttls=True)


def test_a_wrong_password_is_a_setting_to_repair_and_no_end(trust: Certificate) -> None:
    async def scene(server: MailServer) -> None:
        mailer = channel(
            server, host="localhost", tls=Tls.STARTTLS, username="desk", password="wrong", context=trust.client
        )
        error = await refusal(mailer, delivery())
        assert not error.permanent
        assert "wrong" not in error.detail
        assert "535" in error.detail

    meet(scene, login="secret", tls_context=trust.server)


def test_a_server_in_a_private_network_is_not_connected_to_unless_allowed() -> None:
    async def scene(server: MailServer) -> None:
        for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001"):
            error = await refusal(channel(server, host=host, allow_private=False), delivery())
            assert "alerts.allow_private_networks" in error.detail
        assert server.commands == []

    meet(scene)


@pytest.mark.parametrize("address", ["", "desk", "desk@", "a b@example.org", "desk@example.org\r\nBcc: x@example.org"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(ConfigError):
        channel(25, recipients=(address,))
    with pytest.raises(ConfigError):
        channel(25, sender=address)


def test_a_channel_needs_a_recipient() -> None:
    with pytest.raises(ConfigError, match="no recipient"):
        channel(25, recipients=())


def test_an_address_beyond_ascii_is_written_where_the_server_can_read_it() -> None:
    async def scene(server: MailServer) -> None:
        await channel(server, recipients=("rəna@example.org",)).send(delivery())
        assert server.mails[0].recipients == ("rəna@example.org",)

    meet(scene, enable_SMTPUTF8=True)


BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r\n\r\n"]
INJECTIONS = ["Bcc: spy@example.org", "Subject: other", "<script>alert(1)</script>", " folded", "\tfolded"]
HOSTILE = [f"Ministers{cut}{what}" for cut in BREAKS for what in INJECTIONS]
HOSTILE += [f"{what}{cut}" for cut in BREAKS for what in INJECTIONS]
HOSTILE += [char * 2000 for char in "aİş中ё\u0301\u200b\u202e\U0001f600 "]
HOSTILE += [f"x{chr(code)}y" for code in range(0x20)]
HOSTILE += [
    "\ud800",
    "a\udfffb",
    "=?utf-8?q?Bcc:=20x?=",
    "=?utf-8?b?DQpCY2M6IHg=?=",
    "",
    "   ",
    "\x00" * 50,
    "\u202eevil",
]
HOSTILE += [f"{word} " * 300 for word in ("İŞBİRLİĞİ", "оборона", "defence", "əməkdaşlıq")]
HOSTILE += [f"title {n} \u2066\u2067{chr(0x1F1E6 + n % 26)}\u2069" for n in range(200 - len(HOSTILE))]


def test_two_hundred_hostile_titles_are_delivered_without_one_header_more() -> None:
    async def scene(server: MailServer) -> None:
        mailer = channel(server)
        for title in HOSTILE:
            await mailer.send(about(article(title=title, source=title[:300])))
        assert len(server.mails) == len(HOSTILE) >= 200
        usual = set(mailer.compose(delivery()).keys())
        for mail in server.mails:
            assert set(mail.message.keys()) == usual
            assert len(mail.message.keys()) == len(usual)
            assert "\n" not in str(mail.message["Subject"])
            assert mail.recipients == (ANNA, BORIS)

    meet(scene)


def test_a_later_copy_of_a_story_stands_in_the_same_thread() -> None:
    first, second = delivery(), delivery(id="d-2", alert=alert(id=18, story=story(articles=4)))
    mailer = channel(25)
    assert mailer.compose(first)["References"] == mailer.compose(second)["References"]
    assert mailer.compose(first)["Message-ID"] != mailer.compose(second)["Message-ID"]


def test_settings_never_show_the_password() -> None:
    settings = EmailSettings(host="h", sender="a@b.example", recipients=(ANNA,), password="canary")
    assert "canary" not in repr(settings)


def test_a_digest_is_one_mail_under_its_own_id_to_those_who_do_not_have_it() -> None:
    async def scene(server: MailServer) -> None:
        digest = [delivery(id=f"d-{n}", bundle="digest-1") for n in range(3)]
        server.answers = {BORIS: "451 4.3.0 try later"}
        with pytest.raises(DeliveryError) as caught:
            await channel(server).send_digest(digest)
        assert caught.value.taken_by == (ANNA,)
        server.answers = {}
        await channel(server).send_digest([replace(one, taken_by=(ANNA,)) for one in digest])
        assert [mail.recipients for mail in server.mails] == [(ANNA,), (BORIS,)]
        assert {str(mail.message["Message-ID"]) for mail in server.mails} == {"<digest-1@example.org>"}
        message = server.mails[0].message
        assert message["Subject"] == "[Defence cooperation] 3 new stories"
        assert message["List-Id"] == "<defence.presswatch.example.org>"
        assert message["X-Presswatch-Alerts"] == "3"
        assert message["References"] is None

    meet(scene)
