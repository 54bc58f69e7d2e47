from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from amiable.diary import writing
from amiable.domain.decision.facts import FACTS
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.jobs import worker
from amiable.outreach import checks, dispatch
from amiable.outreach.prepare import prepare
from amiable.positions.models import AccountPosition
from amiable.procedures import services as procedures
from amiable.procedures.models import ProcedureVersion
from tests.factories import account, agency, contact, debit, office, person, position, terms, user

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
STEPS = {"landlord": "relance_2", "local_accountant": "relance"}


class Town:
    """An office of one kind with people who owe; `facts` overrides what the last check will see."""

    def __init__(self, kind: str = "landlord"):
        self.office = office(
            f"office-{kind}",
            kind=kind,
            address="1 place du Bailleur\n69001 Lyon",
            phone="01 99 00 00 00",
            email="contact@exemple.fr",
            signatory="Nadine Garnier, responsable de service",
            payment_means="par virement ou par carte à l’agence",
            payment_iban="FR0000000000000000000000000",
        )
        procedures.install_defaults(office=self.office, today=date(2026, 1, 1))
        self.agency = agency(self.office)
        self.officer = user(self.office, "officer", self.agency)
        self.facts: dict[int, dict] = {}

    def owes(self, *amounts: int, step: str = "", holder=None, agency=None, **figures):
        """An account with unpaid monthly items (cents) and a step due today."""
        nature = "loyer" if self.office.kind == "landlord" else "cantine"
        found = account(
            self.office,
            person=holder or person(self.office),
            agency=agency or self.agency,
            nature=nature,
            object_label="" if nature == "loyer" else "Restauration scolaire",
        )
        terms(found)
        kind = EntryKind.QUITTANCE if nature == "loyer" else EntryKind.TITRE
        for place, cents in enumerate(amounts):
            debit(found, date(2026, 11 - place, 1), cents, kind=kind)
        code = procedures.newest(
            office=self.office, code="standard" if nature == "loyer" else "comptable-local"
        ).pk
        position(
            found,
            TODAY,
            overdue=sum(amounts),
            oldest_unpaid_on=date(2026, 12 - len(amounts), 1),
            next_step=step or STEPS[self.office.kind],
            next_step_on=TODAY,
            step_mode="validate",
            procedure_version=code,
            **figures,
        )
        return found

    def prepare(self):
        return prepare(office=self.office, today=TODAY, now=NOW)


@pytest.fixture
def town(db, monkeypatch):
    """A landlord; the engine's facts are played by the position rows and the test's own overrides."""
    return _made(Town("landlord"), monkeypatch)


@pytest.fixture
def treasury(db, monkeypatch):
    return _made(Town("local_accountant"), monkeypatch)


def _made(town, monkeypatch):
    def facts_of(of, ids, today):
        rows = []
        for found in AccountPosition.objects.filter(pk__in=ids).select_related("account"):
            row = {name: getattr(found, name) for name in ENGINE}
            row |= {"account_id": found.pk, "nature": found.account.nature, "bank_age_days": 1}
            row |= {"status": "present", "wanted": found.next_step} | town.facts.get(found.pk, {})
            rows.append(row)
        told = pl.DataFrame(rows, infer_schema_length=None)
        return told.with_columns(pl.col(n).cast(FACTS[n].dtype) for n in told.columns if n in FACTS)

    def block_dispatch(self, frame, as_of):
        from amiable.domain.decision.guards import dispatch_block

        decided = frame.with_columns(
            next_step=pl.col("wanted"),
            next_step_on=pl.lit(as_of),
            held_by=pl.col("held_by") if "held_by" in frame.columns else pl.lit(None, pl.String),
            unmatched_credit=pl.col("unmatched_credit")
            if "unmatched_credit" in frame.columns
            else pl.lit(False),
            days_since_person_contact=pl.lit(None, pl.Int64),
            as_of=pl.lit(as_of),
        )
        told = decided.with_columns(holds=pl.lit(None, pl.List(pl.String)))
        return told.with_columns(dispatch_block(self.policy).alias("dispatch_block"))

    monkeypatch.setattr(checks, "facts_of", facts_of)
    monkeypatch.setattr(checks.Book, "block_dispatch", block_dispatch)
    monkeypatch.setattr(writing, "refresh", lambda office, ids, today: None)
    monkeypatch.setattr(dispatch, "refresh", lambda office, ids, today: None)
    monkeypatch.setattr(dispatch.clock, "now", lambda: NOW)
    return town


ENGINE = (
    "balance_cents",
    "overdue_cents",
    "actionable_cents",
    "age_days",
    "last_payment_on",
    "oldest_unpaid_on",
)


@pytest.fixture
def run_worker():
    return lambda now=NOW: worker.run_until_idle("test", now)


@pytest.fixture
def reach():
    """Give a person a mobile and an e-mail address."""

    def give(found):
        contact(found.person)
        contact(found.person, "email", f"c{found.pk}@exemple.fr")
        return found

    return give


__all__ = ["NOW", "TODAY", "ProcedureVersion", "Town"]
