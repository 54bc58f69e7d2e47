"""positions, explain, caf crossing, nightly on lists typed by hand, as acceptance checks call them."""

from __future__ import annotations

import json

import pytest

from amiable.cli.main import parser
from amiable.domain.errors import DomainError
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db

ACCOUNTS = """\
compte;nom;prenom;agence;statut;date_entree;date_sortie;loyer;charges;aide;tiers_payant
L001;DURAND;Samira;Nord;present;2024-01-15;;280,00;20,00;50,00;oui
L002;MARTIN;Paul;Nord;present;2023-06-01;;500,00;60,00;0,00;non
L003;NGUYEN;Tam;Sud;parti;2022-06-01;31/10/2026;400,00;40,00;100,00;oui
"""
MOVEMENTS = """compte;date_piece;date_echeance;periode;type;libelle;debit;credit;reference
L001;01/09/2026;05/09/2026;09/2026;quittance;Quittance 09/2026;300,00;;Q1-09
L001;25/09/2026;;09/2026;apl;APL 09/2026;;50,00;A1-09
L001;01/10/2026;05/10/2026;10/2026;quittance;Quittance 10/2026;300,00;;Q1-10
L001;25/10/2026;;10/2026;apl;APL 10/2026;;50,00;A1-10
L001;01/11/2026;05/11/2026;11/2026;quittance;Quittance 11/2026;300,00;;Q1-11
L002;01/10/2026;05/10/2026;10/2026;quittance;Quittance 10/2026;560,00;;Q2-10
L002;05/10/2026;;;encaissement;Prélèvement;;560,00;P2-10
L002;01/11/2026;05/11/2026;11/2026;quittance;Quittance 11/2026;560,00;;Q2-11
L002;05/11/2026;;;encaissement;Prélèvement;;560,00;P2-11
L002;08/11/2026;;;rejet;Rejet prélèvement 10;560,00;;P2-10
L003;01/09/2026;05/09/2026;09/2026;quittance;Quittance 09/2026;440,00;;Q3-09
L003;01/10/2026;05/10/2026;10/2026;quittance;Quittance 10/2026;440,00;;Q3-10
L003;10/11/2026;;;frais;Frais;15,00;;F3-11
"""
FIELDS = [
    "account", "as_of", "balance_cents", "overdue_cents", "prescribed_cents", "oldest_unpaid_on", "age_days",
    "due_0_30_cents", "due_31_60_cents", "due_61_90_cents", "due_over_90_cents", "months_of_rent",
    "caf_constituted_on", "caf_rule", "caf_limit_on", "next_step", "next_step_on", "duties", "queue", "holds",
]  # fmt: skip


def call(capsys, *arguments) -> tuple[int, list[dict]]:
    parsed = parser().parse_args(list(arguments))
    code = parsed.run(parsed)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


@pytest.fixture
def lists(tmp_path, capsys, monkeypatch, db):
    monkeypatch.setenv("AMIABLE_TODAY", "2026-11-22")
    office = factories.office()
    from datetime import date

    install_defaults(office=office, today=date(2024, 1, 1))
    for name, text in (("accounts", ACCOUNTS), ("movements", MOVEMENTS)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        assert call(capsys, "import", name, str(path), "--json")[0] == 0
    return office


def test_one_line_per_account_with_exactly_the_fields(lists, capsys):
    code, rows = call(capsys, "positions", "--as-of", "2026-11-22", "--json")
    assert code == 0
    assert [list(row) for row in rows] == [FIELDS] * 3
    durand, martin, nguyen = rows
    assert durand == {
        **durand,
        "account": "L001",
        "as_of": "2026-11-22",
        "balance_cents": 80000,
        "overdue_cents": 80000,
        "oldest_unpaid_on": "2026-09-05",
        "age_days": 78,
        "due_0_30_cents": 30000,
        "due_31_60_cents": 25000,
        "due_61_90_cents": 25000,
        "due_over_90_cents": 0,
        "months_of_rent": 3.2,
        "caf_constituted_on": "2026-10-05",
        "caf_rule": "CAF-02",
        "caf_limit_on": "2026-12-05",
        "next_step": "relance_1",
        "next_step_on": "2026-11-22",
        "queue": "step",
        "holds": [],
    }
    (duty,) = durand["duties"]
    assert (duty["code"], duty["on"], duty["limit_on"]) == ("signalement_caf", "2026-11-22", "2026-12-05")
    assert (martin["oldest_unpaid_on"], martin["due_31_60_cents"]) == ("2026-10-05", 56000)
    assert (martin["caf_constituted_on"], martin["caf_rule"], martin["caf_limit_on"]) == (None, None, None)
    # 2 x (440 - 100) = 680: reached on 5 October by 440 + 440 - 100 of aid expected. Departed: no limit.
    assert (nguyen["caf_constituted_on"], nguyen["caf_limit_on"]) == ("2026-10-05", None)
    assert nguyen["overdue_cents"] == 89500


def test_any_day_is_recomputed_by_document_date(lists, capsys):
    _, [row] = call(capsys, "positions", "--account", "L001", "--as-of", "2026-10-04", "--json")
    assert (row["balance_cents"], row["overdue_cents"], row["due_0_30_cents"]) == (55000, 25000, 25000)
    _, [row] = call(capsys, "positions", "--account", "L002", "--as-of", "2026-11-07", "--json")
    assert (row["balance_cents"], row["overdue_cents"], row["age_days"]) == (0, 0, None)
    _, [row] = call(capsys, "positions", "--account", "L001", "--as-of", "2027-02-01", "--json")
    assert (row["caf_rule"], row["caf_constituted_on"], row["due_61_90_cents"]) == (
        "CAF-02",
        "2026-10-05",
        30000,
    )


def test_an_unknown_account_is_refused(lists, capsys):
    with pytest.raises(DomainError, match="Aucun compte"):
        call(capsys, "positions", "--account", "NOPE", "--json")


def test_check_compares_the_stored_rows(lists, capsys):
    from amiable.positions.models import AccountPosition

    assert call(capsys, "nightly", "--as-of", "2026-11-22", "--json")[0] == 0
    assert call(capsys, "positions", "check")[0] == 0
    AccountPosition.objects.filter(account__ref="L002").update(balance_cents=0)
    code, rows = call(capsys, "positions", "check", "--json")
    assert (code, rows) == (
        1,
        [{"account": "L002", "column": "balance_cents", "stored": 0, "rebuilt": 56000}],
    )


def test_the_night_names_its_steps_and_changes_nothing_twice(lists, capsys):
    from amiable.nightly.steps import STEPS
    from amiable.positions.models import AccountPosition

    _, first = call(capsys, "nightly", "--as-of", "2026-11-22", "--json")
    steps = [row["step"] for row in first]
    assert steps == [step.name for step in STEPS]
    # What ends, breaks or is promised changes the decisions, and these the batches.
    before = [steps.index(name) for name in ("holds", "promises", "disputes", "plans", "appointments")]
    assert max(before) < steps.index("positions") < steps.index("batches")
    assert [row["rows"] for row in first if row["step"] == "positions"] == [3]
    kept = list(AccountPosition.objects.order_by("pk").values())
    _, second = call(capsys, "nightly", "--as-of", "2026-11-22", "--json")
    assert [row["already_done"] for row in second if row["step"] == "positions"] in ([0], [1])
    again = list(AccountPosition.objects.order_by("pk").values())
    assert [{**row, "computed_at": 0} for row in kept] == [{**row, "computed_at": 0} for row in again]


def test_explain_says_why(lists, capsys):
    _, [row] = call(capsys, "explain", "L001", "--as-of", "2026-11-22", "--json")
    assert list(row)[: len(FIELDS)] == FIELDS
    assert (row["next_step"], [duty["code"] for duty in row["duties"]]) == ("relance_1", ["signalement_caf"])
    assert "750,00" in row["why"]
    assert {rule for rule, _ in row["rules"]} >= {"CAF-04"}
    assert row["changes"]


def test_who_crosses_on_1_january(lists, capsys, tmp_path):
    path = tmp_path / "pay.csv"
    path.write_text(
        "compte;date_piece;type;credit;reference\nL001;21/11/2026;encaissement;700,00;P1\n"
        "L001;15/09/2026;encaissement;0,01;P0\n"
    )
    assert call(capsys, "import", "movements", str(path), "--json")[0] == 0
    # 99.99 are still owed: the spell of September goes on, and was constituted in October.
    assert call(capsys, "caf", "crossing", "--on", "2027-01-01", "--json") == (0, [])


def test_a_small_old_default_crosses(lists, capsys, tmp_path):
    path = tmp_path / "pay.csv"
    path.write_text(
        "compte;date_piece;type;credit;reference\nL001;05/09/2026;encaissement;250,00;P1\n"
        "L001;01/10/2026;encaissement;100,00;P2\nL001;06/11/2026;encaissement;250,00;P3\n"
    )
    assert call(capsys, "import", "movements", str(path), "--json")[0] == 0
    _, [row] = call(capsys, "positions", "--account", "L001", "--as-of", "2026-12-31", "--json")
    assert (row["overdue_cents"], row["caf_constituted_on"]) == (20000, None)
    _, rows = call(capsys, "caf", "crossing", "--on", "2027-01-01", "--json")
    assert rows == []
    _, rows = call(capsys, "caf", "crossing", "--on", "2027-01-05", "--json")
    assert rows == []
    _, [row] = call(capsys, "positions", "--account", "L001", "--as-of", "2027-01-05", "--json")
    assert (row["caf_constituted_on"], row["caf_rule"], row["caf_limit_on"]) == (
        "2027-01-05",
        "CAF-03",
        "2027-03-05",
    )
