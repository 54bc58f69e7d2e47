"""Disputes: what is contested is set apart, has an owner and a day to answer by, and ends in a decision.

The hold sets the money apart, as for any wait; the record beside it says who must answer, with which
exhibits, and what was decided. Founded money stays apart until the correcting entry is in the ledger.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary import policy
from amiable.diary.holds import HoldKind, end_hold, record_hold
from amiable.diary.models import Dispute
from amiable.diary.requests import raise_work
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.french import euros

Decision: Any = Dispute.Decision
#: What may be joined: what a printer gives or a telephone takes.
MEDIA = ("application/pdf", "image/png", "image/jpeg")
MOST_BYTES = 10_000_000


@transaction.atomic
def open_dispute(
    *,
    account: Account,
    motive: str,
    reason: str,
    disputed_cents: int | None,
    actor: User | None,
    today: date,
    owner: User | None = None,
    version: int | None = None,
) -> Dispute:
    """Set `disputed_cents` apart (None: the whole debt) until somebody answers.

    owner: who answers, else the account's officer; the day to answer by is the office's own."""
    open_for(account, actor=actor, version=version)
    if motive not in Dispute.Motive.values:
        raise DomainError("bad_motive", "Choisissez le motif de la contestation.")
    hold = record_hold(
        account=account,
        kind=HoldKind.DISPUTE,
        reason=reason,
        starts_on=today,
        ends_on=None,
        disputed_cents=disputed_cents,
        actor=actor,
        today=today,
    )
    days = policy.value(account.office, "dispute_answer_days", today)
    dispute = Dispute.objects.create(
        account=account,
        hold=hold,
        motive=motive,
        received_on=today,
        answer_by_on=today + timedelta(days=days),
        owner=owner or account.officer or actor,
    )
    close(account, "dispute.opened", actor=actor, today=today, target=dispute, motive=motive)
    return dispute


@transaction.atomic
def add_exhibit(
    *, dispute: Dispute, title: str, content: bytes, media_type: str, actor: User, today: date
) -> Document:
    """A paper the person or the office brings: kept as it is, never changed."""
    account = dispute.account
    open_for(account, actor=actor, version=None)
    if media_type not in MEDIA or not content:
        raise DomainError("bad_exhibit", "Joignez un PDF ou une image (PNG, JPEG). Rien n’a été joint.")
    if len(content) > MOST_BYTES:
        raise DomainError("big_exhibit", "Cette pièce dépasse 10 Mo : réduisez-la. Rien n’a été joint.")
    document = store.add_document(
        office=account.office,
        code="piece",
        title=f"Pièce : {title}",
        content=content,
        dated_on=today,
        actor=actor,
        account=account,
        person=account.person,
        media_type=media_type,
    )
    dispute.exhibits.add(document)
    close(account, "dispute.exhibit", actor=actor, today=today, target=dispute)
    return document


@transaction.atomic
def decide(
    *,
    dispute: Dispute,
    decision: str,
    actor: User,
    today: date,
    founded_cents: int | None = None,
    version: int | None = None,
) -> Dispute:
    """Founded, partly, or not; once. What is not founded is asked again at once. What is stays apart until
    the correcting entry is posted (`note_corrected`), and somebody is asked for it."""
    account, hold = dispute.account, dispute.hold
    open_for(account, actor=actor, version=version)
    if decision not in (Decision.FOUNDED, Decision.PARTLY, Decision.UNFOUNDED):
        raise DomainError("bad_decision", "Indiquez si la contestation est fondée, en partie ou non.")
    whole = hold.disputed_cents
    kept = {Decision.FOUNDED: whole, Decision.UNFOUNDED: 0}.get(decision, founded_cents)
    if decision == Decision.PARTLY and (not kept or (whole is not None and kept >= whole)):
        raise DomainError(
            "bad_founded", "En partie fondée : indiquez le montant reconnu, inférieur au montant contesté."
        )
    changed = Dispute.objects.filter(pk=dispute.pk, decision="").update(
        decision=decision, founded_cents=kept, decided_on=today, decided_by=actor
    )
    if not changed:
        raise DomainError("dispute_decided", "Cette contestation est déjà tranchée. Rien n’a été changé.")
    dispute.refresh_from_db()
    if decision == Decision.UNFOUNDED:
        _release(dispute, actor, today)
    else:
        _await_correction(dispute, actor, today)
    data = {"event": decision, "dispute_id": dispute.pk, "founded_cents": kept or 0}
    write(account, Kind.SITUATION, on=today, actor=actor, data=data)
    close(account, "dispute.decided", actor=actor, today=today, target=dispute, decision=decision)
    return dispute


def _await_correction(dispute: Dispute, actor: User, today: date) -> None:
    account, hold = dispute.account, dispute.hold
    hold.disputed_cents = dispute.founded_cents
    hold.save(update_fields=["disputed_cents"])
    amount = f" de {euros(dispute.founded_cents)}" if dispute.founded_cents else ""
    raise_work(
        account=account,
        code="correction",
        text=f"Contestation fondée : passer l’écriture de correction{amount}, puis la noter comme passée.",
        key=f"dispute:{dispute.pk}:correction",
        assignee=dispute.owner if dispute.owner and dispute.owner.is_active else None,
    )


def _release(dispute: Dispute, actor: User | None, today: date) -> None:
    hold = dispute.hold
    if hold.lifted_on is None:
        end_hold(hold, on=today, actor=actor)
        data = {"hold_id": hold.pk, "hold": hold.kind}
        write(dispute.account, Kind.HOLD_END, on=today, actor=actor, data=data)


@transaction.atomic
def note_corrected(*, dispute: Dispute, actor: User, today: date, version: int | None = None) -> None:
    """The correcting entry is in the ledger: nothing is left apart."""
    open_for(dispute.account, actor=actor, version=version)
    if dispute.decision not in (Decision.FOUNDED, Decision.PARTLY) or dispute.hold.lifted_on is not None:
        raise DomainError("nothing_to_correct", "Aucune correction n’est attendue pour cette contestation.")
    _release(dispute, actor, today)
    close(dispute.account, "dispute.corrected", actor=actor, today=today, target=dispute)


def open_disputes(account: Account) -> QuerySet[Dispute]:
    """Those that still set money apart, oldest first."""
    found = account.disputes.filter(hold__lifted_on=None).select_related("hold", "owner")
    return found.prefetch_related("exhibits").order_by("pk")


def remind_late(*, office: Office, as_of: date) -> int:
    """Each night: a dispute whose day to answer has come becomes work for its owner, once."""
    late = Dispute.objects.filter(
        account__office=office, decision="", hold__lifted_on=None, answer_by_on__lte=as_of
    )
    done = 0
    for dispute in late.select_related("account", "owner").order_by("pk"):
        _, is_new = raise_work(
            account=dispute.account,
            code="dispute_late",
            text=f"Contestation ({french.inside(dispute.get_motive_display())}) : la réponse est due "
            f"le {dispute.answer_by_on:%d/%m/%Y}.",
            key=f"dispute:{dispute.pk}:late",
            assignee=dispute.owner if dispute.owner and dispute.owner.is_active else None,
            due_on=dispute.answer_by_on,
        )
        done += is_new
    return done
