"""What an interview did not settle: said to the officer, never in the way of saving (story 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from amiable.domain.household.budget import Debt, Line, Situation
from amiable.domain.household.people import CHILD
from amiable.domain.text.french import plural

CAUSE, PEOPLE, BUDGET, DEBTS, OUTCOME = "cause", "people", "budget", "debts", "outcome"


@dataclass(frozen=True, slots=True)
class Gap:
    """section: where to complete it."""

    section: str
    reason_fr: str


def gaps(situation: Situation | None, *, cause: str, stance: str, today: date, proof_days: int) -> list[Gap]:
    """What is missing, in the order of the talk. proof_days: age from which a document is too old."""
    found = [] if cause else [Gap(CAUSE, "la cause n’est pas indiquée")]
    if situation is None or not situation.members:
        return [*found, Gap(PEOPLE, "la composition du ménage n’est pas indiquée")]
    if any(member.role == CHILD and member.age is None for member in situation.members):
        found.append(Gap(PEOPLE, "l’âge d’un enfant n’est pas indiqué"))
    if not situation.resources_cents:
        found.append(Gap(BUDGET, "aucune ressource n’est indiquée"))
    if not situation.charges_cents:
        found.append(Gap(BUDGET, "aucune charge n’est indiquée en dehors du loyer"))
    found += _proofs(BUDGET, "ressource", situation.resources, today, proof_days)
    found += _proofs(BUDGET, "charge", situation.charges, today, proof_days)
    found += _proofs(DEBTS, "dette", situation.debts, today, proof_days)
    if not stance:
        found.append(Gap(OUTCOME, "ce que souhaite la personne n’est pas indiqué"))
    return found


def _proofs(section: str, noun: str, lines: Iterable[Line | Debt], today: date, proof_days: int) -> list[Gap]:
    held = list(lines)
    unseen = sum(1 for line in held if line.proof_on is None)
    old = sum(1 for one in held if one.proof_on and one.proof_on < today - timedelta(days=proof_days))
    found = []
    if unseen:
        found.append(Gap(section, f"{plural(unseen, noun)} sans justificatif vu"))
    if old:
        found.append(Gap(section, f"{plural(old, noun)} avec un justificatif de plus de {proof_days} jours"))
    return found
