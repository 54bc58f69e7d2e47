"""`amiable household FILE --json`: the numbers, the sources, and errors a person can act on."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from amiable.cli.main import main

GOOD = {
    "members": [{"role": "holder", "age": 40}, {"role": "child", "age": 15}, {"role": "child", "age": 6}],
    "resources": [{"kind": "salary", "monthly": "1 800"}],
    "housing": {"rent": 600, "charges": "90,0", "aid_cents": 25000},
    "charges": [{"kind": "energy", "monthly": "120,5"}, {"kind": "transport", "monthly": 60}],
    "debt": "505,21",
}


@pytest.fixture
def run(tmp_path, capsys):
    def of(content, *options):
        file = tmp_path / "menage.json"
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        code = main(["household", str(file), "--at", "2026-11-22", *options])
        out, err = capsys.readouterr()
        return code, out, err

    return of


def test_the_numbers_and_how_they_were_found(run):
    code, out, _ = run(GOOD, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["at"] == "2026-11-22"
    wanted = {
        "resources_cents": 180_000,
        "net_rent_cents": 44_000,
        "charges_cents": 18_050,
        "effort_rate": 0.2444,
        "consumption_units": 1.8,
        "living_rest_per_day_unit_cents": 2_184,
        "seizable_cents": 25_260,
        "rsa_cents": 117_304,
        "capacity_cents": 25_260,
        "months": 3,
        "dependants": 2,
    }
    assert {name: found[name] for name in wanted} == wanted
    details = {row["name"]: row for row in found["details"]}
    assert details["seizable_cents"]["rules"] == ["HH-01", "HH-02"]
    assert "R3252-2" in details["seizable_cents"]["source"]
    assert all(row["source"] for row in details.values())


def test_what_has_no_sourced_scale_is_null_and_says_so(run):
    _, out, _ = run(GOOD, "--json", "--at", "2025-06-01")
    found = json.loads(out)
    assert found["seizable_cents"] is None
    assert found["capacity_cents"] is None
    assert found["net_rent_cents"] == 44_000
    note = next(row["note"] for row in found["details"] if row["name"] == "capacity_cents")
    assert "Aucune valeur sourcée" in note


def test_the_office_own_minimum(run):
    _, out, _ = run(GOOD, "--json", "--living-floor", "20,5")
    assert json.loads(out)["living_minimum_cents"] == 110_700  # 20,50 x 30 x 1,8


def test_a_person_can_read_it(run):
    code, out, _ = run(GOOD)
    assert code == 0
    assert "Capacité de remboursement : 252,60\u00a0€" in out
    assert "C. conso. art. R731-1" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "Ligne 1"),
        ('{"members": [}', "Ligne 1, colonne 14"),
        ([], "fichier : un objet"),
        ({}, "members : indiquez un titulaire"),
        ({"members": [{"role": "holder", "age": 40}] * 2}, "et un seul"),
        (GOOD | {"revenus": 3}, "revenus : champ inconnu"),
        (GOOD | {"members": [{"role": "holder", "age": 200}]}, "members[1].age"),
        (GOOD | {"members": [{"role": "holder", "age": True}]}, "members[1].age"),
        (GOOD | {"resources": [{"kind": "salaire"}]}, "resources[1].kind : « salaire » inconnu"),
        (GOOD | {"charges": [{"kind": "water", "monthly": "12,345"}]}, "charges[1].monthly"),
        (GOOD | {"charges": [{"kind": "water", "monthly": "-3"}]}, "doit être positif"),
        (GOOD | {"charges": [{"kind": "water", "monthly": 1, "monthly_cents": 100}]}, "pas les deux"),
        (GOOD | {"debts": [{"kind": "car", "ends_on": "31/12/2026"}]}, "debts[1].ends_on"),
        (GOOD | {"debts": [{"kind": "car", "ends_on": 2026}]}, "debts[1].ends_on"),
        (GOOD | {"housing": [1]}, "housing : un objet"),
        (GOOD | {"resources": {}}, "resources : une liste"),
        (GOOD | {"debt": 1e300}, "debt"),
        ('{"members": [{"role": "holder", "age": 40}], "debt": NaN}', "NaN"),
    ],
)
def test_a_fault_is_named_with_its_place(run, content, words):
    code, out, err = run(content, "--json")
    assert (code, out) == (1, "")
    assert words in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_or_not_text(tmp_path, capsys):
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    for name, words in ((str(tmp_path / "rien.json"), "ne peut pas être lu"), (str(tmp_path), "ne peut pas")):
        assert main(["household", name]) == 1
        assert words in capsys.readouterr().err
    assert main(["household", str(tmp_path / "latin.json")]) == 1
    assert "UTF-8" in capsys.readouterr().err


def test_it_reads_the_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(GOOD).encode())))
    assert main(["household", "-", "--at", "2026-11-22", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["capacity_cents"] == 25_260


def test_the_seizable_part_of_a_wage_typed_as_one_writes_it():
    done = subprocess.run(
        [sys.executable, "-m", "amiable", "law", "quotite", "--monthly", "1 800,0", "--dependants", "2"]
        + ["--at", "2026-11-22", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["seizable_cents"], found["floor_cents"]) == (25_260, 65_169)
    assert "R3252-2" in found["source"]
