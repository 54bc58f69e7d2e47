"""Handing a file over: proposed by the officer, decided by the head, received by the desk, or given back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from amiable.accounts.models import Account
from amiable.core.access import require
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary import holds
from amiable.diary.free_text import check_text
from amiable.diary.models import DiaryEntry, Hold
from amiable.diary.writing import Kind, add_note, close, open_for, write
from amiable.domain.cases.transfer import gate
from amiable.domain.check import MISSING, WAIVED, may_go
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.positions import assignment
from amiable.procedures.in_force import load_book
from amiable.transfer import bundle as bundles
from amiable.transfer.evidence import Evidence, gather
from amiable.transfer.lifecycle import LIFECYCLE, State
from amiable.transfer.models import Transfer, Waiver

TRANSFER_ACT = "TRANSFERT"
HoldKind: Any = Hold.Kind


@transaction.atomic
def propose(*, account: Account, actor: User, today: date, version: int | None = None) -> Transfer:
    """The officer presents the file to the head. DomainError `gate_open` naming what the gate still lacks."""
    require(actor, "work_accounts")
    open_for(account, actor=actor, version=version)
    evidence = _through_the_gate(account, today)
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                office_id=account.office_id,
                account=account,
                proposed_on=today,
                proposed_by=actor,
                claimed_cents=evidence.tried.claimed_cents,
            )
    except IntegrityError:
        raise DomainError("transfer_open", "Ce dossier est déjà présenté ou transmis.") from None
    _tell(transfer, "proposed", actor, today, step=_step_of(account, today))
    return transfer


@transaction.atomic
def decide(*, transfer: Transfer, actor: User, today: date) -> Transfer:
    """The head hands the file over: the evidence as it stands today is made and kept."""
    require(actor, "decide_transfer")
    account = transfer.account
    open_for(account, actor=None, version=None)
    _seen_by_another(transfer, actor)
    evidence = _through_the_gate(account, today)
    made = _keep_bundle(account, actor, today)
    move(
        transfer,
        State.DECIDED,
        LIFECYCLE,
        decided_on=today,
        decided_by=actor,
        bundle=made,
        claimed_cents=evidence.tried.claimed_cents,
    )
    _tell(transfer, "decided", actor, today, document=made)
    return transfer


def _seen_by_another(transfer: Transfer, actor: User) -> None:
    """Two persons hand a file over: who presented it does not decide, nor does who set a check aside."""
    if transfer.proposed_by_id == actor.pk:
        raise DomainError(
            "own_transfer", "Vous avez présenté ce dossier : un autre responsable doit en décider."
        )
    if Waiver.objects.filter(account=transfer.account, by=actor, withdrawn_on=None).exists():
        raise DomainError(
            "own_waiver", "Vous avez écarté un point de ce dossier : un autre responsable doit en décider."
        )


@transaction.atomic
def refuse(*, transfer: Transfer, reason: str, actor: User, today: date) -> Transfer:
    """The head keeps the file on the friendly road, and says why."""
    require(actor, "decide_transfer")
    return _end(transfer, State.REFUSED, "refused", reason, actor, today)


@transaction.atomic
def receive(*, transfer: Transfer, actor: User, today: date) -> Transfer:
    """The desk takes the file: it follows the account, its limits with it, and friendly reminders stop."""
    require(actor, "receive_transfer")
    account = transfer.account
    open_for(account, actor=None, version=None)
    hold = holds.record_hold(
        account=account,
        kind=HoldKind.LITIGATION,
        reason="Dossier suivi par le contentieux",
        starts_on=today,
        ends_on=None,
        actor=actor,
        today=today,
    )
    move(
        transfer,
        State.RECEIVED,
        LIFECYCLE,
        received_on=today,
        received_by=actor,
        hold=hold,
        former_officer=account.officer,
    )
    assignment.entrust(accounts=[account], officer=actor, actor=actor)
    _tell(transfer, "received", actor, today)
    return transfer


@transaction.atomic
def give_back(*, transfer: Transfer, reason: str, actor: User, today: date) -> Transfer:
    """The desk returns the file with its reasons: the officer follows it again, and may present it anew."""
    require(actor, "receive_transfer")
    return _end(transfer, State.RETURNED, "returned", reason, actor, today)


@transaction.atomic
def withdraw(*, transfer: Transfer, reason: str, actor: User, today: date) -> Transfer:
    """The debt is paid, or a plan is resumed: the file leaves the desk; what was done stays told."""
    require(actor, "work_accounts")
    return _end(transfer, State.WITHDRAWN, "withdrawn", reason, actor, today)


@transaction.atomic
def waive(*, account: Account, check_code: str, reason: str, actor: User, today: date) -> Waiver:
    """Say why a friendly means was impossible; a new reason takes the place of the former one."""
    require(actor, "work_accounts")
    text = check_text(reason, limit=300)
    if not text:
        raise DomainError("reason_missing", "Indiquez pourquoi ce moyen est impossible.")
    open_ones = {check.code: check for check in gate(gather(account, today).tried)}
    check = open_ones.get(check_code)
    if check is None or check.state not in (MISSING, WAIVED):
        raise DomainError("no_such_check", "Ce point n’attend pas de motif.")
    open_for(account, actor=actor, version=None)
    Waiver.objects.filter(account=account, check_code=check_code, withdrawn_on=None).update(
        withdrawn_on=today
    )
    kept = Waiver.objects.create(account=account, check_code=check_code, reason=text, on=today, by=actor)
    close(account, "transfer.waived", actor=actor, today=today, target=kept, check=check_code)
    return kept


def _through_the_gate(account: Account, today: date) -> Evidence:
    evidence = gather(account, today)
    checks = gate(evidence.tried)
    if not may_go(checks):
        missing = ", ".join(french.inside(check.label_fr) for check in checks if check.is_open)
        raise DomainError(
            "gate_open",
            f"Le dossier n’est pas complet, rien n’a été transmis. Il reste : {missing}. "
            "Faites-le, ou dites pourquoi c’est impossible.",
        )
    return evidence


def _keep_bundle(account: Account, actor: User, today: date) -> Document:
    made = bundles.build(account, today)
    return store.add_document(
        office=account.office,
        code="bundle",
        title=f"Dossier de transmission au {today:%d/%m/%Y}",
        content=made.pdf,
        dated_on=today,
        actor=actor,
        account=account,
        person=account.person,
        pages=made.pages,
    )


def _end(transfer: Transfer, to: str, event: str, reason: str, actor: User, today: date) -> Transfer:
    """Any end: the reason is kept, the hold lifted, the account given back, the step asked for again."""
    account = transfer.account
    open_for(account, actor=None, version=None)
    note = add_note(account, check_text(reason), actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez le motif.")
    move(transfer, to, LIFECYCLE, ended_on=today, ended_by=actor, reason=note)
    if transfer.hold is not None and transfer.hold.lifted_on is None:
        holds.end_hold(transfer.hold, on=today, actor=actor)
    if transfer.former_officer is not None:
        assignment.entrust(accounts=[account], officer=transfer.former_officer, actor=actor)
    presented = DiaryEntry.objects.filter(key=_key(transfer, "proposed")).first()
    if presented is not None:
        write(
            account, Kind.CORRECTION, on=today, actor=actor, corrects=presented, key=_key(transfer, "again")
        )
    _tell(transfer, event, actor, today, note=note)
    return transfer


def _tell(transfer: Transfer, event: str, actor: User, today: date, **fields: Any) -> None:
    account = transfer.account
    write(
        account,
        Kind.TRANSFER,
        on=today,
        actor=actor,
        key=_key(transfer, event),
        data={"event": event, "transfer_id": transfer.pk, "claimed_cents": transfer.claimed_cents},
        **fields,
    )
    close(account, f"transfer.{event}", actor=actor, today=today, target=transfer)


def _key(transfer: Transfer, event: str) -> str:
    return f"transfer:{transfer.pk}:{event}"


def _step_of(account: Account, today: date) -> str:
    """The step of the account's procedure that is the transfer, so that it leaves the day once presented."""
    editions = load_book(account.office, today).editions.get(account.nature, ())
    steps = editions[-1].procedure.steps if editions else ()
    return next((step.code for step in steps if step.act == TRANSFER_ACT), "")
