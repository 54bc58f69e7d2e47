"""The recevabilité (SUR-01 to SUR-05): the account splits, part A freezes, what followed is put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.holds import active_on, end_hold, record_hold
from amiable.diary.models import Hold
from amiable.diary.requests import raise_work
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.ledger.frozen_parts import AccountSplit, split_of
from amiable.ledger.models import Entry
from amiable.outreach.services import Issued, issue
from amiable.overindebtedness.repairing import Letter, Repaired, fees_since, letters_since, stand_down

HoldKind: Any = Hold.Kind


@dataclass(frozen=True)
class Received:
    """What a recevabilité did. is_new: False when it was known already, and nothing was changed."""

    account: Account
    on: date
    is_new: bool
    hold: Hold
    split: AccountSplit
    repaired: Repaired
    letters: tuple[Letter, ...]
    fees: tuple[Entry, ...]


@transaction.atomic
def receive(
    *,
    account: Account,
    on: date,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> Received:
    """The commission declared the dossier recevable on `on`, today or long ago.

    From that day part A is frozen: the ledger allocates everything anew, the chase of part A stops, promises
    and plans on it end, prepared letters are withdrawn; the letters that should not have left are listed.
    Entered twice, it changes nothing. DomainError when another recevabilité is in force.
    """
    if on > today:
        raise DomainError("recevabilite_in_future", "La recevabilité ne peut pas être dans l’avenir.")
    known = _in_force(account, today)
    if known is not None:
        if known.starts_on == on:
            return _received(account, known, today, Repaired(), is_new=False)
        raise DomainError(
            "other_recevabilite",
            f"Une recevabilité du {known.starts_on:%d/%m/%Y} est déjà notée sur ce compte : rien n’a été "
            "changé. Si sa date est fausse, levez d’abord cette mise en attente.",
        )
    open_for(account, actor=actor, version=version)
    hold = record_hold(
        account=account,
        kind=HoldKind.SURENDETTEMENT,
        reason=f"Dossier de surendettement recevable le {on:%d/%m/%Y}",
        starts_on=on,
        ends_on=None,
        actor=actor,
        today=today,
    )
    account.refresh_from_db()
    repaired = stand_down(account=account, on=on, actor=actor, today=today)
    received = _received(account, hold, today, repaired, is_new=True)
    _tell(received, actor, today)
    close(account, "surendettement.received", actor=actor, today=today, target=hold)
    return received


@transaction.atomic
def refuse_dossier(*, account: Account, actor: User | None, today: date, version: int | None = None) -> Hold:
    """The judge set the recevabilité aside (SUR-06): as if it had never been, both parts are one again."""
    hold = _in_force(account, today)
    if hold is None:
        raise DomainError("no_recevabilite", "Aucune recevabilité n’est en cours sur ce compte.")
    open_for(account, actor=actor, version=version)
    end_hold(hold, on=today, actor=actor)
    data = {"event": "bdf.set_aside", "hold_id": hold.pk, "received_on": hold.starts_on.isoformat()}
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data, key=f"bdf:{hold.pk}:set_aside")
    close(account, "surendettement.set_aside", actor=actor, today=today, target=hold)
    return hold


def write_apology(*, account: Account, actor: User | None, now: datetime, channel: str = "post") -> Issued:
    """The letter that takes back those which should not have left; DomainError when there are none."""
    on, today = account.split_on, now.date()
    letters = letters_since(account, on, today) if on is not None else []
    if on is None or not letters:
        raise DomainError("nothing_to_take_back", "Aucun courrier n’est à rectifier.")
    rows = [[f"{letter.on:%d/%m/%Y}", letter.kind, letter.title] for letter in letters]
    columns = [
        {"label": "Date", "kind": "date"},
        {"label": "Envoi", "kind": "text"},
        {"label": "Objet", "kind": "text"},
    ]
    return issue(
        account=account,
        code="bdf_rectification",
        actor=actor,
        now=now,
        key=f"bdf-rectification-{account.pk}-{letters[-1].diary_id}",
        extra={
            "bdf_recevable_le": french.long_date(on),
            "bdf_courriers": {"columns": columns, "rows": rows, "total": None},
        },
        channel=channel,
    )


def _in_force(account: Account, today: date) -> Hold | None:
    return account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT).order_by("-pk").first()


def _received(account: Account, hold: Hold, today: date, repaired: Repaired, *, is_new: bool) -> Received:
    on = hold.starts_on
    frozen = split_of(account, on).a.total_cents
    # Nothing was owed that day: no letter asked for what could not be paid.
    letters = letters_since(account, on, today) if frozen else []
    return Received(
        account=account,
        on=on,
        is_new=is_new,
        hold=hold,
        split=split_of(account, today),
        repaired=repaired,
        letters=tuple(letters),
        fees=tuple(fees_since(account, on, today)),
    )


def _tell(received: Received, actor: User | None, today: date) -> None:
    """The line of the diary, and what an officer still has to do: nothing of it can be done by itself."""
    account, on = received.account, received.on
    data = {
        "event": "bdf.received",
        "hold_id": received.hold.pk,
        "received_on": on.isoformat(),
        "frozen_cents": received.split.a.total_cents,
        "letters": [letter.diary_id for letter in received.letters],
        "fees": [entry.pk for entry in received.fees],
    }
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data, key=f"bdf:{received.hold.pk}:received")
    asked = {"collectors": "Avertir de la recevabilité ceux qui recouvrent pour l’office (SUR-04)."}
    if account.terms.filter(aid_cents__gt=0).exists():
        asked["aid"] = "Demander à la caisse le rétablissement de l’aide, versée à l’office (SUR-13)."
    if received.letters:
        asked["letters"] = (
            f"{len(received.letters)} envoi(s) parti(s) depuis la recevabilité du {on:%d/%m/%Y} "
            "réclamaient une dette gelée : rectifier par écrit."
        )
    if received.fees:
        total = sum(entry.amount_cents for entry in received.fees)
        asked["fees"] = (
            f"Frais imputés depuis la recevabilité : {french.euros(total)}. Ceux d’un prélèvement rejeté "
            "sont à annuler (SUR-05)."
        )
    for code, text in asked.items():
        raise_work(
            account=account,
            code=f"bdf_{code}",
            text=f"{text} Compte {account.ref}.",
            key=f"bdf:{received.hold.pk}:{code}",
            assignee=account.officer,
            due_on=today,
        )
