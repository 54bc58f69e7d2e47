"""`amiable import` as operations and acceptance checks call it."""

from __future__ import annotations

import json

import pytest

from amiable.cli.main import parser
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = """compte;date_piece;type;debit;credit;reference
L1;05/10/2026;quittance;600,00;;Q1
L1;31/02/2026;quittance;5;;Q2
"""


@pytest.fixture
def office():
    made = factories.office()
    factories.account(made, "L1")
    return made


def call(capsys, *arguments):
    parsed = parser().parse_args(["import", *map(str, arguments)])
    code = parsed.run(parsed)
    out = capsys.readouterr().out
    return code, json.loads(out) if "--json" in arguments else out


def test_json_and_exit_codes(office, tmp_path, capsys):
    path = tmp_path / "m.csv"
    path.write_text(ROWS)
    code, answer = call(capsys, "movements", path, "--json", "--dry-run")
    assert (code, answer["accepted"]) == (0, 1)
    code, answer = call(capsys, "movements", path, "--json")
    assert code == 0
    assert {
        k: answer[k] for k in ("accepted", "rejected", "duplicates", "debit_cents", "credit_cents", "errors")
    } == {
        "accepted": 1,
        "rejected": 1,
        "duplicates": 0,
        "debit_cents": 60000,
        "credit_cents": 0,
        "errors": [{"line": 3, "reason": "date impossible « 31/02/2026 »"}],
    }
    code, answer = call(capsys, "movements", path, "--json")
    assert (code, answer["accepted"], answer["debit_cents"]) == (1, 0, 0)
    assert "déjà été importé" in answer["errors"][0]["reason"]


def test_a_file_without_good_rows_is_refused_with_its_reasons(office, tmp_path, capsys):
    path = tmp_path / "m.csv"
    path.write_text(ROWS.replace("L1", "L9"))
    code, answer = call(capsys, "movements", path, "--json")
    assert (code, answer["accepted"], answer["rejected"]) == (1, 0, 2)
    assert [e["line"] for e in answer["errors"]] == [2, 3]


def test_a_mapping_file_is_kept_with_its_source(office, tmp_path, capsys):
    (tmp_path / "map.yaml").write_text("columns: {reference: Clef}\n")
    path = tmp_path / "m.csv"
    path.write_text(ROWS.replace("reference", "Clef"))
    code, answer = call(
        capsys, "movements", path, "--json", "--source", "gsi", "--mapping", tmp_path / "map.yaml"
    )
    assert (code, answer["accepted"]) == (0, 1)
    path.write_text(ROWS.replace("reference", "Clef") + "L1;05/11/2026;quittance;6;;Q1\n")
    code, answer = call(capsys, "movements", path, "--json", "--source", "gsi")
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)


def test_wrong_usage_is_2(office, tmp_path):
    for arguments in (["nope", "x"], ["movements", tmp_path / "absent.csv"], ["movements"]):
        with pytest.raises(SystemExit) as stopped:
            parser().parse_args(["import", *map(str, arguments)])
        assert stopped.value.code == 2


def test_the_plain_answer_is_french(office, tmp_path, capsys):
    path = tmp_path / "m.csv"
    path.write_text(ROWS)
    code, out = call(capsys, "movements", path)
    assert code == 0
    assert "1 ligne prise" in out
    assert "ligne 3 : date impossible « 31/02/2026 »" in out
