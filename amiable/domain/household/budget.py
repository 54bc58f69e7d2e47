"""A household's budget as an officer takes it down: resources, housing, charges, debts, in monthly cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.domain.household.people import Member

#: Net amounts received each month. The housing aid is apart: it lowers the rent (HH-06).
RESOURCES = {
    "salary": "Salaire net",
    "unemployment": "Allocation chômage",
    "pension": "Retraite",
    "sick_pay": "Indemnités journalières",
    "disability": "Pension d’invalidité, AAH",
    "rsa": "RSA",
    "activity_bonus": "Prime d’activité",
    "family": "Prestations familiales",
    "alimony": "Pension alimentaire reçue",
    "other": "Autres ressources",
}
#: What is paid each month beside the rent. Food, clothing and hygiene are in the living minimum.
CHARGES = {
    "energy": "Électricité, gaz, chauffage",
    "water": "Eau",
    "insurance": "Assurances, mutuelle",
    "transport": "Transports",
    "phone": "Téléphone, internet",
    "childcare": "Garde, cantine, école",
    "care": "Soins à sa charge",
    "alimony": "Pension alimentaire versée",
    "tax": "Impôts, amendes en cours",
    "other": "Autres charges",
}
DEBTS = {
    "consumer": "Crédit à la consommation",
    "revolving": "Crédit renouvelable",
    "car": "Crédit automobile",
    "bank": "Découvert bancaire",
    "public": "Trésor public, CAF",
    "energy": "Énergie, eau, télécom",
    "family": "Proches",
    "other": "Autre dette",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One resource or charge: cents a month; proof_on: date of the document seen, None when none was."""

    kind: str
    monthly_cents: int
    proof_on: date | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """Another debt: what is paid back each month, what remains, when it ends, when they are known."""

    kind: str
    monthly_cents: int
    remaining_cents: int | None = None
    ends_on: date | None = None
    proof_on: date | None = None


@dataclass(frozen=True, slots=True)
class Housing:
    """Rent, charges and aid of a month; `aid_pending`: asked for, or suspended, not received yet."""

    rent_cents: int = 0
    charges_cents: int = 0
    aid_cents: int = 0
    aid_pending: bool = False

    @property
    def net_cents(self) -> int:
        """Never below zero: an aid larger than the rent is not an income."""
        return max(0, self.rent_cents + self.charges_cents - self.aid_cents)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the figures hang on. Amounts are monthly cents, never negative; the first member holds."""

    members: Sequence[Member]
    resources: Sequence[Line] = ()
    housing: Housing = Housing()
    charges: Sequence[Line] = ()
    debts: Sequence[Debt] = ()

    @property
    def resources_cents(self) -> int:
        return sum(line.monthly_cents for line in self.resources)

    @property
    def charges_cents(self) -> int:
        return sum(line.monthly_cents for line in self.charges)

    @property
    def debts_cents(self) -> int:
        """What the other debts take each month."""
        return sum(debt.monthly_cents for debt in self.debts)
