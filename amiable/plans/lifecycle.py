"""Where a version of a plan stands: one table, and the only service that moves it."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.core.journal import record
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.diary.writing import Kind, refresh, write
from amiable.domain.lifecycle import Lifecycle
from amiable.plans.models import PlanVersion

State: Any = PlanVersion.State

#: What is not here does not happen.
LIFECYCLE = Lifecycle(
    starts=(State.DRAFT,),
    moves={
        State.DRAFT: (State.TO_APPROVE, State.APPROVED, State.CANCELLED),
        State.TO_APPROVE: (State.APPROVED, State.DRAFT, State.CANCELLED),
        State.APPROVED: (State.TO_SIGN, State.DRAFT, State.CANCELLED),
        State.TO_SIGN: (State.ACTIVE, State.DRAFT, State.CANCELLED),
        State.ACTIVE: (State.COMPLETED, State.DENOUNCED, State.REPLACED, State.CANCELLED),
        State.COMPLETED: (),
        State.DENOUNCED: (),
        State.REPLACED: (),
        State.CANCELLED: (),
    },
    labels_fr=dict(State.choices),
    moved_fr="Ce plan est « {stage} » : cette action n’est plus possible et rien n’a été enregistré. "
    "Rechargez la page.",
)
#: States of a version that is being prepared.
PREPARED = (State.DRAFT, State.TO_APPROVE, State.APPROVED, State.TO_SIGN)


def transition(
    version: PlanVersion, to: str, *, actor: User | None, today: date, event: str = "", **fields: Any
) -> PlanVersion:
    """Move a version to a state, once, with other columns of it; a line in the diary of each account.

    `event`: what the diary says happened, the state itself by default."""
    move(version, to, LIFECYCLE, **fields)
    tell(version, event or to, actor=actor, today=today)
    return version


def tell(version: PlanVersion, event: str, *, actor: User | None, today: date, **more: Any) -> None:
    """A line in the diary of each account the plan covers, an event in the journal, new positions."""
    data = {"event": event, "plan_id": version.plan_id, "version": version.number, **more}
    data["amount_cents"] = version.debt_cents
    accounts = list(version.plan.accounts.order_by("pk"))
    for account in accounts:
        write(account, Kind.PLAN, on=today, actor=actor, document=version.document, data=data)
    record(
        f"plan.{event}",
        office=version.plan.office,
        actor=actor,
        target=version,
        account_id=version.plan.account_id,
        data={"version": version.number, "amount_cents": version.debt_cents},
    )
    refresh(version.plan.office, [account.pk for account in accounts], today)
