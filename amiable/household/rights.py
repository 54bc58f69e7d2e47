"""Rights perhaps not claimed: estimated by openfisca-france in a process apart, to check with the CAF.

Optional: without AMIABLE_RIGHTS_PYTHON (an interpreter with `pip install amiable[rights]`) nothing is
estimated and the screens say so. One process does a whole batch: loading the scales is what takes time.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from amiable.core.access import require
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import Situation
from amiable.domain.household.people import CHILD, HOLDER
from amiable.household.models import Assessment
from amiable.household.queries import situation_of

RUNNER = Path(__file__).with_name("rights_runner.py")
TIMEOUT_SECONDS = 120
#: What is estimated, and where the household says what it receives of it.
RIGHTS = {
    "apl_cents": "Aide au logement",
    "rsa_cents": "RSA",
    "activity_bonus_cents": "Prime d’activité",
}
#: Incomes the estimate reads; the others are either rights themselves or unknown to it.
_READ = ("salary", "unemployment", "pension", "sick_pay", "disability", "alimony")
#: The middle of the three zones of the housing aid: the office's lists do not say which.
_ZONE = 2
#: Ages a budget may leave untold.
_ADULT, _CHILD = 40, 8


@dataclass(frozen=True)
class Right:
    """One right: estimated, received according to the household, and what may be missing (cents a month)."""

    label: str
    estimated_cents: int
    received_cents: int

    @property
    def missing_cents(self) -> int:
        return max(0, self.estimated_cents - self.received_cents)


def available() -> bool:
    """Whether this installation can estimate."""
    return bool(settings.AMIABLE_RIGHTS_PYTHON)


def estimate(*, assessments: Sequence[Assessment], actor: User | None, today: date) -> int:
    """Estimate the rights of some situations in one process, and keep the answer on each; returns how many.

    Raises DomainError when it is not installed, takes too long, or answers nothing that can be read.
    """
    if actor is not None:
        require(actor, "work_accounts")
    if not assessments:
        return 0
    asked = {
        "month": f"{today:%Y-%m}",
        "households": [_asked(one.pk, situation_of(one)) for one in assessments],
    }
    answer = _run(asked)
    rows = {row["id"]: row for row in answer["estimates"]}
    for one in assessments:
        row = rows[one.pk]
        one.rights = {
            "version": answer["version"],
            "scales_on": answer["scales_on"],
            "estimated_on": today.isoformat(),
            **{name: int(row[name]) for name in RIGHTS},
        }
        one.save(update_fields=["rights"])
    return len(assessments)


def told(assessment: Assessment) -> list[Right]:
    """The estimate kept on a situation, beside what the household said it receives; empty without one."""
    kept: Mapping[str, Any] | None = assessment.rights
    if kept is None:
        return []
    situation = situation_of(assessment)
    received = {
        "apl_cents": situation.housing.aid_cents,
        "rsa_cents": _received(situation, "rsa"),
        "activity_bonus_cents": _received(situation, "activity_bonus"),
    }
    return [Right(label, kept[name], received[name]) for name, label in RIGHTS.items()]


def _received(situation: Situation, kind: str) -> int:
    return sum(line.monthly_cents for line in situation.resources if line.kind == kind)


def _asked(pk: int, situation: Situation) -> dict[str, Any]:
    """One household for the runner: ages and incomes, no name, no address. Incomes are the holder's."""
    incomes: dict[str, int] = {}
    for line in situation.resources:
        if line.kind in _READ:
            incomes[line.kind] = incomes.get(line.kind, 0) + line.monthly_cents
    people = [
        {
            "role": member.role,
            "age": member.age if member.age is not None else _CHILD if member.role == CHILD else _ADULT,
            "income": incomes if member.role == HOLDER else {},
        }
        for member in situation.members
    ]
    home = situation.housing
    return {
        "id": pk,
        "people": people,
        "rent_cents": home.rent_cents,
        "charges_cents": home.charges_cents,
        "zone": _ZONE,
    }


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    if not available():
        raise DomainError(
            "rights.not_installed",
            "L’estimation des droits n’est pas installée ici. Le reste de l’entretien n’en dépend pas.",
        )
    failed = DomainError(
        "rights.failed",
        "L’estimation des droits n’a pas abouti. Rien n’a été modifié ; réessayez, ou vérifiez avec la CAF.",
    )
    try:
        done = subprocess.run(
            [settings.AMIABLE_RIGHTS_PYTHON, str(RUNNER)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
        wanted = {one["id"] for one in asked["households"]}
        if {row["id"] for row in answer["estimates"]} != wanted or not answer["version"]:
            raise failed
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise failed from error
    return answer
