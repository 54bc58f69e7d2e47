"""An officer decides on a visit the procedure proposes, or refuses it with a reason."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import IntegrityError, transaction

from amiable.accounts.models import Account
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.diary import services as diary
from amiable.diary.writing import add_note, close, open_for
from amiable.domain.errors import DomainError
from amiable.parties import restrictions
from amiable.parties.models import Person, PersonFlag
from amiable.positions.models import AccountPosition
from amiable.visits.lifecycle import LIFECYCLE, OFF_THE_ROUND, State
from amiable.visits.models import Visit
from amiable.visits.proposals import STEP

Status: Any = Account.Status
#: Nobody visits a home longer than this in one go: a slip of the keyboard.
LONGEST_MINUTES = 240


@transaction.atomic
def accept(
    *,
    account: Account,
    minutes: int,
    actor: User,
    today: date,
    from_at: time | None = None,
    to_at: time | None = None,
    needs_two: bool = False,
    note: str = "",
    version: int | None = None,
) -> Visit:
    """The visit is to be planned. After a threat or a conflict only a head decides it, and two agents go.

    from_at, to_at: it begins between the two. Raises DomainError when a visit is already open, or impossible.
    """
    restrictions.check_caller(account.person, actor, today)
    open_for(account, actor=actor, version=version)
    _check(account, minutes, from_at, to_at)
    position = AccountPosition.objects.filter(pk=account.pk).only("why", "next_step").first()
    proposed = position is not None and position.next_step == STEP
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                office_id=account.office_id,
                account=account,
                why=position.why[:300] if position is not None and proposed else "",
                from_at=from_at,
                to_at=to_at,
                minutes=minutes,
                needs_two=needs_two or is_restricted(account.person, today),
                note=add_note(account, note, actor=actor),
                decided_on=today,
                decided_by=actor,
            )
    except IntegrityError:
        raise DomainError("visit_open", "Une visite est déjà décidée pour ce compte.") from None
    close(account, "visit.accepted", actor=actor, today=today, target=visit, minutes=minutes)
    return visit


def is_restricted(person: Person, on: date) -> bool:
    """Whether a threat or a conflict was signalled: nobody goes there alone."""
    return any(flag.kind in restrictions.RESTRICTING for flag in safety_flags(person, on))


def safety_flags(person: Person, on: date) -> list[PersonFlag]:
    """What whoever goes must know before leaving, the gravest first."""
    return restrictions.flags_of([person.pk], on).get(person.pk, [])


def _check(account: Account, minutes: int, from_at: time | None, to_at: time | None) -> None:
    if account.status != Status.PRESENT:
        raise DomainError(
            "visit_left", "Cette personne a quitté le logement : une visite n’y est pas possible."
        )
    if not account.address or not account.city:
        raise DomainError(
            "visit_no_address", "L’adresse du logement manque : complétez-la, puis décidez la visite."
        )
    if not 0 < minutes <= LONGEST_MINUTES:
        raise DomainError("visit_length", f"La durée va de 1 à {LONGEST_MINUTES} minutes.")
    if from_at is not None and to_at is not None and to_at < from_at:
        raise DomainError(
            "visit_window", "La visite ne peut pas finir avant de commencer : revoyez les heures."
        )


@transaction.atomic
def refuse(*, account: Account, reason: str, actor: User, today: date, version: int | None = None) -> None:
    """No visit, and why: the step is set aside, the procedure goes on after it."""
    diary.skip_step(account=account, step=STEP, reason=reason, actor=actor, today=today, version=version)


@transaction.atomic
def cancel(*, visit: Visit, reason: str, actor: User, today: date) -> Visit:
    """The visit will not take place; the procedure may propose it again."""
    account = visit.account
    open_for(account, actor=actor, version=None)
    note = add_note(account, reason, actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi la visite est annulée.")
    move(visit, State.CANCELLED, LIFECYCLE, ended_on=today, reason=note, **OFF_THE_ROUND)
    close(account, "visit.cancelled", actor=actor, today=today, target=visit)
    return visit
