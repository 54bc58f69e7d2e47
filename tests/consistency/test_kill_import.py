"""Kill -9 in the middle of imports: after the restart nothing is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.consistency.killing import KILLS, Killer, duration
from tests.installation import Installation

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("kill_import")]

ACCOUNTS = 400
MONTHS = 10


def accounts_list(path: Path) -> Path:
    rows = [f"K{n:05d};Bernard;Anne {n};520,00;80,00;present" for n in range(ACCOUNTS)]
    path.write_text("\n".join(["compte;nom;prenom;loyer;charges;statut", *rows]) + "\n")
    return path


def movements_list(path: Path, year: int) -> Path:
    """Every month of a year for every account: a quittance of 600,00 and a payment of 450,00."""
    rows = ["compte;date_piece;date_echeance;type;debit;credit;reference"]
    for month in range(1, MONTHS + 1):
        for n in range(ACCOUNTS):
            day = f"{year}-{month:02d}"
            rows.append(f"K{n:05d};{day}-01;{day}-05;quittance;600,00;;Q{year}{month:02d}")
            rows.append(f"K{n:05d};{day}-09;;encaissement;;450,00;P{year}{month:02d}")
    path.write_text("\n".join(rows) + "\n")
    return path


def ledger(installation: Installation) -> tuple[int, int, int]:
    """(entries, sum in cents, committed imports)."""
    entries = installation.rows("select count(*), coalesce(sum(amount_cents), 0) from ledger_entry")[0]
    imports = installation.rows("select count(*) from intake_import where status = 'committed'")[0]
    if not installation.database:
        assert installation.rows("pragma integrity_check") == [("ok",)]
    return (*entries, *imports)


def test_an_import_killed_anywhere_is_whole_or_absent(installation: Installation, tmp_path: Path):
    installation.run("import", "accounts", str(accounts_list(tmp_path / "accounts.csv")))
    rows, cents = ACCOUNTS * MONTHS * 2, ACCOUNTS * MONTHS * (60_000 - 45_000)
    usual = duration(installation, "import", "movements", str(movements_list(tmp_path / "first.csv", 1990)))
    done, killer = 1, Killer("import", usual)
    assert ledger(installation) == (rows, cents, 2)
    for number in range(KILLS):
        file = str(movements_list(tmp_path / f"{number}.csv", 1991 + number))
        killer.strike(installation, "import", "movements", file)
        after = ledger(installation)
        assert after in (
            (done * rows, done * cents, done + 1),
            ((done + 1) * rows, (done + 1) * cents, done + 2),
        )
        # The officer starts again: a file already in is refused whole, one that was lost is taken whole.
        already = after[0] > done * rows
        installation.run("import", "movements", file, expect=1 if already else 0)
        done += 1
        assert ledger(installation) == (done * rows, done * cents, done + 1)
    assert killer.killed >= KILLS // 4, "hardly anything was killed"


def test_two_imports_at_once_of_one_file_post_it_once(installation: Installation, tmp_path: Path):
    installation.run("import", "accounts", str(accounts_list(tmp_path / "accounts.csv")))
    file = str(movements_list(tmp_path / "movements.csv", 2026))
    both = [installation.start("import", "movements", file) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)
    assert sorted(process.returncode for process in both) == [0, 1]
    assert ledger(installation) == (ACCOUNTS * MONTHS * 2, ACCOUNTS * MONTHS * 15_000, 2)
