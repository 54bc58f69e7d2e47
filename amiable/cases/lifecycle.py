"""Where a dossier stands: the one service that moves it, and the only pen of what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.models import CaseAccount, Dossier, DossierEvent
from amiable.core.access import require
from amiable.core.frames import append_rows
from amiable.core.journal import event as audit_event
from amiable.core.journal import record_all
from amiable.core.lifecycle import move
from amiable.core.models import AuditEvent, User
from amiable.correspondence.models import Document
from amiable.diary.models import Note
from amiable.diary.writing import Kind as Line
from amiable.diary.writing import line, open_for, refresh, write, write_all
from amiable.domain.errors import DomainError
from amiable.domain.text import french


def open_dossier_for(dossier: Dossier, *, actor: User | None, version: int | None, capability: str) -> None:
    """The right to act on this dossier and the account's optimistic lock: first statement of every act."""
    if actor is not None:
        require(actor, capability)
    for account in accounts_of(dossier):
        open_for(account, actor=None, version=version if account.pk == dossier.account_id else None)
    lifecycle = kind_of(dossier.kind).family.lifecycle
    if dossier.stage in lifecycle.over:
        label = french.inside(lifecycle.labels_fr[dossier.stage])
        raise DomainError("dossier_over", f"Ce dossier est « {label} » : rien n’a été enregistré.")


def accounts_of(dossier: Dossier) -> list[Account]:
    """Every account the case covers, its own first."""
    rows = Account.objects.filter(covered_by__case=dossier).exclude(pk=dossier.account_id)
    return [dossier.account, *rows.select_related("office", "person", "agency", "officer").order_by("pk")]


def cases_of(account: Account) -> QuerySet[Dossier]:
    """Every case that covers the account."""
    return Dossier.objects.filter(covers__account=account)


def transition(
    dossier: Dossier, to: str, *, actor: User | None, today: date, event: str = "", **fields: Any
) -> Dossier:
    """Move a dossier to a stage, once, with other columns of it, and tell it (`tell`).

    fields: columns of Dossier, and what `tell` takes (on, document, note, step, key, data)."""
    told = {name: fields.pop(name) for name in _TOLD if name in fields}
    move(dossier, to, kind_of(dossier.kind).family.lifecycle, **fields)
    tell(dossier, event or to, actor=actor, today=today, **told)
    return dossier


_TOLD = ("on", "document", "note", "step", "key", "data")


def tell(
    dossier: Dossier,
    event: str,
    *,
    actor: User | None,
    today: date,
    on: date | None = None,
    document: Document | None = None,
    note: Note | None = None,
    step: str = "",
    key: str | None = None,
    data: dict[str, Any] | None = None,
) -> DossierEvent:
    """Append what happened: an event of the dossier, a DOSSIER line of the diary with its proof, the journal.

    data: ids, codes, cents and ISO dates. step: the procedure's step it accomplishes."""
    kept = _kept(dossier, event, data or {})
    told = DossierEvent.objects.create(
        dossier=dossier, event=event, on=on or today, actor=actor, document=document, note=note, data=kept
    )
    accounts = accounts_of(dossier)
    for account in accounts:
        own = account.pk == dossier.account_id
        write(
            account,
            Line.DOSSIER,
            on=on or today,
            actor=actor,
            document=document,
            note=note if own else None,
            step=step,
            data=kept,
            key=key if own or key is None else f"{key}:{account.pk}",
        )
    record_all([_audited(dossier, event, actor)])
    refresh(dossier.office, [account.pk for account in accounts], today)
    return told


def tell_all(told: Sequence[tuple[Dossier, str, dict[str, Any]]], *, actor: User | None, today: date) -> None:
    """`tell` for many dossiers of one office, (dossier, event, data) in order, in few statements."""
    if not told:
        return
    office = told[0][0].office
    beside: dict[int, list[Account]] = {}
    for row in CaseAccount.objects.filter(case__in={one.pk for one, _, _ in told}).select_related("account"):
        beside.setdefault(row.case_id, []).append(row.account)
    kept = [(dossier, event, _kept(dossier, event, data)) for dossier, event, data in told]
    append_rows(
        DossierEvent(dossier=one, event=name, on=today, actor=actor, data=data) for one, name, data in kept
    )
    write_all(
        line(account, Line.DOSSIER, on=today, actor=actor, data=data)
        for one, _, data in kept
        for account in beside.get(one.pk, [one.account])
    )
    record_all(_audited(one, name, actor) for one, name, _ in kept)
    refresh(office, sorted({account.pk for accounts in beside.values() for account in accounts}), today)


def _kept(dossier: Dossier, event: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"event": event, "dossier_id": dossier.pk, "kind": dossier.kind, **data}


def _audited(dossier: Dossier, event: str, actor: User | None) -> AuditEvent:
    return audit_event(
        f"dossier.{event.partition(':')[0]}",
        office=dossier.office,
        actor=actor,
        target=dossier,
        account_id=dossier.account_id,
        data={"kind": dossier.kind, "event": event},
    )
