"""What a schedule is held against before anybody signs it: data for a screen, never an exception.

Each check names the rule or the office's setting it rests on. What is missing is the agreement of the agency
or service head; what is to be watched, the officer is told, and decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amiable.domain.check import MISSING, OK, WATCH, Check
from amiable.domain.plans.schedule import Instalment, span_months
from amiable.domain.text.french import euros, plural

_HEAD_FR = "accord du responsable"
_CAPACITY = "Capacité du ménage"


def checks(
    instalments: Sequence[Instalment],
    policy: Mapping[str, Any],
    capacity_cents: int | None,
    outdated_fr: str = "",
) -> list[Check]:
    """Capacity, longest duration, delegation. capacity_cents a month; None: the household is not known.

    outdated_fr: what is old in the scales the capacity rests on, said beside it."""
    plan = list(instalments)
    return [
        _capacity(plan, capacity_cents, f" Capacité au {outdated_fr}." if outdated_fr else ""),
        _duration(span_months(plan), int(policy["plan_max_months"])),
        _delegation(plan, policy),
    ]


def _capacity(plan: list[Instalment], capacity_cents: int | None, outdated: str) -> Check:
    if capacity_cents is None:
        text = "La capacité de remboursement du ménage n’est pas connue : demandez son budget."
        return Check("capacity", _CAPACITY, text, WATCH, ("HH-04",))
    over = [one for one in plan if one.amount_cents > capacity_cents]
    if not over:
        most = max(one.amount_cents for one in plan)
        text = f"L’échéance la plus forte ({euros(most)}) tient dans la capacité ({euros(capacity_cents)})."
        return Check("capacity", _CAPACITY, text + outdated, OK, ("HH-04",))
    highest = max(one.amount_cents for one in over)
    number = plural(len(over), "échéance dépasse", "échéances dépassent")
    text = f"{number} la capacité de {euros(capacity_cents)} par mois (jusqu’à {euros(highest)})."
    return Check("capacity", _CAPACITY, text + outdated, WATCH, ("HH-04",))


def _duration(months: int, most: int) -> Check:
    if months <= most:
        text = f"Durée de {months} mois, pour {most} au plus."
        return Check("duration", "Durée", text, OK, ("PLAN-01",), "plan_max_months")
    text = f"Durée de {months} mois, au-delà des {most} mois retenus par l’office."
    return Check("duration", "Durée", text, MISSING, ("PLAN-01",), "plan_max_months", _HEAD_FR)


def _delegation(plan: list[Instalment], policy: Mapping[str, Any]) -> Check:
    total, months = sum(one.amount_cents for one in plan), span_months(plan)
    limit_cents, limit_months = int(policy["plan_delegation_cents"]), int(policy["plan_delegation_months"])
    limits = f"{euros(limit_cents)} et {limit_months} mois"
    if total <= limit_cents and months <= limit_months:
        text = f"Dans la délégation du chargé de recouvrement ({limits})."
        return Check("delegation", "Délégation", text, OK, setting="plan_delegation_cents")
    what = euros(total) if total > limit_cents else f"{months} mois"
    setting = "plan_delegation_cents" if total > limit_cents else "plan_delegation_months"
    text = f"{what} : au-delà de la délégation ({limits}), le responsable décide."
    return Check("delegation", "Délégation", text, MISSING, (), setting, _HEAD_FR)
