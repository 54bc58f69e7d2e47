"""Drawing a plan up: from the statement of a day to a draft whose sum is that statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.writing import add_note, close, open_for
from amiable.domain.check import Check
from amiable.domain.errors import DomainError
from amiable.domain.plans.checks import checks
from amiable.domain.plans.schedule import Asked, Instalment, schedule
from amiable.household.scales import outdated_fr
from amiable.plans import models
from amiable.plans.lifecycle import PREPARED, State, tell, transition
from amiable.plans.models import Plan, PlanVersion
from amiable.plans.statement import Statement, check_amount, same_person, statement_of
from amiable.procedures.in_force import policy_of


@dataclass(frozen=True)
class Simulation:
    """A schedule nobody has kept yet: its statement, its instalments, what they are held against."""

    statement: Statement
    instalments: list[Instalment]
    checks: list[Check]


def simulate(
    *, accounts: Sequence[Account], asked: Asked, statement_on: date, capacity_cents: int | None
) -> Simulation:
    """The schedule `asked` makes of what the accounts owed on `statement_on`; nothing is written.

    The debt is the statement's, whatever `asked.debt_cents` says. Raises DomainError when nothing is owed."""
    found = statement_of(same_person(accounts), statement_on)
    instalments = schedule(replace(asked, debt_cents=found.total_cents))
    policy = policy_of(accounts[0].office, statement_on)
    return Simulation(
        found,
        instalments,
        checks(instalments, policy, capacity_cents, outdated_fr(accounts[0].office, statement_on)),
    )


@transaction.atomic
def draw_up(
    *,
    accounts: Sequence[Account],
    asked: Asked,
    statement_on: date,
    capacity_cents: int | None,
    actor: User,
    today: date,
    version: int | None = None,
) -> PlanVersion:
    """A new plan, as a draft. `version`: what the screen read of the first account (optimistic lock).

    Raises DomainError when `asked.debt_cents` is not what the statement says (story 21), when the first
    instalment is in the past, or when one of the accounts already has a plan."""
    lead = _lead(same_person(accounts))
    open_for(lead, actor=actor, version=version)
    busy = PlanVersion.objects.filter(state__in=(*PREPARED, State.ACTIVE), plan__accounts__in=accounts)
    if busy.exists():
        raise DomainError(
            "plan_open_already",
            "Un plan existe déjà sur ce compte : ouvrez-le pour le modifier ou le réviser.",
        )
    plan = Plan.objects.create(office=lead.office, person=lead.person, account=lead, created_by=actor)
    plan.accounts.set(accounts)
    return _new_version(plan, 1, asked, statement_on, capacity_cents, "", actor, today)


@transaction.atomic
def revise(
    *,
    plan: Plan,
    asked: Asked,
    statement_on: date,
    capacity_cents: int | None,
    reason: str,
    actor: User,
    today: date,
    version: int | None = None,
) -> PlanVersion:
    """Another version of a plan, as a draft: what is owed now, over new instalments. The version in force
    stays until the new one is signed, and is kept after."""
    open_for(plan.account, actor=actor, version=version)
    if not reason.strip():
        raise DomainError("plan_reason_missing", "Indiquez pourquoi le plan est révisé.")
    states = set(plan.versions.values_list("state", flat=True))
    if State.ACTIVE not in states:
        raise DomainError("plan_not_active", "Seul un plan en cours peut être révisé.")
    if states & set(PREPARED):
        raise DomainError("plan_revised_already", "Une révision de ce plan est déjà en préparation.")
    number = plan.versions.count() + 1
    return _new_version(plan, number, asked, statement_on, capacity_cents, reason, actor, today)


@transaction.atomic
def redraw(
    *,
    draft: PlanVersion,
    asked: Asked,
    statement_on: date,
    capacity_cents: int | None,
    actor: User,
    today: date,
    version: int | None = None,
) -> PlanVersion:
    """Change a draft; a version under approval or ready to sign becomes a draft again first (`take_back`)."""
    plan = draft.plan
    open_for(plan.account, actor=actor, version=version)
    if draft.state != State.DRAFT:
        raise DomainError("plan_not_draft", "Ce plan n’est plus un brouillon : reprenez-le d’abord.")
    found = _checked(plan, asked, statement_on, today)
    values = _values(found, asked, capacity_cents)
    if not PlanVersion.objects.filter(pk=draft.pk, state=State.DRAFT).update(**values):
        raise DomainError("moved", "Ce plan vient de changer d’état : rechargez la page.")
    draft.instalments.all().delete()
    _write_instalments(draft, schedule(asked))
    draft.refresh_from_db()
    close(plan.account, "plan.redrawn", actor=actor, today=today, target=draft)
    return draft


@transaction.atomic
def take_back(*, version: PlanVersion, actor: User, today: date) -> PlanVersion:
    """A version under approval, or ready to sign, is a draft again: it will be approved and signed anew."""
    open_for(version.plan.account, actor=actor, version=None)
    cleared: dict[str, Any] = {"approved_by": None, "approved_on": None, "document": None}
    return transition(version, State.DRAFT, actor=actor, today=today, event="taken_back", **cleared)


def _lead(accounts: list[Account]) -> Account:
    """Where the person lives now: the present account, the newest one when there are several or none."""
    present = [account for account in accounts if account.status == Account.Status.PRESENT]
    return max(present or accounts, key=lambda account: (account.entered_on or date.min, account.pk))


def _checked(plan: Plan, asked: Asked, statement_on: date, today: date) -> Statement:
    if statement_on > today:
        raise DomainError("plan_statement_future", "Le décompte ne peut pas être arrêté dans l’avenir.")
    found = statement_of(list(plan.accounts.order_by("pk")), statement_on)
    check_amount(found, asked.debt_cents)
    if schedule(asked)[0].due_on < today:
        raise DomainError("plan_starts_passed", "La première échéance est déjà passée : choisissez une date.")
    return found


def _values(found: Statement, asked: Asked, capacity_cents: int | None) -> dict[str, Any]:
    instalments = schedule(asked)
    return {
        "statement_on": found.on,
        "debt_cents": found.total_cents,
        "statement": found.as_json(),
        "awaited_cents": found.awaited_cents,
        "asked": asked_as_json(asked),
        "first_due_on": instalments[0].due_on,
        "last_due_on": instalments[-1].due_on,
        "capacity_cents": capacity_cents,
    }


def _new_version(
    plan: Plan,
    number: int,
    asked: Asked,
    statement_on: date,
    capacity_cents: int | None,
    reason: str,
    actor: User,
    today: date,
) -> PlanVersion:
    found = _checked(plan, asked, statement_on, today)
    made = PlanVersion.objects.create(
        plan=plan,
        number=number,
        reason=add_note(plan.account, reason, actor=actor),
        created_by=actor,
        **_values(found, asked, capacity_cents),
    )
    _write_instalments(made, schedule(asked))
    tell(made, "drawn_up" if number == 1 else "revision_drawn_up", actor=actor, today=today)
    return made


def _write_instalments(version: PlanVersion, instalments: list[Instalment]) -> None:
    models.Instalment.objects.bulk_create(
        models.Instalment(
            version=version, number=one.number, due_on=one.due_on, amount_cents=one.amount_cents
        )
        for one in instalments
    )


def asked_as_json(asked: Asked) -> dict[str, Any]:
    """What was typed, without the debt: to take the simulator up again."""
    return {
        "starts_on": asked.starts_on.isoformat(),
        "months": asked.months,
        "amount_cents": asked.amount_cents,
        "lump_cents": asked.lump_cents,
        "steps": [[step.months, step.amount_cents] for step in asked.steps],
        "last_cents": asked.last_cents,
        "months_off": sorted(asked.months_off),
    }
