"""Killed just after a transaction, before what follows it: the positions are brought up to date."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from amiable.demo.bank import Credit, cfonb120
from tests.consistency.office import let_leases_end, write
from tests.installation import Installation

pytestmark = pytest.mark.xdist_group("kill_refresh")

TODAY = date(2026, 11, 23)
#: The process dies where the recalculation would begin, as at a power cut.
DIES = """
import os, django
django.setup()
from amiable.positions import stale
stale.refresh = lambda **given: os._exit(9)
"""
ASKED = """
from amiable.core import clock
from amiable.core.models import User
from amiable.bank.models import BankTransaction
from amiable.bank import confirm
from amiable.accounts.models import Account
from amiable.positions.stale import refresh_now
actor, today = User.objects.get(), clock.today()
account = Account.objects.get(ref="KAYEUR2")
row = BankTransaction.objects.get(label__contains="INCONNU")
confirm.{call}
refresh_now(office=row.office, account_ids=[account.pk], today=today)
"""
CONFIRMED = ASKED.format(call="confirm(row=row, account=account, actor=actor, today=today)")
PUT_BACK = ASKED.format(call="put_back(row=row, actor=actor, today=today)")
COMMAND = "from amiable.cli.main import main\nraise SystemExit(main({arguments!r}))"


@pytest.fixture
def office(installation: Installation, tmp_path: Path) -> Installation:
    installation.today = TODAY.isoformat()
    due = TODAY - timedelta(days=12)
    write(
        tmp_path / "accounts.csv",
        [
            "compte;nom;prenom;adresse;code_postal;ville;agence;loyer;charges;statut",
            *(
                f"KAYEUR{n};Bernard;Anne {n};1 rue du Bac;45990;Deux-Rives;AG1;500,00;80,00;present"
                for n in (1, 2)
            ),
        ],
    )
    write(
        tmp_path / "moves.csv",
        [
            "compte;date_piece;date_echeance;type;debit;credit;reference",
            *(f"KAYEUR{n};{due};{due};quittance;580,00;;Q1" for n in (1, 2)),
        ],
    )
    yesterday = TODAY - timedelta(days=1)
    credits = [Credit(yesterday, 58_000, "VIR LOYER KAYEUR1"), Credit(yesterday, 12_345, "VIR INCONNU")]
    (tmp_path / "bank.txt").write_bytes(cfonb120(credits, 0, yesterday, yesterday))
    installation.run("import", "accounts", str(tmp_path / "accounts.csv"))
    installation.extra["AMIABLE_PASSWORD"] = "un mot de passe assez long"
    installation.run("user", "add", "anne", "--role", "service_head")
    return installation


def killed(installation: Installation, code: str) -> None:
    """Run code that dies at the recalculation, and stay as long as its lease lasts."""
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "amiable.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", DIES + code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 9, done.stderr
    installation.run("positions", "check", expect=1)
    let_leases_end(installation)


def test_what_follows_a_transaction_is_done_though_its_process_died(office: Installation, tmp_path: Path):
    for kind, name in (("movements", "moves.csv"), ("bank", "bank.txt")):
        killed(office, COMMAND.format(arguments=["import", kind, str(tmp_path / name)]))
        office.run("worker", "--until-idle")
        office.run("positions", "check")
    for act in (CONFIRMED, PUT_BACK):
        killed(office, act)
        office.run("worker", "--until-idle")
        office.run("positions", "check")
    # Without a worker, the night does it.
    killed(office, CONFIRMED)
    office.run("nightly")
    office.run("positions", "check")
    assert office.rows("select count(*) from positions_stalemark") == [(0,)]
