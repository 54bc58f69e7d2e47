"""A department's own rules for its fund (FSL-01), and what they say of one household. Pure.

A pack is data: which criteria, and the law's parameter behind each figure. What is not known is said unknown,
with what to ask; the fund decides, never the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.domain import law
from amiable.domain.cases.kind import criterion
from amiable.domain.check import Check
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.domain.text import french

_NO_HOUSEHOLD = "ménage inconnu : mener un entretien"


@dataclass(frozen=True, slots=True)
class Criterion:
    """kind: a key of CRITERIA; params: argument name -> `RULE:key` of the law pack."""

    kind: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pack:
    """code: the department, as in a postcode (2 or 3 characters). seen_on: the day the rules were read."""

    code: str
    label_fr: str
    seen_on: date
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What the office knows on `at`. Cents; persons and resources are None without an interview.

    last_unpaid_on: due date of the newest unpaid item, oldest_unpaid_on: of the oldest; None: none."""

    at: date
    debt_cents: int
    months_of_rent: float | None
    oldest_unpaid_on: date | None
    last_unpaid_on: date | None
    frozen_cents: int
    rent_cents: int
    aid_cents: int
    persons: int | None = None
    is_couple: bool = False
    resources_cents: int | None = None


def judge(pack: Pack, case: Case, overrides: law.Overrides | None = None) -> list[Check]:
    """Each criterion of the pack, in its order. A figure unknown that day gives an UNKNOWN line."""
    lines = []
    for one in pack.criteria:
        rule = next(iter(one.params.values()), "FSL-01").partition(":")[0]
        try:
            given = {name: _value(where, case.at, overrides) for name, where in one.params.items()}
        except DomainError as error:
            lines.append(criterion(one.kind, one.kind, error.message_fr, None, rule))
            continue
        label, said, met = CRITERIA[one.kind](case, given)
        lines.append(criterion(one.kind, label, said, met, rule))
    return lines


def _value(where: str, at: date, overrides: law.Overrides | None) -> Any:
    """Cents for euros, else the whole number."""
    rule_id, _, key = where.partition(":")
    found = law.get(rule_id, at, key, overrides=overrides)
    return found.cents if found.unit == "EUR" else int(found.number)


Verdict = tuple[str, str, bool | None]


def _quotient(case: Case, given: Mapping[str, int]) -> Verdict:
    """(resources + aid - rent) per person, against a ceiling for one person and one for a couple."""
    label = "Quotient par personne : (ressources + aide - loyer) / personnes"
    if case.persons is None or case.resources_cents is None:
        return label, _NO_HOUSEHOLD, None
    each = (case.resources_cents + case.aid_cents - case.rent_cents) // case.persons
    most = _ceiling(case, given)
    if most is None:
        return label, f"{french.euros(each)} ; plafond de ce ménage non renseigné", None
    return label, f"{french.euros(each)}, plafond {french.euros(most)}", each <= most


def _ceiling(case: Case, given: Mapping[str, int]) -> int | None:
    if case.persons == 1:
        return given.get("single")
    return given.get("couple") if case.persons == 2 and case.is_couple else None


def _resources(case: Case, given: Mapping[str, int]) -> Verdict:
    label = "Ressources du ménage sous le plafond"
    if case.persons is None or case.resources_cents is None:
        return label, _NO_HOUSEHOLD, None
    most = _ceiling(case, given)
    if most is None:
        return label, f"{french.euros(case.resources_cents)} ; plafond de ce ménage non renseigné", None
    said = f"{french.euros(case.resources_cents)}, plafond {french.euros(most)}"
    return label, said, case.resources_cents <= most


def _min_rents(case: Case, given: Mapping[str, int]) -> Verdict:
    least = given["rents"]
    label = f"Dette d’au moins {french.plural(least, 'loyer')}"
    if case.months_of_rent is None:
        return label, "loyer inconnu", None
    said = f"{case.months_of_rent:.1f}".replace(".", ",") + " mois de loyer dus"
    return label, said, case.months_of_rent >= least


def _debt_age(case: Case, given: Mapping[str, int]) -> Verdict:
    years = given["years"]
    label = f"Dette d’au plus {french.plural(years, 'an')}"
    if case.oldest_unpaid_on is None:
        return label, "aucune dette", False
    said = f"plus ancienne échéance : {case.oldest_unpaid_on:%d/%m/%Y}"
    return label, said, case.oldest_unpaid_on >= add_months(case.at, -12 * years)


def _resumed(case: Case, given: Mapping[str, int]) -> Verdict:
    months = given["months"]
    label = f"Loyer courant repris depuis {french.plural(months, 'mois', 'mois')}"
    if case.last_unpaid_on is None:
        return label, "aucune échéance impayée", True
    said = f"dernière échéance impayée : {case.last_unpaid_on:%d/%m/%Y}"
    return label, said, case.last_unpaid_on < add_months(case.at, -months)


def _cap(case: Case, given: Mapping[str, int]) -> Verdict:
    label = "Dette dans l’aide maximale du fonds"
    said = f"{french.euros(case.debt_cents)} demandés, {french.euros(given['most'])} au plus"
    return label, said, case.debt_cents <= given["most"]


def _apart(case: Case, given: Mapping[str, int]) -> Verdict:
    label = "Dette absente d’un dossier de surendettement"
    if case.frozen_cents:
        return label, f"{french.euros(case.frozen_cents)} gelés par un surendettement", False
    return label, "aucune part gelée", True


CRITERIA: Mapping[str, Callable[[Case, Mapping[str, int]], Verdict]] = {
    "quotient": _quotient,
    "resources": _resources,
    "min_rents": _min_rents,
    "debt_age": _debt_age,
    "resumed": _resumed,
    "cap": _cap,
    "outside_surendettement": _apart,
}


def read_packs(rows: Sequence[Mapping[str, Any]]) -> dict[str, Pack]:
    """The packs of a YAML list, by department. DomainError naming the pack and what is wrong in it."""
    found: dict[str, Pack] = {}
    for row in rows:
        code = str(row["department"])
        criteria = []
        for one in row["criteria"]:
            kind, params = one["kind"], {name: where for name, where in one.items() if name != "kind"}
            if kind not in CRITERIA:
                raise DomainError("fsl_pack", f"FSL {code} : le critère « {kind} » n’existe pas.")
            for where in params.values():
                rule_id, _, key = str(where).partition(":")
                if key not in law.rule(rule_id).parameters:
                    raise DomainError(
                        "fsl_pack", f"FSL {code} : « {where} » n’est pas un paramètre du droit."
                    )
            criteria.append(Criterion(kind, params))
        if code in found:
            raise DomainError("fsl_pack", f"FSL {code} : deux règlements pour le même département.")
        found[code] = Pack(code, row["label"], row["seen_on"], tuple(criteria))
    return found


def department_of(postcode: str) -> str:
    """The department of a French postcode: 2A and 2B apart, three digits overseas; "" when it is not one."""
    code = postcode.strip()
    if len(code) != 5 or not code.isdigit():
        return ""
    if code.startswith(("97", "98")):
        return code[:3]
    if code.startswith("20"):
        return "2A" if code < "20200" else "2B"
    return code[:2]
