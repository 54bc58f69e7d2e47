"""When the person received what a step sent: the day from which its delays run, and its proof.

A letter that left is not a letter received. Until somebody notes the reception, what waits for it waits, and
nothing is interrupted (LPF art. L257).
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.done import accomplished
from amiable.diary.free_text import check_text
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError

_NOT_SENT = (Kind.NOTIFIED, Kind.SUPPRESSED, Kind.STEP_SKIPPED)


@transaction.atomic
def record_notification(
    *,
    account: Account,
    step: str,
    on: date,
    proof: str,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> DiaryEntry:
    """The person received on `on` what the step sent last. proof: the number of the acknowledgement of
    receipt, of the officer's act, of the electronic delivery.

    Said twice the same, it is one line. DomainError: nothing was sent by that day, no proof, a day to come,
    or another day noted already (correct that line first)."""
    text = check_text(proof, limit=80)
    if not text:
        raise DomainError(
            "proof_missing", "Indiquez la preuve : le numéro de l’avis de réception, ou l’acte."
        )
    if on > today:
        raise DomainError("future_act", "La date de réception ne peut pas être dans l’avenir.")
    open_for(account, actor=actor, version=version)
    lines = accomplished(today).filter(account=account, step=step)
    sent = lines.exclude(kind__in=_NOT_SENT)
    last = sent.filter(on__lte=on).order_by("-on", "-pk").first()
    if last is None:
        raise DomainError(
            "nothing_sent", f"Rien n’est parti pour cette étape avant le {on:%d/%m/%Y} : rien n’a été noté."
        )
    known = lines.filter(kind=Kind.NOTIFIED, data__of=last.pk).first()
    if known is not None and known.on != on:
        raise DomainError(
            "notified_already",
            f"Cette lettre est déjà notée reçue le {known.on:%d/%m/%Y} : corrigez d’abord cette ligne.",
        )
    data = {"of": last.pk, "proof": text}
    entry = known or write(account, Kind.NOTIFIED, on=on, actor=actor, step=step, data=data)
    close(account, "diary.notified", actor=actor, today=today, target=entry, step=step)
    return entry
