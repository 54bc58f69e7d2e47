"""Lists typed by hand and answers counted by hand: the command line does what its users were promised."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from amiable.cli.main import main

HERE = Path(__file__).parent / "hand_typed"
pytestmark = pytest.mark.django_db


@pytest.fixture
def amiable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """`amiable("positions", code=0)`: the objects printed by the command with --json."""
    monkeypatch.setenv("AMIABLE_TODAY", "2026-11-22")

    def run(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
        capsys.readouterr()
        found = main([str(a) for a in arguments] + ["--json"])
        out, err = capsys.readouterr()
        assert (found, err if found == 0 else "") == (code, ""), f"{arguments}: {out}\n{err}"
        return [json.loads(line) for line in out.splitlines()]

    return run


@pytest.fixture
def landlord(amiable: Any) -> Any:
    """A landlord whose first lists are imported."""
    main(["init"])
    assert amiable("import", "accounts", HERE / "accounts.csv")[0]["accepted"] == 25
    assert amiable("import", "movements", HERE / "movements.csv")[0]["accepted"] == 87
    return amiable


def expected_positions() -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / "positions.yaml").read_text(encoding="utf-8"))


def test_every_position_is_the_one_counted_by_hand(landlord: Any):
    wrong = []
    for case in expected_positions():
        account, on, why = case.pop("account"), case.pop("as_of"), case.pop("why")
        (found,) = landlord("positions", "--account", account, "--as-of", on)
        wanted = {k: v.isoformat() if isinstance(v, date) else v for k, v in case.items()}
        got = {k: found[k] for k in wanted}
        if got != wanted:
            wrong.append(f"{account} au {on} ({why}) : {got}, attendu {wanted}")
    assert not wrong, "\n".join(wrong)
    assert main(["positions", "check"]) == 0


def test_who_crosses_on_the_first_of_january_is_the_same_on_any_day_of_december(
    landlord: Any, monkeypatch: pytest.MonkeyPatch
):
    crossing = [
        {"account": account, "rule_before": "CAF-02", "rule_after": "CAF-03", "debt_cents": debt,
         "limit_on": "2027-03-01"}
        for account, debt in (("A05", 60000), ("A07", 10000), ("A11", 78000))
    ]  # fmt: skip
    for today in ("2026-12-01", "2026-12-15", "2026-12-31"):
        monkeypatch.setenv("AMIABLE_TODAY", today)
        assert landlord("caf", "crossing", "--on", "2027-01-01") == crossing
    assert landlord("caf", "crossing", "--on", "2027-01-02") == []


def test_a_dry_run_writes_nothing_and_the_same_file_is_refused_whole(landlord: Any):
    before = landlord("positions")
    dry = landlord("import", "movements", HERE / "rejet_plus_tard.csv", "--dry-run")
    assert landlord("positions") == before
    assert landlord("import", "movements", HERE / "rejet_plus_tard.csv") == dry
    assert (dry[0]["accepted"], dry[0]["duplicates"], dry[0]["debit_cents"]) == (1, 1, 60000)
    (again,) = landlord("import", "movements", HERE / "rejet_plus_tard.csv", code=1)
    assert (again["accepted"], again["duplicates"], len(again["errors"])) == (0, 0, 1)
    # The payment came in an earlier file, under the reference of the quittance too.
    (position,) = landlord("positions", "--account", "R05", "--as-of", "2026-11-08")
    assert (position["oldest_unpaid_on"], position["overdue_cents"]) == ("2026-10-05", 60000)


def test_bad_rows_are_told_by_line_and_the_good_ones_committed(landlord: Any):
    (report,) = landlord("import", "movements", HERE / "mauvaises_lignes.csv")
    # Totals and the repeated header are no rows; two equal payments without reference are two payments.
    assert (report["accepted"], report["rejected"], report["credit_cents"]) == (3, 15, 20000)
    assert [error["line"] for error in report["errors"]] == list(range(3, 18))
    assert report["errors"][0]["reason"] == "date impossible « 31/02/2026 »"


@pytest.mark.parametrize("name", ["tabulations_cp1252.csv", "virgules_bom.csv"])
def test_encodings_separators_and_spaces_in_numbers(landlord: Any, name: str):
    (report,) = landlord("import", "movements", HERE / name)
    assert (report["accepted"], report["errors"]) == (2, [])
    assert (report["debit_cents"], report["credit_cents"]) == (123456, 123456)


def test_a_saved_source_reads_its_own_layout_with_quittances_net_of_aid(landlord: Any):
    arguments = ("import", "movements", HERE / "autre_source.csv", "--source", "NET")
    landlord(*arguments, code=1)
    landlord(*arguments, "--mapping", HERE / "autre_source.json", "--dry-run")
    landlord(*arguments, "--mapping", HERE / "autre_source.json")
    (position,) = landlord("positions", "--account", "A01", "--as-of", "2026-12-05")
    assert (position["balance_cents"], position["months_of_rent"]) == (140000, 3.5)


def test_the_etat_des_restes_controls_and_changes_nothing(landlord: Any):
    before = landlord("positions")
    (report,) = landlord("import", "snapshot", HERE / "etat_des_restes.csv")
    assert (report["accepted"], report["rejected"]) == (4, 3)
    assert [(d["account"], d["gap_cents"]) for d in report["differences"]] == [("A08", -5000)]
    assert landlord("positions") == before


def test_rent_in_force_at_its_date(amiable: Any):
    main(["init"])
    assert amiable("import", "accounts", HERE / "loyers_dates.csv")[0]["rejected"] == 0
    amiable("import", "movements", HERE / "loyers_dates_mouvements.csv")
    # 400 EUR owed of 500 - 100 a month; from November 600 - 100, so CAF-02 needs 1 000 EUR.
    for on, months, constituted in (
        ("2026-10-31", 1.0, None),
        ("2026-11-05", 2.0, None),
        ("2026-12-01", 2.0, "2026-12-01"),
    ):
        (found,) = amiable("positions", "--as-of", on)
        assert (found["months_of_rent"], found["caf_constituted_on"]) == (months, constituted)


def test_the_nightly_done_twice_changes_nothing_and_sees_what_came_since(landlord: Any):
    landlord("nightly", "--as-of", "2026-11-22")
    before = landlord("positions")
    # The second looks again at what the first proposed; nothing moves, and the third has nothing to look at.
    landlord("nightly", "--as-of", "2026-11-22")
    assert landlord("positions") == before
    assert all(step["rows"] == 0 for step in landlord("nightly", "--as-of", "2026-11-22"))
    assert landlord("positions") == before
    landlord("import", "movements", HERE / "rejet_plus_tard.csv")
    landlord("nightly", "--as-of", "2026-11-22")
    (position,) = landlord("positions", "--account", "R05")
    assert position["overdue_cents"] == 60000
    assert main(["positions", "check"]) == 0


def test_a_public_accountant_and_his_titres(amiable: Any):
    main(["init", "--kind", "local_accountant"])
    (report,) = amiable("import", "titres", HERE / "titres.csv")
    assert (report["accepted"], report["rejected"], report["duplicates"]) == (6, 4, 1)
    assert report["debit_cents"] == 12050 + 105000 + 37500 + 1500 + 1600000 + 1000
    amiable("import", "movements", HERE / "recettes.csv")
    for account, on, overdue, oldest in (
        ("T001", "2026-08-08", 0, None),  # notified on 10/07: due 30 days later
        ("T001", "2026-08-09", 12050, "2026-08-09"),
        ("T001", "2026-08-15", 10000, "2026-08-09"),
        ("T002", "2026-08-15", 0, None),
        ("T002", "2026-08-20", 105000, "2026-07-31"),  # returned: unpaid again since its own due date
        ("T003", "2026-08-20", 0, None),  # cancelled
        ("T004", "2026-03-30", 1500, "2026-03-30"),  # notified on 28/02
    ):
        (found,) = amiable("positions", "--account", account, "--as-of", on)
        assert (found["overdue_cents"], found["oldest_unpaid_on"]) == (overdue, oldest), (account, on)
        assert (found["months_of_rent"], found["caf_rule"]) == (None, None)
    steps = {a: amiable("explain", a, "--as-of", "2026-12-05")[0]["next_step"] for a in ("T001", "T005")}
    assert steps == {"T001": "relance", "T005": "mise_en_demeure_directe"}


def test_wrong_usage_and_refusals_have_their_own_codes(landlord: Any, capsys: pytest.CaptureFixture[str]):
    for arguments in (
        ["import", "movement", str(HERE / "movements.csv")],
        ["import", "movements"],
        ["import", "movements", str(HERE / "absent.csv")],
        ["positions", "--as-of", "demain"],
        ["positions", "--as-of", "9999-12-31"],
        ["caf", "crossing"],
        ["law", "limit", "SUR-06"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2, arguments
    assert main(["positions", "--as-of", "1900-01-01"]) == main(["positions", "--as-of", "2199-12-31"]) == 0
    assert main(["explain", "INCONNU", "--as-of", "2026-11-22"]) == 1
    assert main(["positions", "--office", "AUTRE"]) == 1
    capsys.readouterr()
