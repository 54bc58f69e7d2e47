"""Ways to reach a person that fail: noted, turned into work, and repaired."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.diary.lifecycle import TASK
from amiable.diary.models import Task
from amiable.diary.requests import raise_work
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.parties import services as parties
from amiable.parties.models import ContactPoint, Person

Problem: Any = ContactPoint.Problem
#: What has to be done about each kind of contact.
_WORK_FR: dict[Any, str] = {
    ContactPoint.Kind.PHONE: "Trouver un autre numéro de téléphone",
    ContactPoint.Kind.EMAIL: "Demander une autre adresse électronique",
    ContactPoint.Kind.ADDRESS: "Vérifier l’adresse postale",
}


@transaction.atomic
def record_contact_problem(
    *,
    account: Account,
    contact_point: ContactPoint,
    problem: str,
    actor: User | None,
    today: date,
    outbox_item_id: int | None = None,
    version: int | None = None,
) -> Task:
    """A contact that does not work: nobody uses it again, and somebody has to repair it.

    outbox_item_id: the message that was not received; the step it was for is not done. Noting the same
    problem twice gives the same task.
    """
    if problem not in Problem.values or not problem:
        raise DomainError("bad_problem", "Indiquez ce qui ne va pas avec ce moyen de contact.")
    open_for(account, actor=actor, version=version)
    parties.mark_problem(contact_point=contact_point, problem=problem, today=today)
    key = f"contact:{contact_point.pk}:{problem}:{account.pk}"
    text = f"{_WORK_FR[contact_point.kind]} ({french.inside(contact_point.get_problem_display())})"
    task, created = raise_work(
        account=account, code="contact_problem", text=text, key=key, assignee=_worker(account)
    )
    if not created and task.status != Task.Status.OPEN:
        # Repaired once, broken again: the work is to be done again.
        move_all(Task.objects.filter(pk=task.pk), Task.Status.OPEN, TASK, closed_at=None, answer="")
    data = {"contact_point_id": contact_point.pk, "problem": problem, "task_id": task.pk}
    write(
        account,
        Kind.CONTACT_PROBLEM,
        on=today,
        actor=actor,
        person_id=contact_point.person_id,
        outbox_item_id=outbox_item_id,
        data=data,
        # Two letters come back the same day from one address: each of them was not received.
        key=f"{key}:{today.isoformat()}" + (f":{outbox_item_id}" if outbox_item_id else ""),
    )
    close(account, "diary.contact_problem", actor=actor, today=today, target=contact_point, problem=problem)
    return task


def _worker(account: Account) -> User | None:
    """The officer of the account, when they can log in."""
    officer = account.officer
    return officer if officer is not None and officer.is_active else None


@transaction.atomic
def change_contact(
    *,
    account: Account,
    person: Person,
    kind: str,
    value: str,
    actor: User,
    today: date,
    replaces: ContactPoint | None = None,
    version: int | None = None,
) -> ContactPoint:
    """Add a way to reach the person, or replace one; the work it was missing for is done."""
    open_for(account, actor=actor, version=version)
    point = parties.add_contact_point(person=person, kind=kind, value=value)
    if replaces is not None and replaces.pk != point.pk:
        parties.retire_contact_point(contact_point=replaces)
        _done(account, replaces)
    _done(account, point)
    close(account, "diary.contact_changed", actor=actor, today=today, target=point, kind=kind)
    return point


@transaction.atomic
def contact_works(
    *, account: Account, contact_point: ContactPoint, actor: User, today: date, version: int | None = None
) -> ContactPoint:
    """The problem was a mistake, or is over."""
    open_for(account, actor=actor, version=version)
    parties.clear_problem(contact_point=contact_point)
    _done(account, contact_point)
    close(account, "diary.contact_changed", actor=actor, today=today, target=contact_point)
    return contact_point


def _done(account: Account, point: ContactPoint) -> None:
    asked = Task.objects.filter(key__startswith=f"contact:{point.pk}:", account=account)
    told = "Coordonnées mises à jour."
    move_all(asked, Task.Status.DONE, TASK, closed_at=timezone.now(), answer=told)
