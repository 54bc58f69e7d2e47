"""Intake of one million movements against a plain-Python pass over the same rows.

    python bench/intake.py [ROWS] [--runs N]

Yardstick: csv.reader, dates and amounts parsed row by row, a dictionary of balances; nothing is written.
Measured: `amiable import movements` as the command runs it (reading, checks, duplicates, database, report).
A second file of the same size whose rows are all known measures the search for duplicates.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

TARGET = 12.0
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference"


def movements(rows: int, accounts: int) -> bytes:
    """Twelve rows a year per account: quittances, aid, payments, a few rejets and rows without reference."""
    chance = random.Random(7)
    lines = [HEADER]
    for number in range(rows):
        account, month = f"L{number % accounts:06d}", number // accounts % 12 + 1
        day, kind, reference = f"05/{month:02d}/2026", number % 25, f"R{number}"
        cents = f"{chance.randint(100, 999)},{chance.randint(0, 99):02d}"
        if kind < 13:
            lines.append(
                f"{account};{day};{day};{month:02d}/2026;quittance;LOY;Quittance;{cents};;{reference}"
            )
        elif kind < 16:
            lines.append(f"{account};{day};;{month:02d}/2026;apl;APL;APL {month:02d};;{cents};{reference}")
        elif kind < 24:
            lines.append(
                f"{account};{day};;;encaissement;;Prélèvement;;{cents};{reference if kind < 22 else ''}"
            )
        else:
            lines.append(f"{account};{day};;;rejet;;Rejet AM04;{cents};;{reference}")
    return ("\n".join(lines) + "\n").encode()


def plain_pass(data: bytes) -> dict[str, int]:
    """What anybody would write: one row after the other, the date and the two amounts read."""
    balances: dict[str, int] = {}
    rows = csv.reader(io.StringIO(data.decode()), delimiter=";")
    next(rows)
    for account, document_on, _, _, _, _, _, debit, credit, _ in rows:
        day, month, year = document_on.split("/")
        date(int(year), int(month), int(day))
        cents = int(debit.replace(",", "") or 0) - int(credit.replace(",", "") or 0)
        balances[account] = balances.get(account, 0) + cents
    return balances


def timed(function: Any, *arguments: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def prepare(accounts: int) -> Any:
    """A fresh office with its accounts."""
    from django.core.management import call_command

    from amiable.accounts.models import Account
    from amiable.core.models import Office
    from amiable.parties.models import Person

    call_command("migrate", verbosity=0)
    office = Office.objects.create(code=f"bench{time.time_ns()}", name="Banc", kind="landlord")
    people = [Person(office=office, last_name=f"P{n}") for n in range(accounts)]
    Person.objects.bulk_create(people, batch_size=5000)
    made = [Account(office=office, ref=f"L{n:06d}", person=p, nature="loyer") for n, p in enumerate(people)]
    Account.objects.bulk_create(made, batch_size=5000)
    return office


def load(office: Any, data: bytes) -> Any:
    from amiable.intake.services import import_list

    return import_list(
        office=office,
        list_kind="movements",
        data=data,
        filename="m.csv",
        actor=None,
        today=date(2026, 11, 22),
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.config.settings")
    os.environ.setdefault("AMIABLE_HOME", tempfile.mkdtemp(prefix="amiable-bench-"))
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import django

    django.setup()
    from django.db import connection

    accounts = max(arguments.rows // 12, 1)
    data = movements(arguments.rows, accounts)
    plain = statistics.median(timed(plain_pass, data)[0] for _ in range(arguments.runs))
    taken: list[float] = []
    again: list[float] = []
    for _ in range(arguments.runs):
        office = prepare(accounts)
        seconds, report = timed(load, office, data)
        assert report.accepted == arguments.rows, (report.accepted, report.errors[:3])
        taken.append(seconds)
        seconds, report = timed(load, office, data + b"\n")
        assert report.duplicates == arguments.rows
        again.append(seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{connection.vendor}: {arguments.rows} mouvements, {accounts} comptes, {len(data) // 1_000_000} Mo"
    )
    print(f"lecture simple en Python : {plain:.2f} s")
    ratio = statistics.median(taken) / plain
    print(
        f"import, écriture comprise : {statistics.median(taken):.2f} s, {ratio:.1f} fois "
        f"(objectif {TARGET:.0f})"
    )
    second = statistics.median(again)
    print(f"le même contenu, tout en doublon : {second:.2f} s, {second / plain:.1f} fois")
    print(f"mémoire au plus haut : {memory} Mo")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
