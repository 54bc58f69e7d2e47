"""amiable case: opened for several accounts, played by events, told again in the order of days."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine

from amiable.cases import services
from amiable.cases.models import Dossier, DossierEvent
from amiable.cli.main import parser
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.domain.errors import DomainError
from tests import factories
from tests.cases.conftest import Desk
from tests.cases.conftest import desk as desk
from tests.cases.throwaway import declared

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    def one(day: str, *words: str) -> list[dict[str, Any]]:
        with time_machine.travel(f"{day}T12:00:00+00:00", tick=False):
            arguments = parser().parse_args(["case", *words, "--json"])
            assert arguments.run(arguments) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    second = factories.account(
        desk.office, "C0012346", agency=desk.agency, officer=desk.officer, person=desk.account.person
    )
    factories.terms(second)
    factories.debit(second, date(2026, 10, 1), 10_000, is_net=True)
    desk.refresh()
    with declared():
        services.save_partner(
            office=desk.office, kind="saisie_essai", code="1", name="Banque d’essai", actor=None,
            address="9 rue des Tiers\n69001 Lyon",
        )  # fmt: skip
        yield one


def test_a_case_is_opened_sent_answered_and_told(desk: Desk, run: Run, tmp_path: Path) -> None:
    (made,) = run("2026-11-12", "open", "C0012345,C0012346", "--kind", "saisie_essai")
    assert [one["ref"] for one in made["accounts"]] == ["C0012345", "C0012346"]
    assert (made["family"], made["stage"], made["open_checks"]) == ("enforcement", "prepared", ["titre"])
    case = Dossier.objects.get()
    with pytest.raises(DomainError, match="titre exécutoire"):
        run("2026-11-12", "event", made["case"], "sent", "--on", "2026-11-12")
    services.upload_piece(
        dossier=case, code="titre", content=b"%PDF-1.7", media_type=store.PDF, actor=desk.officer,
        today=date(2026, 11, 12),
    )  # fmt: skip
    proof = tmp_path / "preuve.pdf"
    proof.write_bytes(b"%PDF-1.7 preuve")
    (sent,) = run("2026-11-13", "event", made["case"], "sent", "--on", "2026-11-13", "--proof", str(proof))
    assert (sent["stage"], sent["limit_on"]) == ("notified", "2026-12-14")
    assert {"role": "third_party", "served_on": "2026-11-13"} in sent["parties"]
    assert "declare" in sent["possible_events"] and "verse" not in sent["possible_events"]
    (said,) = run(
        "2026-11-20", "event", made["case"], "declare", "--on", "2026-11-19", "--set", "montant=60000"
    )
    assert (said["stage"], said["last_event"], said["limit_on"]) == ("answered", "declare", None)
    for ref in ("C0012345", "C0012346"):
        told = run("2026-11-20", "timeline", ref)
        days = [one["on"] for one in told]
        assert days == sorted(days)
        said_by = {(one["what"], one["code"]): (one["on"], one["by"]) for one in told}
        assert said_by["event", "declare"] == ("2026-11-19", "third_party")
        assert said_by["limit_over", "ATT-02"] == ("2026-11-19", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("event", "D-0", "declare", "--on", "2026-11-12"), "Aucun dossier"),
        (("event", "CASE", "personne", "--on", "2026-11-12"), "ne connaît pas"),
        (("event", "CASE", "declare", "--on", "2026-11-12", "--set", "autre=1"), "champ « autre »"),
        (("event", "CASE", "declare", "--on", "2026-11-12", "--set", "montant=un"), "lisible"),
        (("event", "CASE", "declare", "--on", "2026-11-12", "--set", "montant"), "CHAMP=VALEUR"),
        (
            ("event", "CASE", "mainlevee", "--on", "2026-11-12", "--proof", "/nulle/part"),
            "ne peut pas être lu",
        ),
        (("open", "C0012345,C404", "--kind", "saisie_essai"), "C404"),
        (("open", "C0012345", "--kind", "rien"), "rien"),
        (("timeline", "C404"), "C404"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(run: Run, words: tuple[str, ...], said: str) -> None:
    (made,) = run("2026-11-12", "open", "C0012345", "--kind", "saisie_essai")
    before = DossierEvent.objects.count(), Document.objects.count()
    with pytest.raises(DomainError, match=said):
        run("2026-11-12", *(made["case"] if word == "CASE" else word for word in words))
    assert (DossierEvent.objects.count(), Document.objects.count()) == before
