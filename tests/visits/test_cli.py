"""`amiable visits`: what scripts read, nothing written by a plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amiable.cli.main import main
from amiable.visits.models import Round, Visit
from tests.visits.conftest import TODAY, Desk

ASKED = ("visits", "plan", "--date", "2026-11-25", "--agency", "RIVE-GAUCHE")


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMIABLE_TODAY", TODAY.isoformat())


def test_a_plan_is_ordered_stops_with_times(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        desk.accepted(desk.account(f"A{number}", f"{number} rue du Bac"))
    desk.accepted(desk.account("A3", "7 rue Perdue"))
    assert main([*ASKED, "--json"]) == 0
    *stops, left = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [stop["order"] for stop in stops] == [1, 2]
    assert {stop["account"] for stop in stops} == {"A1", "A2"}
    assert stops[0]["arrives_at"] < stops[0]["leaves_at"] <= stops[1]["arrives_at"]
    assert (left["account"], left["order"]) == ("A3", None)
    assert "coordonnées" in left["reason"]
    assert not Round.objects.exists()
    assert set(Visit.objects.values_list("state", flat=True)) == {"to_plan"}


def test_a_plan_reads_well_without_json(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED]) == 0
    assert "Aucune visite" in capsys.readouterr().out
    desk.accepted(desk.account("A1", "1 rue du Bac"))
    assert main([*ASKED]) == 0
    assert "A1  1 rue du Bac, Deux-Rives" in capsys.readouterr().out


def test_an_unknown_agency_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["visits", "plan", "--date", "2026-11-25", "--agency", "X"]) == 1
    assert "« X »" in capsys.readouterr().err


def test_places_are_imported(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lieux.csv"
    path.write_text(
        "adresse;code_postal;ville;latitude;longitude\n9 rue A;45990;Deux-Rives;47,9;1,9\nb;c;;1;1\n"
    )
    assert main(["visits", "places", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["new"], [error["line"] for error in found["errors"]]) == (1, [3])
