"""Against a real SMTP server on the loopback, and the returned mail it would produce."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from amiable.channels.base import (
    Attachment,
    Message,
    PermanentFailure,
    TemporaryFailure,
    UncertainOutcome,
)
from amiable.channels.email import provider
from amiable.channels.email.bounces import read_bounce
from amiable.channels.email.mail import DjangoMail
from amiable.channels.email.spool import SpoolMail

MESSAGE = Message(
    key="b1-l1-email",
    to="samira@exemple.fr",
    subject="Un message de votre bailleur",
    text="Bonjour, été, 12 €.",
    sender="Habitat <relances@exemple.fr>",
    attachments=(Attachment("lettre.pdf", "application/pdf", b"%PDF-1.7"),),
)


class Mailbox:
    """Accepts everything except what its script says: {address: reply}."""

    def __init__(self):
        self.envelopes, self.replies, self.data_reply = [], {}, "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        if self.data_reply == "hang up":
            server.transport.abort()
        return self.data_reply


@pytest.fixture
def smtp(settings):
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = ""
    yield mailbox
    controller.stop()


def test_a_mail_really_arrives(smtp, channel_settings):
    receipt = DjangoMail(channel_settings()).send(MESSAGE)
    (envelope,) = smtp.envelopes
    mail = message_from_bytes(envelope.content, policy=default)
    assert envelope.rcpt_tos == ["samira@exemple.fr"]
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == receipt.reference
    assert mail.get_body(("plain",)).get_content().strip() == MESSAGE.text
    assert [part.get_filename() for part in mail.iter_attachments()] == ["lettre.pdf"]


def test_the_same_key_gives_the_same_message_id(smtp, channel_settings):
    mail = DjangoMail(channel_settings())
    assert mail.send(MESSAGE).reference == mail.send(MESSAGE).reference


def test_unknown_mailbox_is_permanent_and_a_contact_problem(smtp, channel_settings):
    smtp.replies = {MESSAGE.to: "550 5.1.1 no such user"}
    with pytest.raises(PermanentFailure) as error:
        DjangoMail(channel_settings()).send(MESSAGE)
    assert error.value.contact_problem and error.value.code == "smtp_550"


def test_greylisting_is_temporary(smtp, channel_settings):
    smtp.replies = {MESSAGE.to: "451 4.7.1 come back later"}
    with pytest.raises(TemporaryFailure):
        DjangoMail(channel_settings()).send(MESSAGE)


def test_refused_content_is_permanent_but_the_address_is_not_at_fault(smtp, channel_settings):
    smtp.data_reply = "554 5.7.1 spam"
    with pytest.raises(PermanentFailure) as error:
        DjangoMail(channel_settings()).send(MESSAGE)
    assert not error.value.contact_problem


def test_a_line_lost_after_the_hand_over_is_uncertain(smtp, channel_settings):
    smtp.data_reply = "hang up"
    with pytest.raises(UncertainOutcome):
        DjangoMail(channel_settings()).send(MESSAGE)


def test_no_server_is_temporary(smtp, settings, channel_settings):
    settings.EMAIL_PORT = 9
    with pytest.raises(TemporaryFailure):
        DjangoMail(channel_settings()).send(MESSAGE)


@pytest.mark.parametrize("address", ["samira", "a@b", "a b@exemple.fr", "a@exemple.fr\nBcc: x@y.fr", ""])
def test_impossible_addresses(channel_settings, address):
    with pytest.raises(PermanentFailure) as error:
        SpoolMail(channel_settings()).send(Message(key="k", to=address, subject="s", text="t"))
    assert error.value.contact_problem


def test_a_header_cannot_be_injected_through_the_subject(channel_settings):
    with pytest.raises(PermanentFailure):
        SpoolMail(channel_settings()).send(
            Message(key="k", to="a@exemple.fr", subject="s\nBcc: x@y.fr", text="t")
        )


def test_demo_and_unset_offices_spool(channel_settings):
    assert isinstance(provider(channel_settings(demo=True, email_live="1")), SpoolMail)
    assert isinstance(provider(channel_settings()), SpoolMail)
    assert isinstance(provider(channel_settings(email_live="1")), DjangoMail)
    spool = SpoolMail(channel_settings())
    spool.send(MESSAGE)
    spool.send(MESSAGE)
    (path,) = spool.folder.iterdir()
    assert message_from_bytes(path.read_bytes(), policy=default)["To"] == MESSAGE.to


BOUNCE = b"""From: MAILER-DAEMON@exemple.fr
To: relances@exemple.fr
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

Sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; samira@exemple.fr
Action: %s
Status: %s

--B
Content-Type: message/rfc822

Message-ID: <abc@exemple.fr>
Subject: Un message

--B--
"""


def test_reading_a_returned_mail():
    (news,) = read_bounce(BOUNCE % (b"failed", b"5.1.1"))
    assert (news.reference, news.address, news.reason) == ("<abc@exemple.fr>", "samira@exemple.fr", "5.1.1")
    assert news.is_contact_problem


@pytest.mark.parametrize(("action", "status"), [(b"delayed", b"4.4.1"), (b"failed", b"4.4.7")])
def test_a_delay_is_not_a_bounce(action, status):
    assert read_bounce(BOUNCE % (action, status)) == []


def test_an_ordinary_reply_is_not_a_bounce():
    assert read_bounce(b"Subject: Re: votre message\n\nMerci.") == []
