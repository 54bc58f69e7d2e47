"""Dated instructions of the heads on a step, and who has read them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.procedures.models import Acknowledgement, Instruction


@transaction.atomic
def give(
    *, office: Office, step_code: str, text: str, starts_on: date, actor: User, ends_on: date | None = None
) -> Instruction:
    """Publish an instruction on a step ("" : on everything). DomainError: empty, or dates reversed."""
    if not text.strip():
        raise DomainError("instruction_empty", "Une consigne a besoin d’un texte.")
    if ends_on is not None and ends_on < starts_on:
        raise DomainError("instruction_dates", "La consigne finirait avant de commencer.")
    found = Instruction.objects.create(
        office=office,
        step_code=step_code,
        text=text.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        author=actor,
    )
    record("instruction.given", office=office, actor=actor, target=found, data={"step": step_code})
    return found


@transaction.atomic
def end(*, instruction: Instruction, actor: User, today: date) -> None:
    """Stop showing an instruction after today; one already ended stays as it is."""
    changed = (
        Instruction.objects.filter(pk=instruction.pk)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))
        .update(ends_on=today)
    )
    if changed:
        record("instruction.ended", office=instruction.office, actor=actor, target=instruction)


def acknowledge(*, instruction: Instruction, user: User) -> Acknowledgement:
    """The user has read it; saying so twice changes nothing."""
    found, made = Acknowledgement.objects.get_or_create(instruction=instruction, user=user)
    if made:
        record("instruction.acknowledged", office=instruction.office, actor=user, target=instruction)
    return found


def active(*, office_id: int, at: date) -> QuerySet[Instruction]:
    """Instructions in force on a day, newest first."""
    return (
        Instruction.objects.filter(office_id=office_id, starts_on__lte=at)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=at))
        .select_related("author")
        .order_by("-starts_on", "-pk")
    )


def for_step(*, office_id: int, step_code: str | None, at: date) -> QuerySet[Instruction]:
    """What shows on a step: its own instructions and those about everything."""
    return active(office_id=office_id, at=at).filter(step_code__in=["", step_code or ""])


def unread(*, user: User, at: date) -> QuerySet[Instruction]:
    """Instructions in force this user has not acknowledged; an author has read their own."""
    return (
        active(office_id=user.office_id or 0, at=at).exclude(acknowledgements__user=user).exclude(author=user)
    )
