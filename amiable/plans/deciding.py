"""Who decides: the officer within the delegation, the head of agency or of service beyond it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from amiable.core.access import require
from amiable.core.models import User
from amiable.diary.writing import add_note, open_for
from amiable.domain.check import Check, may_go
from amiable.domain.errors import DomainError
from amiable.domain.plans.checks import checks
from amiable.domain.plans.schedule import Instalment
from amiable.household.scales import outdated_fr
from amiable.plans.lifecycle import State, transition
from amiable.plans.models import PlanVersion
from amiable.plans.statement import check_amount, statement_of
from amiable.procedures.in_force import policy_of


def checks_of(version: PlanVersion, today: date) -> list[Check]:
    """What the version's schedule is held against, by the office's settings of the day."""
    instalments = [Instalment(row.number, row.due_on, row.amount_cents) for row in version.instalments.all()]
    office = version.plan.office
    return checks(instalments, policy_of(office, today), version.capacity_cents, outdated_fr(office, today))


def check_statement(version: PlanVersion) -> None:
    """DomainError when the statement of its day no longer says the plan's amount (a list came in late)."""
    check_amount(
        statement_of(list(version.plan.accounts.order_by("pk")), version.statement_on), version.debt_cents
    )


@transaction.atomic
def submit(*, version: PlanVersion, actor: User, today: date) -> PlanVersion:
    """The officer's own decision: approved at once within the delegation, else to be approved by a head."""
    open_for(version.plan.account, actor=actor, version=None)
    check_statement(version)
    if not may_go(checks_of(version, today)):
        return transition(version, State.TO_APPROVE, actor=actor, today=today, submitted_by=actor)
    own: dict[str, Any] = {"submitted_by": actor, "approved_by": actor, "approved_on": today}
    return transition(version, State.APPROVED, actor=actor, today=today, **own)


@transaction.atomic
def approve(*, version: PlanVersion, actor: User, today: date) -> PlanVersion:
    """A head agrees to a plan beyond the delegation; never to the one they submitted themselves."""
    require(actor, "approve_plans")
    open_for(version.plan.account, actor=actor, version=None)
    if version.submitted_by_id == actor.pk:
        raise DomainError(
            "plan_own_approval",
            "Vous avez soumis ce plan : au-delà de la délégation, un autre responsable doit l’approuver.",
        )
    if version.state != State.TO_APPROVE:
        raise DomainError("moved", "Ce plan n’attend pas d’approbation : rechargez la page.")
    check_statement(version)
    decided: dict[str, Any] = {"approved_by": actor, "approved_on": today}
    return transition(version, State.APPROVED, actor=actor, today=today, event="approved_by_head", **decided)


@transaction.atomic
def send_back(*, version: PlanVersion, reason: str, actor: User, today: date) -> PlanVersion:
    """A head returns the plan to the officer, and says why."""
    require(actor, "approve_plans")
    open_for(version.plan.account, actor=actor, version=None)
    note = add_note(version.plan.account, reason, actor=actor)
    if note is None:
        raise DomainError("plan_reason_missing", "Dites pourquoi le plan est renvoyé.")
    if version.state != State.TO_APPROVE:
        raise DomainError("moved", "Ce plan n’attend pas d’approbation : rechargez la page.")
    return transition(version, State.DRAFT, actor=actor, today=today, event="sent_back", reason=note)
