"""Estimates APL, RSA and prime d'activité with openfisca-france, in the interpreter that has it, and alone.

One JSON object on the standard input, one on the output; all the households make a single simulation.

    in   {"month": "2026-11", "households": [{"id": 7, "people": [{"role": "holder", "age": 41,
          "income": {"salary": 120000}}], "rent_cents": 42000, "charges_cents": 6000, "zone": 2}]}
    out  {"version": "176.1.8", "scales_on": "2026-11-01", "estimates": [{"id": 7, "apl_cents": 21000,
          "rsa_cents": 0, "activity_bonus_cents": 15000}]}

Amounts are cents a month, steady for the last years: a change of situation is not seen. Imports nothing of
the product, so that neither the weight nor the licence of openfisca enters it.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

#: What a household says it receives (net) -> openfisca's own variable of one person.
INCOME = {
    "salary": "salaire_imposable",
    "unemployment": "chomage_imposable",
    "pension": "retraite_imposable",
    "sick_pay": "indemnites_journalieres",
    "disability": "pensions_invalidite",
    "alimony": "pensions_alimentaires_percues",
}
RIGHTS = {"apl_cents": "aide_logement", "rsa_cents": "rsa", "activity_bonus_cents": "ppa"}
#: Aid and RSA read the income of the two years before.
MONTHS_BACK = 36


def months_before(month: str, count: int) -> list[str]:
    """`count` months ending with `month` (YYYY-MM), newest first."""
    year, number = map(int, month.split("-"))
    last = year * 12 + number - 1
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(last, last - count, -1)]


def situation(asked: dict[str, Any]) -> dict[str, Any]:
    """The whole batch in openfisca's own form: one family, tax home and household each."""
    months = months_before(asked["month"], MONTHS_BACK)
    year = int(asked["month"][:4])
    found: dict[str, Any] = {"individus": {}, "familles": {}, "foyers_fiscaux": {}, "menages": {}}
    for one in asked["households"]:
        _household(found, one, months, year)
    return found


def _household(found: dict[str, Any], one: dict[str, Any], months: list[str], year: int) -> None:
    adults: list[str] = []
    children: list[str] = []
    others: list[str] = []
    for rank, person in enumerate(one["people"]):
        name = f"{one['id']}-{rank}"
        values: dict[str, Any] = {"date_naissance": {"ETERNITY": f"{year - person['age']:04d}-01-01"}}
        for kind, cents in person.get("income", {}).items():
            values[INCOME[kind]] = dict.fromkeys(months, cents / 100)
        found["individus"][name] = values
        role = {"holder": adults, "partner": adults, "child": children}.get(person["role"], others)
        role.append(name)
    key = str(one["id"])
    found["familles"][key] = {"parents": adults, "enfants": children}
    found["foyers_fiscaux"][key] = {"declarants": adults, "personnes_a_charge": children}
    found["menages"][key] = {
        "personne_de_reference": adults[:1],
        "conjoint": adults[1:],
        "enfants": children,
        "loyer": dict.fromkeys(months, one["rent_cents"] / 100),
        "charges_locatives": dict.fromkeys(months, one["charges_cents"] / 100),
        "statut_occupation_logement": dict.fromkeys(months, "locataire_hlm"),
        "logement_conventionne": dict.fromkeys(months, True),
        "zone_apl": dict.fromkeys(months, f"zone_{one['zone']}"),
    }
    # Another adult is a home of their own for the CAF, under the same roof.
    for rank, name in enumerate(others):
        apart = f"{key}-{rank}-other"
        found["familles"][apart] = {"parents": [name], "enfants": []}
        found["foyers_fiscaux"][apart] = {"declarants": [name], "personnes_a_charge": []}
        found["menages"][key].setdefault("autres", []).append(name)


def estimate(asked: dict[str, Any]) -> dict[str, Any]:
    """The rights of every household of the batch."""
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_france import FranceTaxBenefitSystem

    builder = SimulationBuilder()
    simulation = builder.build_from_entities(FranceTaxBenefitSystem(), situation(asked))
    families = list(simulation.populations["famille"].ids)
    amounts = {name: simulation.calculate(of, asked["month"]) for name, of in RIGHTS.items()}
    rows = [
        {"id": one["id"]}
        | {
            name: round(float(values[families.index(str(one["id"]))]) * 100)
            for name, values in amounts.items()
        }
        for one in asked["households"]
    ]
    return {"version": version("openfisca-france"), "scales_on": f"{asked['month']}-01", "estimates": rows}


if __name__ == "__main__":
    json.dump(estimate(json.load(sys.stdin)), sys.stdout)
