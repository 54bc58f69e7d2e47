"""SMS through a provider's JSON API over HTTPS.

Options (all strings, from the settings): `sms_url` (POST address), `sms_token`, `sms_sender`,
`sms_status_url` (GET, `{reference}` replaced), `sms_idempotent` ("1" when the provider honours the
`Idempotency-Key` header), `sms_cents_per_part`, `sms_webhook_token`, `sms_per_second`, and the JSON names:
`sms_field_to`, `sms_field_text`, `sms_field_sender`, `sms_field_key`, `sms_field_id`.
"""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

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
from amiable.channels.sms.numbers import to_e164
from amiable.channels.sms.parts import measure
from amiable.domain.text.loading import Unreadable, read_json

TIMEOUT_SECONDS = 15
MAX_PARTS = 6
RETRYABLE = frozenset({408, 425, 429})
WRONG_NUMBER = frozenset({"invalid_number", "unknown_subscriber", "landline"})
STATES = {
    "delivered": "delivered",
    "sent": "sent",
    "accepted": "sent",
    "queued": "sent",
    "undelivered": "bounced",
    "failed": "bounced",
    "rejected": "rejected",
    "stop": "opted_out",
    "opted_out": "opted_out",
}


class HttpSms:
    name = "http"
    is_spool = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.options = settings.options
        self.idempotent = self.options.get("sms_idempotent", "") == "1"

    def _field(self, name: str, default: str) -> str:
        return self.options.get(f"sms_field_{name}") or default

    def send(self, message: Message) -> Receipt:
        """POST once. 2xx: accepted. 408/425/429/5xx: temporary. Another 4xx: permanent.

        A link broken after the request was written raises UncertainOutcome unless the provider is
        idempotent: nobody knows then whether the SMS left."""
        if measure(message.text).parts > MAX_PARTS:
            raise PermanentFailure("too_long", f"Le SMS dépasse {MAX_PARTS} parties : il faut le raccourcir.")
        payload = {
            self._field("to", "to"): to_e164(message.to),
            self._field("text", "text"): message.text,
            self._field("sender", "from"): message.sender or self.options.get("sms_sender", ""),
            self._field("key", "reference"): message.key,
        }
        answer = self._post(payload, message.key)
        reference = str(answer.get(self._field("id", "id")) or message.key)
        return Receipt(self.name, reference, self.settings.now, f"{measure(message.text).parts} SMS")

    def _post(self, payload: dict[str, str], key: str) -> dict[str, Any]:
        request = Request(
            self.options["sms_url"],
            data=json.dumps(payload).encode(),
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.options.get('sms_token', '')}",
                "Idempotency-Key": key,
            },
        )
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return _json_object(response.read())
        except HTTPError as error:
            if error.code == 409 and self.idempotent:
                return _json_object(error.read())
            raise _failure_of(error) from error
        except URLError as error:
            if isinstance(error.reason, (ConnectionRefusedError, socket.gaierror)):
                raise TemporaryFailure("unreachable", "Le fournisseur de SMS est injoignable.") from error
            raise self._broken_link() from error
        except (TimeoutError, ConnectionError, HTTPException) as error:
            raise self._broken_link() from error

    def _broken_link(self) -> TemporaryFailure | UncertainOutcome:
        if self.idempotent:
            return TemporaryFailure(
                "broken_link", "Le fournisseur de SMS n'a pas répondu ; nouvel essai prévu."
            )
        return UncertainOutcome(
            "broken_link",
            "Le fournisseur de SMS n'a pas répondu : vérifier chez lui si le message est parti.",
        )

    def status(self, reference: str) -> Delivery:
        address = self.options.get("sms_status_url", "")
        if not address:
            return Delivery(reference, "unknown")
        request = Request(
            address.replace("{reference}", quote(reference, safe="")),
            headers={"Authorization": f"Bearer {self.options.get('sms_token', '')}"},
        )
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                answer = _json_object(response.read())
        except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
            raise TemporaryFailure("unreachable", "Le fournisseur de SMS est injoignable.") from error
        return _delivery(answer, reference)

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]:
        """Delivery reports posted by the provider: one object or a list of them.

        Raises PermanentFailure when the shared token is wrong or absent: news nobody can vouch for would let
        a stranger declare every number wrong."""
        expected = self.options.get("sms_webhook_token", "")
        given = {name.lower(): value for name, value in headers.items()}.get("x-webhook-token", "")
        if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
            raise PermanentFailure("bad_token", "Notification refusée : jeton absent ou faux.")
        try:
            data = read_json(body)
        except Unreadable as error:
            raise PermanentFailure("bad_json", "Notification illisible.") from error
        rows = data if isinstance(data, list) else [data]
        return [_delivery(row, str(row.get("id", ""))) for row in rows if isinstance(row, dict)]

    def cost(self, message: Message) -> Cost:
        parts = measure(message.text).parts
        rate = self.options.get("sms_cents_per_part", "")
        return Cost(parts, round(float(rate) * parts) if rate else None)

    def limits(self) -> Limits:
        rate = self.options.get("sms_per_second", "")
        return Limits(max_parts=MAX_PARTS, per_second=float(rate) if rate else None)


def _json_object(body: bytes) -> dict[str, Any]:
    """The answer as a dict; an accepted message with an unreadable answer stays accepted."""
    try:
        data = read_json(body or b"{}")
    except Unreadable:
        return {}
    return data if isinstance(data, dict) else {}


def _failure_of(error: HTTPError) -> TemporaryFailure | PermanentFailure:
    answer = _json_object(error.read())
    code = str(answer.get("error") or answer.get("code") or f"http_{error.code}")
    if error.code in RETRYABLE or error.code >= 500:
        return TemporaryFailure(code, f"Le fournisseur de SMS demande d'attendre (réponse {error.code}).")
    return PermanentFailure(
        code,
        f"Le fournisseur de SMS a refusé le message (réponse {error.code}, {code}).",
        contact_problem=code in WRONG_NUMBER,
    )


def _delivery(row: Mapping[str, Any], reference: str) -> Delivery:
    state = STATES.get(str(row.get("status", "")).lower(), "unknown")
    return Delivery(
        str(row.get("id") or reference),
        state,
        reason=str(row.get("reason", "")),
        address=str(row.get("to", "")),
    )
