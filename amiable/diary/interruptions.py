"""What interrupts a prescription: an act an officer notes, or a step of the procedure that does it by law."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import polars as pl
from django.db import transaction
from django.db.models import Q

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.done import standing
from amiable.diary.facts import of_accounts
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import Kind, add_note, close, open_for, write
from amiable.domain.errors import DomainError

#: Acts that interrupt the civil prescription (TIME-02: C. civ. 2240 to 2244; SUR-14). A registered letter
#: does not. The office keeps only an acknowledgement in writing, which can be proved; the law asks none.
ACTS = MappingProxyType(
    {
        "acknowledgement": "Reconnaissance écrite de la dette",
        "court_claim": "Demande en justice",
        "conservatory": "Mesure conservatoire",
        "enforcement": "Acte d’exécution forcée",
        "measures_asked": "Demande de mesures de surendettement par le débiteur",
    }
)


@transaction.atomic
def record_interruption(
    *,
    account: Account,
    act: str,
    on: date,
    actor: User | None,
    today: date,
    note: str = "",
    key: str | None = None,
    version: int | None = None,
) -> DiaryEntry:
    """Note an act that interrupts the prescription: the same period restarts from `on` (TIME-02).

    key: the same act, noted once (a plan signed, a judgment). Correcting the line undoes the interruption.
    """
    if act not in ACTS:
        raise DomainError("bad_interruption", "Cet acte n’interrompt pas la prescription (TIME-02).")
    if on > today:
        raise DomainError("future_act", "La date de l’acte ne peut pas être dans l’avenir.")
    open_for(account, actor=actor, version=version)
    text = add_note(account, note, actor=actor)
    entry = write(account, Kind.INTERRUPTION, on=on, actor=actor, note=text, data={"act": act}, key=key)
    close(account, "diary.interruption", actor=actor, today=today, target=entry, act=act)
    return entry


def provide(ids: list[int] | None, office_id: int, as_of: date, step_codes: tuple[str, ...]) -> pl.DataFrame:
    """account_id, on: acts noted, and the reception of what steps sent that interrupt by themselves (PUB-07):
    the law counts from the notification, never from the sending. One query."""
    acts = Q(kind=Kind.INTERRUPTION)
    if step_codes:
        acts |= Q(kind=Kind.NOTIFIED, step__in=step_codes)
    rows = of_accounts(standing(as_of).filter(acts), ids, {"office_id": office_id})
    return pl.DataFrame(
        list(rows.order_by().values_list("account_id", "on")),
        schema={"account_id": pl.Int64, "on": pl.Date},
        orient="row",
    )
