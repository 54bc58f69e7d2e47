"""`amiable interest` and `amiable satd compute`: JSON lines, French refusals, the office's own values."""

from __future__ import annotations

import json
from datetime import date

import pytest

from amiable.cli.main import main
from amiable.core.models import LawOverride
from tests.factories import office, user

pytestmark = pytest.mark.django_db


def run(capsys, *arguments: str) -> tuple[int, list[dict], str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, [json.loads(line) for line in captured.out.splitlines()], captured.err


def asked(to: str, *more: str) -> tuple[str, ...]:
    return (
        "interest",
        "--principal",
        "5000",
        "--from",
        "2026-01-31",
        "--to",
        to,
        "--creditor",
        "public",
        *more,
    )


def test_interest_by_half_year_with_its_surcharge_apart(capsys):
    code, rows, _ = run(capsys, *asked("2026-07-01", "--judgment-served", "2026-02-10", "--json"))
    assert (code, len(rows)) == (0, 1)
    assert rows[0]["cents"] == rows[0]["base_cents"] + rows[0]["surcharge_cents"]
    assert rows[0]["surcharge_from"] == "2026-04-11"
    assert [(one["from"], one["to"], one["rate"], one["surcharge"]) for one in rows[0]["periods"]] == [
        ("2026-02-01", "2026-04-10", 2.62, 0.0),
        ("2026-04-11", "2026-06-30", 2.62, 5.0),
        ("2026-07-01", "2026-07-01", 2.75, 5.0),
    ]
    assert "dont majoration" in (main(list(asked("2026-06-30"))) or capsys.readouterr().out)


def test_a_half_year_without_a_rate_is_refused_until_the_office_enters_it(capsys):
    made = office()
    code, rows, error = run(capsys, *asked("2027-01-31", "--json"))
    assert (code, rows) == (1, [])
    assert "INT-01" in error and "peut saisir la nouvelle valeur" in error
    LawOverride.objects.create(
        office=made, rule_id="INT-01", key="autres_cas", value="2.5", from_on=date(2027, 1, 1),
        to_on=date(2027, 6, 30), source="arrêté", reason="publié", author=user(made),
    )  # fmt: skip
    code, rows, _ = run(capsys, *asked("2027-01-31", "--json"))
    assert (code, rows[0]["periods"][-1]["source"]) == (0, "arrêté")
    office("autre")
    assert "Plusieurs offices" in run(capsys, *asked("2027-01-31", "--json"))[2]
    assert run(capsys, *asked("2027-01-31", "--json", "--office", made.code))[0] == 0


def test_a_seizure_is_shared_between_employers(capsys):
    wages = (
        "satd",
        "compute",
        "--employer",
        "1000",
        "500",
        "--dependants",
        "0",
        "--at",
        "2026-11-30",
        "--json",
    )
    code, rows, _ = run(capsys, *wages)
    assert code == 0
    assert [row["seizable_cents"] for row in rows] == [15_651, 7_825]
    assert {row["quotite_cents"] for row in rows} == {23_476}
    twice = (
        "satd",
        "compute",
        "--employer",
        "1000",
        "--employer",
        "500",
        "--dependants",
        "0",
        "--at",
        "2026-11-30",
    )
    assert run(capsys, *twice, "--json")[1] == rows
    one = run(
        capsys, "satd", "compute", "--net", "1500", "--dependants", "0", "--at", "2026-11-30", "--json"
    )[1]
    assert [row["seizable_cents"] for row in one] == [23_476]


def test_a_seizure_after_the_scale_is_refused(capsys):
    code, rows, error = run(
        capsys, "satd", "compute", "--net", "1500", "--dependants", "0", "--at", "2027-01-05", "--json"
    )
    assert (code, rows) == (1, [])
    assert "HH-01" in error and "peut saisir la nouvelle valeur" in error


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "interest",
            "--principal",
            "abc",
            "--from",
            "2026-01-01",
            "--to",
            "2026-02-01",
            "--creditor",
            "public",
        ),
        (
            "interest",
            "--principal",
            "1",
            "--from",
            "2026-01-01",
            "--to",
            "2026-02-01",
            "--creditor",
            "voisin",
        ),
        ("satd", "compute", "--dependants", "0", "--at", "2026-11-30"),
        ("satd", "compute", "--net", "1", "--employer", "2", "--dependants", "0", "--at", "2026-11-30"),
        ("satd", "compute", "--net", "1", "--dependants", "-1", "--at", "2026-11-30"),
    ],
)
def test_a_command_badly_typed_is_exit_2(capsys, arguments):
    with pytest.raises(SystemExit) as raised:
        main(list(arguments))
    assert raised.value.code == 2
    assert capsys.readouterr().out == ""
