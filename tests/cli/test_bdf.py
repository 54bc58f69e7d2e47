"""`amiable bdf recevabilite|effacement` on an installation whose lists were typed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import Installation

TODAY = "2026-11-23"
RECEIVED, DECIDED = "2026-09-15", "2026-10-20"
ACCOUNTS = """\
compte;nom;prenom;loyer;charges;statut
L1;Fontaine;Rose;270,00;30,00;present
L2;Bernard;Anne;270,00;30,00;present
"""
#: 300 a month from July, due on the 5th; July paid, then October's payment.
MOVES = """\
compte;date_piece;date_echeance;type;debit;credit;reference
L1;2026-07-05;2026-07-05;quittance;300,00;;Q07
L1;2026-07-20;;encaissement;;300,00;P07
L1;2026-08-05;2026-08-05;quittance;300,00;;Q08
L1;2026-09-05;2026-09-05;quittance;300,00;;Q09
L1;2026-10-05;2026-10-05;quittance;300,00;;Q10
L1;2026-11-05;2026-11-05;quittance;300,00;;Q11
L2;2026-11-05;2026-11-05;quittance;300,00;;Q11
"""


@pytest.fixture
def desk(installation: Installation, tmp_path: Path) -> Installation:
    installation.today = TODAY
    for kind, text in (("accounts", ACCOUNTS), ("movements", MOVES)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        installation.run("import", kind, str(file))
    return installation


def ledger(desk: Installation) -> tuple[int, int]:
    return desk.rows("select count(*), sum(amount_cents) from ledger_entry")[0]


def test_the_split_then_the_erasure_each_once(desk):
    first = desk.lines("bdf", "recevabilite", "L1", "--on", RECEIVED)[0]
    assert first["changed"] is True
    assert (first["frozen_cents"], first["due_after_cents"]) == (60_000, 60_000)
    assert first["ends_on"] == "2028-09-15"
    again = desk.lines("bdf", "recevabilite", "L1", "--on", RECEIVED)[0]
    assert again == first | {"changed": False}

    before = ledger(desk)
    done = desk.lines("bdf", "effacement", "L1", "--on", DECIDED)[0]
    assert done["changed"] is True
    assert [(line["due_on"], line["part"], line["cents"]) for line in done["erased"]] == [
        ("2026-08-05", "A", 30_000),
        ("2026-09-05", "A", 30_000),
        ("2026-10-05", "B", 30_000),
    ]
    assert (done["erased_cents"], done["kept_cents"]) == (90_000, 30_000)
    after = ledger(desk)
    assert after == (before[0] + 3, before[1] - 90_000)
    more = desk.lines("bdf", "effacement", "L1", "--on", DECIDED)[0]
    assert (more["changed"], more["erased"], more["kept_cents"]) == (False, [], 30_000)
    assert ledger(desk) == after


def test_an_erasure_without_any_recevabilite_known_here(desk):
    """The decision may be the first news of the dossier: there is one part then, and it is erased."""
    told = desk.run("bdf", "effacement", "L1", "--on", DECIDED).stdout
    assert "900,00\u00a0€ effacés au 20/10/2026" in told.replace("\u202f", "\u00a0")
    assert "déjà appliqué" in desk.run("bdf", "effacement", "L1", "--on", DECIDED).stdout


def test_a_person_can_read_it(desk):
    told = desk.run("bdf", "recevabilite", "L1", "--on", RECEIVED).stdout
    assert "L1 : recevabilité enregistrée au 15/09/2026." in told
    assert "rien n’a changé" in desk.run("bdf", "recevabilite", "L1", "--on", RECEIVED).stdout


def test_what_cannot_be_is_refused_in_french_and_changes_nothing(desk):
    desk.run("bdf", "recevabilite", "L1", "--on", RECEIVED)
    before = ledger(desk)
    holds = desk.rows("select count(*) from diary_hold")
    for arguments, words in (
        (("recevabilite", "L9", "--on", RECEIVED), "Aucun compte ne porte la référence « L9 »"),
        (("recevabilite", "L1", "--on", "2026-10-01"), "15/09/2026 est déjà notée"),
        (("recevabilite", "L2", "--on", "2026-11-24"), "avenir"),
        (("effacement", "L1", "--on", "2026-11-24"), "avenir"),
    ):
        done = desk.run("bdf", *arguments, "--json", expect=1)
        assert (done.stdout, "Traceback" in done.stderr) == ("", False)
        assert words in done.stderr
    assert (ledger(desk), desk.rows("select count(*) from diary_hold")) == (before, holds)


@pytest.mark.parametrize(
    "arguments",
    [
        ("recevabilite", "L1"),
        ("effacement", "L1", "--on", "20/10/2026"),
        ("effacement", "--on", DECIDED),
        ("effacer", "L1", "--on", DECIDED),
    ],
)
def test_a_command_badly_typed_is_exit_2(tmp_path, arguments):
    done = Installation(tmp_path / "home", TODAY).run("bdf", *arguments, expect=2)
    assert done.stdout == ""
    assert "usage" in done.stderr.lower()
    assert "Traceback" not in done.stderr
