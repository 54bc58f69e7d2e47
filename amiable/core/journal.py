"""The audit journal's only pen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from amiable.core.frames import append_rows
from amiable.core.models import AuditEvent, Office, User


def record(
    verb: str,
    *,
    office: Office | None,
    actor: User | None,
    target: Model | None = None,
    account_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `data` holds ids, codes, numbers and dates (ISO), never names nor free text.

    `actor` None means the product itself (nightly work, command line).
    """
    made = event(verb, office=office, actor=actor, target=target, account_id=account_id, data=data)
    made.save(force_insert=True)
    return made


def record_all(events: Iterable[AuditEvent]) -> None:
    """Append many events (`event`), in few statements."""
    append_rows(events)


def event(
    verb: str,
    *,
    office: Office | None,
    actor: User | None,
    target: Model | None = None,
    account_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """An event not yet written, for `record_all`; arguments as in `record`."""
    return AuditEvent(
        office=office,
        actor=actor,
        verb=verb,
        object_type=target._meta.model_name if target is not None else "",
        object_id=target.pk if target is not None else None,
        account_id=account_id,
        data=data or {},
    )
