"""Requests: a question to a colleague, or work the product found. The answer lands in the diary."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.core.access import agency_ids, require
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.diary.free_text import check_text
from amiable.diary.lifecycle import TASK
from amiable.diary.models import Task
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError

Status: Any = Task.Status


@transaction.atomic
def ask_colleague(
    *,
    account: Account,
    assignee: User | None,
    text: str,
    actor: User,
    today: date,
    due_on: date | None = None,
    code: str = "question",
    version: int | None = None,
) -> Task:
    """Ask a colleague something about an account. `assignee` None: whoever of the agency takes it."""
    open_for(account, actor=actor, version=version)
    asked = check_text(text)
    if not asked:
        raise DomainError("empty_question", "Écrivez votre demande.")
    if due_on is not None and due_on < today:
        raise DomainError("question_due_passed", "La date souhaitée est déjà passée.")
    _check_assignee(assignee, account)
    task = Task.objects.create(
        office_id=account.office_id,
        account=account,
        code=code,
        text=asked,
        assignee=assignee,
        due_on=due_on,
        created_by=actor,
    )
    write(account, Kind.TASK, on=today, actor=actor, data={"task_id": task.pk})
    close(account, "task.asked", actor=actor, today=today, target=task)
    return task


def _check_assignee(assignee: User | None, account: Account) -> None:
    if assignee is None:
        return
    bound = agency_ids(assignee)
    reaches = bound is None or account.agency_id is None or account.agency_id in bound
    if assignee.office_id != account.office_id or not assignee.is_active or not reaches:
        raise DomainError("bad_assignee", f"{assignee} ne voit pas ce compte : choisissez un autre collègue.")


@transaction.atomic
def answer_task(*, task: Task, answer: str, actor: User, today: date) -> Task:
    """Answer a request once; the answer stands in the account's diary."""
    require(actor, "answer_tasks")
    text = check_text(answer)
    if not text:
        raise DomainError("empty_answer", "Écrivez votre réponse.")
    _close_task(task, Status.DONE, answer=text)
    if task.account is not None:
        account = task.account
        Account.objects.filter(pk=account.pk).update(version=F("version") + 1)
        write(
            account,
            Kind.TASK_ANSWER,
            on=today,
            actor=actor,
            data={"task_id": task.pk},
            key=f"task:{task.pk}:answer",
        )
        close(account, "task.answered", actor=actor, today=today, target=task)
    return task


@transaction.atomic
def cancel_task(*, task: Task, actor: User, today: date) -> Task:
    """A request that no longer has an object."""
    require(actor, "answer_tasks")
    _close_task(task, Status.CANCELLED)
    if task.account is not None:
        close(task.account, "task.cancelled", actor=actor, today=today, target=task)
    return task


def _close_task(task: Task, status: Any, **changes: str) -> None:
    move(task, status, TASK, closed_at=timezone.now(), **changes)


def raise_work(
    *, account: Account, code: str, text: str, key: str, assignee: User | None, due_on: date | None = None
) -> tuple[Task, bool]:
    """Work the product found, once per `key`. Returns (task, created)."""
    return Task.objects.get_or_create(
        key=key,
        defaults={
            "office_id": account.office_id,
            "account": account,
            "code": code,
            "text": text,
            "assignee": assignee,
            "due_on": due_on,
        },
    )
