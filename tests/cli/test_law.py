"""`amiable law` as operations use it: JSON lines on stdout, French on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from amiable.cli.main import main


def run(capsys, *arguments: str) -> tuple[int, list[dict], str]:
    code = main(["law", *arguments])
    captured = capsys.readouterr()
    return code, [json.loads(line) for line in captured.out.splitlines()], captured.err


def test_get_gives_the_value_in_force(capsys):
    code, rows, _ = run(capsys, "get", "CAF-04", "--at", "2026-11-22", "--json")
    assert code == 0
    assert len(rows) == 1
    assert {key: rows[0][key] for key in ("rule", "value", "unit", "from", "to", "confidence")} == {
        "rule": "CAF-04",
        "value": 2,
        "unit": "months",
        "from": "2020-01-01",
        "to": "2026-12-31",
        "confidence": "P",
    }
    assert rows[0]["source"] == "CCH art. R824-4 et L824-1"


def test_get_lists_several_parameters_the_main_one_first(capsys):
    code, rows, _ = run(capsys, "get", "CAF-03", "--at", "2027-01-01", "--json")
    assert code == 0
    assert [row["key"] for row in rows][:2] == ["threshold", "first_default"]
    assert rows[0]["value"] == 450
    _, rows, _ = run(capsys, "get", "CAF-03", "--at", "2027-01-01", "--key", "first_default", "--json")
    assert [row["value"] for row in rows] == [3]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("get", "CAF-03", "--at", "2026-12-31", "--json"), "Aucune valeur sourcée"),
        (("get", "CAF-77", "--at", "2026-12-31", "--json"), "n’existe pas"),
        (("limit", "CAF-15", "--from", "2026-12-31", "--json"), "aucun délai"),
        (("limit", "CAF-04", "--from", "2026-12-31", "--territory", "GES"), "GES"),
        (("limit", "LIT-03", "--from", "2026-12-31"), "--lease-on"),
    ],
)
def test_what_nobody_sourced_exits_1_in_french(capsys, arguments, says):
    code, rows, err = run(capsys, *arguments)
    assert (code, rows) == (1, [])
    assert says in err


@pytest.mark.parametrize(
    "arguments", [("get",), ("limit", "CAF-04"), ("get", "CAF-04", "--at", "31/12/2026"), ("quotite",), ()]
)
def test_wrong_usage_exits_2(arguments):
    with pytest.raises(SystemExit) as exit_info:
        main(["law", *arguments])
    assert exit_info.value.code == 2


def test_limit_gives_the_last_day(capsys):
    code, rows, _ = run(capsys, "limit", "CAF-04", "--from", "2026-12-31", "--json")
    assert code == 0
    assert rows[0]["ends_on"] == "2027-02-28"
    assert rows[0]["rolled"] is False
    assert rows[0]["rule"] == "CAF-04"
    assert rows[0]["source"]
    assert "ends_on_local" not in rows[0]


def test_limit_shows_the_local_date_where_it_differs(capsys):
    _, rows, _ = run(capsys, "limit", "SUR-06", "--from", "2025-12-11", "--territory", "57", "--json")
    assert (rows[0]["ends_on"], rows[0]["ends_on_local"]) == ("2025-12-26", "2025-12-29")


def test_a_waiting_limit_gives_the_first_day_of_the_act(capsys):
    _, rows, _ = run(capsys, "limit", "LIT-01", "--from", "2026-11-10", "--json")
    assert (rows[0]["ends_on"], rows[0]["first_day"]) == ("2027-01-11", "2027-01-12")
    _, rows, _ = run(capsys, "limit", "CAF-04", "--from", "2026-11-10", "--json")
    assert rows[0]["first_day"] is None
    main(["law", "limit", "PUB-06", "--from", "2026-11-02"])
    assert "03/12/2026" in capsys.readouterr().out


def test_limit_takes_the_leases_date_or_clause(capsys):
    limit = ("limit", "LIT-03", "--from", "2026-11-02", "--json")
    _, rows, _ = run(capsys, *limit, "--lease-on", "2023-07-29")
    assert rows[0]["ends_on"] == "2026-12-14"
    _, rows, _ = run(capsys, *limit, "--lease-on", "2023-07-28")
    assert (rows[0]["ends_on"], rows[0]["rolled"]) == ("2027-01-04", True)
    _, rows, _ = run(capsys, *limit, "--lease-on", "2023-07-29", "--clause", "2 mois")
    assert rows[0]["ends_on"] == "2027-01-04"


def test_a_rule_of_several_limits_prints_one_line_each(capsys):
    _, rows, _ = run(capsys, "limit", "PUB-03", "--from", "2026-09-10", "--json")
    assert [row["rule"] for row in rows] == ["PUB-03.1", "PUB-03.2", "PUB-03.3"]
    _, rows, _ = run(capsys, "limit", "PUB-03.2", "--from", "2026-09-10", "--json")
    assert [row["rule"] for row in rows] == ["PUB-03.2"]


def test_list_names_every_rule(capsys):
    _, rows, _ = run(capsys, "list", "--json")
    assert len({row["id"] for row in rows}) == len(rows) > 140
    _, some, _ = run(capsys, "list", "--to-verify", "--topic", "caf", "--json")
    assert {"CAF-16", "CAF-04"} <= {row["id"] for row in some} < {row["id"] for row in rows}


def test_quotite(capsys):
    code, rows, _ = run(
        capsys, "quotite", "--monthly", "1 800,00", "--dependants", "2", "--at", "2026-11-22", "--json"
    )
    assert code == 0
    assert (rows[0]["seizable_cents"], rows[0]["floor_cents"]) == (25260, 65169)
    assert "R3252-2" in rows[0]["source"]


def test_plain_text_is_french(capsys):
    assert main(["law", "limit", "SUR-06", "--from", "2026-11-06"]) == 0
    assert "23/11/2026, reporté" in capsys.readouterr().out
    assert main(["law", "get", "HH-02", "--at", "2026-11-22"]) == 0
    assert "651.69 € par mois" in capsys.readouterr().out.replace(",", ".")


def test_no_database_is_needed(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "amiable.cli.main",
            "law",
            "limit",
            "TIME-01",
            "--from",
            "2023-11-05",
            "--json",
        ],
        cwd=tmp_path,
        env={"AMIABLE_HOME": str(tmp_path / "none"), "PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["ends_on"] == "2026-11-05"
    assert not (tmp_path / "none").exists()
