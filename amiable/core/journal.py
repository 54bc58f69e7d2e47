"""The audit journal's only pen."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

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
    return AuditEvent.objects.create(
        office=office,
        actor=actor,
        verb=verb,
        object_type=target._meta.model_name if target is not None else "",
        object_id=target.pk if target is not None else None,
        account_id=account_id,
        data=data or {},
    )
