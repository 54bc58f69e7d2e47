"""Visits, day after day, as somebody who makes them reads them (tests/cases/visits.yaml)."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.diary.models import Promise
from amiable.domain.errors import DomainError
from amiable.positions import services as positions
from amiable.positions.queries import explain
from amiable.visits import services
from amiable.visits.models import Visit
from amiable.visits.services import Findings
from tests.visits.conftest import Desk

LIVES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "visits.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life["cas"])
def test_life(desk: Desk, life: dict[str, Any]) -> None:
    account = desk.account("A1", "1 rue du Bac")
    for day in life["jours"]:
        positions.refresh(office=desk.office, as_of=day["le"])
        if "refus" in day:
            with pytest.raises(DomainError) as refused:
                live(desk, account, day)
            assert refused.value.code == day["refus"], refused.value.message_fr
        else:
            live(desk, account, day)
        for word, value in day.get("attendu", {}).items():
            assert _read(account, word, day["le"]) == value, (day["le"], word)


def live(desk: Desk, account: Account, day: dict[str, Any]) -> None:
    today: date = day["le"]
    if day.get("parti"):
        Account.objects.filter(pk=account.pk).update(status="parti", left_on=today)
        account.refresh_from_db()
    if day.get("decider"):
        desk.accepted(account, today=today)
    if "ecarter" in day:
        services.refuse(account=account, reason=day["ecarter"], actor=desk.officer, today=today)
    if "tournee" in day:
        services.plan_round(
            agency=desk.agency, on=day["tournee"], agent=desk.officer, actor=desk.officer, today=today
        )
    if "rapport" in day:
        promised = {"promise_cents": 5_000, "promise_on": day["promesse"]} if "promesse" in day else {}
        at = datetime.combine(today, time(16), PARIS)
        services.report(
            visit=Visit.objects.get(), found=Findings(day["rapport"], **promised), uuid=uuid4(),
            visited_at=at, actor=desk.officer, now=at,
        )  # fmt: skip


def _read(account: Account, word: str, today: date) -> Any:
    if word == "visites":
        return list(Visit.objects.values_list("state", flat=True))
    if word == "promesse_le":
        return Promise.objects.get(account=account).due_on
    if word == "ecartee":
        return account.diary.filter(kind="step_skipped", step="visite").exists()
    facts, _ = explain(account=account, as_of=today)
    if word == "contacts_manques":
        return facts["failed_contacts"]
    assert word == "etape_faite", word
    return facts["days_since.visite"] == 0
