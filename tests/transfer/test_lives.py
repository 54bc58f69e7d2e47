"""A file handed over, day after day, as a lawyer reads it (tests/cases/transfer/lives.yaml)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from amiable.accounts.models import Account
from amiable.cases import services as dossiers
from amiable.core import clock
from amiable.domain.errors import DomainError
from amiable.limits.calendar import Wanted, rows_for
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from amiable.transfer import queries, services
from amiable.transfer.models import Transfer
from tests import factories
from tests.transfer.conftest import Case

LIVES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "transfer" / "lives.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life["cas"])
def test_life(case: Case, life: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for day in life["jours"]:
        monkeypatch.setenv("AMIABLE_TODAY", day["le"].isoformat())
        if "paiement" in day:
            factories.payment(case.account, day["le"], day["paiement"])
        positions.refresh(office=case.office, as_of=day["le"])
        if "refus" in day:
            with pytest.raises(DomainError) as refused:
                live(case, day)
            assert refused.value.code == day["refus"], refused.value.message_fr
        else:
            live(case, day)
        for word, value in day.get("attendu", {}).items():
            assert _read(case, word, day["le"]) == value, (day["le"], word)


def live(case: Case, day: dict[str, Any]) -> None:
    today: date = day["le"]
    account = Account.objects.get(pk=case.account.pk)
    if day.get("caf"):
        account.terms.update(aid_cents=5_000, third_party=True)
        positions.refresh(office=case.office, as_of=today)
        _signal(case, account, today)
    if day.get("presenter"):
        services.propose(account=account, actor=case.officer, today=today)
    found = Transfer.objects.order_by("-pk").first()
    assert found is not None
    if day.get("decider"):
        services.decide(transfer=found, actor=case.head, today=today)
    if day.get("recevoir"):
        services.receive(transfer=found, actor=case.desk, today=today)
    for word, act, actor in (
        ("garder", services.refuse, case.head),
        ("rendre", services.give_back, case.desk),
        ("retirer", services.withdraw, case.desk),
    ):
        if word in day:
            act(transfer=found, reason=day[word], actor=actor, today=today)


def _signal(case: Case, account: Account, today: date) -> None:
    """The debt was signalled, the aid is kept: the CAF's next check is a limit of the dossier."""
    doing = {"actor": case.officer, "today": today}
    dossiers.save_partner(
        office=case.office, kind="caf", code="421", name="CAF", address="5 rue des Aides\n42000 Valmont",
        actor=None,
    )  # fmt: skip
    made = dossiers.open_dossier(account=account, kind="caf", **doing)
    made = dossiers.send(
        dossier=made, way="portal", actor=case.officer, now=clock.now(), late_reason="Aide connue tardivement"
    )
    dossiers.record_event(dossier=made, code="maintien", on=today, **doing)


def _read(case: Case, word: str, today: date) -> Any:
    account = Account.objects.get(pk=case.account.pk)
    found = Transfer.objects.order_by("-pk").first()
    assert found is not None
    names = {case.officer.pk: "agence", case.desk.pk: "contentieux"}
    if word == "etat":
        return found.state
    if word == "suivi_par":
        assert account.officer_id is not None
        return names[account.officer_id]
    if word == "pieces_reunies":
        return found.bundle is not None
    if word == "a_retirer":
        return queries.settled(case.desk).count()
    if word == "limites_suivies_par":
        theirs = {
            name: rows_for(case.head, today, Wanted(rule="CAF-12", officer_id=pk)).count()
            for pk, name in names.items()
        }
        return next(name for name, count in theirs.items() if count)
    assert word == "en_attente", word
    return AccountPosition.objects.get(pk=account.pk).held_by
