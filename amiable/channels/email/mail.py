"""E-mails through Django's mail: SMTP, or any provider of django-anymail set as EMAIL_BACKEND."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping

from django.core.mail import get_connection

from amiable.channels.base import (
    Cost,
    Delivery,
    Limits,
    Message,
    PermanentFailure,
    Receipt,
    Settings,
    TemporaryFailure,
    UncertainOutcome,
)
from amiable.channels.email.bounces import read_bounce
from amiable.channels.email.build import build, message_id


class DjangoMail:
    name = "mail"
    # SMTP has no idempotency key: when the line breaks, a message taken looks like a message refused.
    idempotent = False
    is_spool = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sender = settings.options.get("email_from", "")

    def send(self, message: Message) -> Receipt:
        """Hand the message to the server. A server that cannot be reached is temporary; one that refuses
        this recipient for good is permanent and a contact problem; a line lost after the hand-over is
        uncertain."""
        mail = build(message, self.sender)
        connection = get_connection(fail_silently=False)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryFailure("unreachable", "Le serveur de messagerie est injoignable.") from error
        try:
            connection.send_messages([mail])
        except Exception as error:
            raise _failure_of(error) from error
        finally:
            _close_quietly(connection)
        reference = message_id(message.key, mail.from_email)
        status = getattr(mail, "anymail_status", None)
        if status is not None and status.message_id:
            reference = str(status.message_id)
        return Receipt(self.name, reference, self.settings.now)

    def status(self, reference: str) -> Delivery:
        return Delivery(reference, "unknown")

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]:
        """A bounce as mail servers send it (RFC 3464). Providers' own notifications come through anymail."""
        return read_bounce(body)

    def cost(self, message: Message) -> Cost:
        return Cost(1, None)

    def limits(self) -> Limits:
        rate = self.settings.options.get("email_per_second", "")
        return Limits(per_second=float(rate) if rate else None)


def _close_quietly(connection) -> None:
    """A server that took the message and fails to say goodbye must not turn a sent mail into an error."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return


def _failure_of(error: Exception) -> TemporaryFailure | PermanentFailure | UncertainOutcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _by_reply(code, text, "destinataire")
    if isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPResponseException)):
        return _by_reply(error.smtp_code, error.smtp_error, "message")
    status_code = getattr(error, "status_code", None)
    if type(error).__name__ == "AnymailRecipientsRefused":
        return PermanentFailure("refused", "Le fournisseur refuse cette adresse.", contact_problem=True)
    if isinstance(status_code, int):
        if status_code in (408, 425, 429) or status_code >= 500:
            return TemporaryFailure(f"http_{status_code}", "Le fournisseur d'e-mails demande d'attendre.")
        return PermanentFailure(f"http_{status_code}", "Le fournisseur d'e-mails a refusé le message.")
    if isinstance(error, (OSError, smtplib.SMTPException)):
        return UncertainOutcome(
            "broken_link", "La liaison s'est coupée pendant l'envoi : vérifier si l'e-mail est parti."
        )
    raise error


def _by_reply(code: int, text: bytes | str, what: str) -> TemporaryFailure | PermanentFailure:
    """SMTP reply codes: 4xx asks to come back, 5xx is final (RFC 5321, 4.2.1)."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    if 400 <= code < 500:
        return TemporaryFailure(
            f"smtp_{code}", f"Le serveur demande de réessayer plus tard ({code} {words})."
        )
    return PermanentFailure(
        f"smtp_{code}",
        f"Le serveur refuse le {what} ({code} {words}).",
        contact_problem=what == "destinataire",
    )
