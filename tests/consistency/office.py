"""An office with late tenants in many agencies, its bank up to date: what nights and batches work on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from amiable.demo.bank import Credit, cfonb120
from tests.installation import Installation

AGENCIES = 24
TENANTS = 6


def open_office(
    installation: Installation,
    folder: Path,
    today: date,
    *,
    agencies: int = AGENCIES,
    tenants: int = TENANTS,
    apart: int = 0,
) -> None:
    """Agencies of tenants without telephone nor e-mail: letters. The first ones' are twelve days late, the
    others' `apart` days after one another."""
    accounts = ["compte;nom;prenom;adresse;code_postal;ville;agence;loyer;charges;statut"]
    moves = ["compte;date_piece;date_echeance;type;debit;credit;reference"]
    for agency in range(agencies):
        due = today + timedelta(days=apart * agency - 12)
        for tenant in range(tenants):
            ref = f"K{agency:02d}{tenant:02d}"
            place = f"{tenant + 1} rue du Bac;45990;Deux-Rives;AG{agency:02d}"
            accounts.append(f"{ref};Bernard;Anne {agency} {tenant};{place};500,00;80,00;present")
            moves.append(f"{ref};{due};{due};quittance;580,00;;Q1")
    # The statement's one credit is known, so that it could be nobody else's.
    accounts.append("PAYEUR1;Payeur;Jean;1 rue du Bac;45990;Deux-Rives;AG99;500,00;80,00;present")
    write(folder / "accounts.csv", accounts)
    write(folder / "moves.csv", moves)
    yesterday = today - timedelta(days=1)
    statement = cfonb120([Credit(yesterday, 58_000, "VIR LOYER PAYEUR1")], 0, yesterday, yesterday)
    (folder / "bank.txt").write_bytes(statement)
    installation.today = today.isoformat()
    for kind, name in (("accounts", "accounts.csv"), ("movements", "moves.csv"), ("bank", "bank.txt")):
        installation.run("import", kind, str(folder / name))


def write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n")


def let_leases_end(installation: Installation) -> None:
    """As when minutes have passed since the worker died."""
    past = "'2000-01-01 00:00:00'"
    installation.write(
        f"update jobs_job set lease_until_at = {past} where status = 'running'",
        f"update correspondence_outboxitem set lease_until_at = {past} where status = 'sending'",
        f"update positions_stalemark set not_before_at = {past}",
        f"update nightly_nightlystep set lease_until_at = {past} where lease_until_at is not null",
    )


def python(installation: Installation, code: str) -> str:
    """Run code inside the installation, Django ready: what an officer's click does."""
    start = "import django; django.setup()\n"
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "amiable.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", start + code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
