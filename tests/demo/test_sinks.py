"""The places where the demonstration's alerts arrive."""

import json
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from standardwebhooks.webhooks import Webhook

from presswatch.demo.sinks import Mailbox, WebhookReceiver

SECRET = "whsec_ZGVtb25zdHJhdGlvbi1zZWNyZXQtb2YtMjQtYnl0ZXM="


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver(SECRET)
    receiver.start()
    yield receiver
    receiver.stop()


def post(receiver: WebhookReceiver, *, key: str, secret: str = SECRET, age: timedelta = timedelta(0)) -> int:
    at = datetime.now(UTC) - age
    body = json.dumps({"type": "alert"})
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body),
    }
    parts = urlsplit(receiver.url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request("POST", parts.path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_mail_is_kept_as_it_was_sent() -> None:
    mailbox = Mailbox()
    mailbox.start()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "İş birliği"
    mail.set_content("Müdafiə sahəsində əməkdaşlıq")
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
        client.send_message(mail)
    mailbox.stop()
    [received] = mailbox.mails
    assert received["Subject"] == "İş birliği"
    assert received.get_content().strip() == "Müdafiə sahəsində əməkdaşlıq"


def test_a_signed_message_is_kept(receiver: WebhookReceiver) -> None:
    assert post(receiver, key="msg_1") == 204
    assert receiver.messages == {"msg_1": {"type": "alert"}}


def test_a_repeated_id_is_taken_and_dropped(receiver: WebhookReceiver) -> None:
    assert [post(receiver, key="msg_1"), post(receiver, key="msg_1")] == [204, 204]
    assert (len(receiver.messages), receiver.repeats) == (1, 1)


@pytest.mark.parametrize(
    ("secret", "age"),
    [("whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0LTI0Ynl0ZXM=", timedelta(0)), (SECRET, timedelta(minutes=6))],
    ids=["another's secret", "too old"],
)
def test_a_false_signature_is_refused(receiver: WebhookReceiver, secret: str, age: timedelta) -> None:
    assert post(receiver, key="msg_1", secret=secret, age=age) == 401
    assert (receiver.messages, receiver.refused) == ({}, 1)
