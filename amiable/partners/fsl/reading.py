"""What a department's fund looks at, read for one dossier: the pack, the account, the household."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources

from amiable.cases.models import Dossier
from amiable.cases.telling import terms_on
from amiable.core.law_overrides import in_force
from amiable.domain.cases.fsl import Case, Pack, department_of, judge, read_packs
from amiable.domain.check import Check
from amiable.domain.text.loading import read_own_yaml
from amiable.household import queries as household
from amiable.outreach.statement import unpaid_items
from amiable.positions.facts import frame


@lru_cache
def packs() -> dict[str, Pack]:
    """The rules shipped, by department."""
    text = resources.files("amiable").joinpath("partners/fsl/packs.yaml").read_text(encoding="utf-8")
    return read_packs(read_own_yaml(text))


def pack_of(dossier: Dossier) -> Pack | None:
    """The rules the officer chose to compare with, else those of the home's department, when known."""
    chosen = str(dossier.fields.get("reglement") or department_of(dossier.account.postcode))
    return packs().get(chosen)


def eligibility(dossier: Dossier, today: date) -> list[Check]:
    """Each criterion of the department, judged on what the office knows; empty without its rules."""
    pack = pack_of(dossier)
    if pack is None:
        return []
    return judge(pack, case_of(dossier, today), in_force(dossier.office))


def case_of(dossier: Dossier, today: date) -> Case:
    account = dossier.account
    row = frame(office=dossier.office, as_of=today, ids=[account.pk]).row(0, named=True)
    due = [item.due_on for item in unpaid_items([account], today)[account.pk]]
    terms = terms_on(account, today)
    seen = household.latest(account, today)
    situation = household.situation_of(seen) if seen is not None else None
    adults = [one for one in situation.members if one.role != "child"] if situation else []
    return Case(
        at=today,
        debt_cents=int(row["actionable_cents"] or 0),
        months_of_rent=row["months_of_rent"],
        oldest_unpaid_on=min(due, default=None),
        last_unpaid_on=max(due, default=None),
        frozen_cents=int(row["frozen_cents"] or 0),
        rent_cents=terms.rent_cents + terms.charges_cents if terms else 0,
        aid_cents=terms.aid_cents if terms else 0,
        persons=len(situation.members) if situation else None,
        is_couple=len(adults) == 2,
        resources_cents=situation.resources_cents if situation else None,
    )
