"""amiable batch and dispatch: a morning's reminders read, one left out, the rest approved and gone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from amiable.cli.main import main
from amiable.demo.bank import cfonb120
from tests.scenarios.living import DAY, Town, at, departures

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 10, 13)
TENANTS = """compte;nom;prenom;adresse;code_postal;ville;loyer;charges;statut;date_entree
L000001;MARTIN;Julie;1 rue des Lilas;45990;Deux-Rives;500,00;100,00;present;01/03/2020
L000002;BERNARD;Karim;2 rue des Lilas;45990;Deux-Rives;500,00;100,00;present;01/03/2020
"""
RENTS = "compte;date_piece;date_echeance;periode;type;debit;credit;reference\n" + "".join(
    f"L00000{n};2026-10-05;2026-10-05;2026-10;quittance;600,00;;Q{n}\n" for n in (1, 2)
)


def test_a_morning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = Town("landlord", tmp_path, capsys)
    town.begin(TODAY, {"accounts": TENANTS, "movements": RENTS})
    with at(TODAY):
        town.take("bank", cfonb120((), 0, TODAY - DAY, TODAY - DAY), TODAY)
        town.run("nightly")
        (batch,) = town.run("batch", "list")
        assert (batch["step"], batch["status"], batch["on"]) == ("relance_1", "proposed", "2026-10-13")
        assert [(line["account"], line["channel"]) for line in batch["lines"]] == [
            ("L000001", "post"),
            ("L000002", "post"),
        ]
        assert main(["batch", "exclude", batch["batch"], "L000002", "L000009"]) == 1
        (left_out,) = town.run("batch", "exclude", batch["batch"], "L000002")
        assert {line["account"]: line["status"] for line in left_out["lines"]} == {
            "L000001": "proposed", "L000002": "removed",
        }  # fmt: skip
        assert town.run("dispatch") == []
        assert main(["batch", "approve"]) == main(["batch", "approve", "L-999"]) == 1
        assert town.run("batch", "approve", "--all")[0]["status"] == "approved"
        assert town.run("batch", "approve", "--all") == []
        # Only today's mail leaves today.
        assert main(["dispatch", "--as-of", "2026-10-14"]) == 1
        (gone,) = town.run("dispatch", "--as-of", "2026-10-13")
        assert gone["status"] == "done"
        assert {line["account"]: (line["status"], line["message"]) for line in gone["lines"]} == {
            "L000001": ("sent", "sent"), "L000002": ("removed", None),
        }  # fmt: skip
        assert town.run("dispatch") == []
        assert departures() == {"L000001": ["13/10 relance_1 letter"]}
        assert town.run("positions", "check") == []
