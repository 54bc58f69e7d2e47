"""1 000 letters of one batch: from the approved lines to the printed PDF, the proofs and the positions.

    python bench/letters.py [LETTERS] [--runs N]

Measured on a database of its own: reading figures and texts, the last check (the decision again), typesetting
in one PDF/UA, the deposit list, documents and outbox rows, the file for the printer, the proofs in the diary.
The bare typesetting of the same letters is given beside it, as the floor. Target: 1 000 letters under 10 s.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

TARGET_SECONDS = 10.0
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def set_up(letters: int) -> None:
    """An office whose `letters` tenants owe one month and are due a relance 2 by post."""
    from django.core.management import call_command

    from amiable.accounts.models import Account, AccountTerms
    from amiable.core import clock
    from amiable.intake.models import Import
    from amiable.ledger.models import Entry
    from amiable.outreach.models import Batch, BatchLine
    from amiable.parties.models import Person
    from amiable.procedures import services as procedures
    from tests import factories

    call_command("migrate", verbosity=0)
    today = clock.today()
    of = factories.office(
        "bench", phone="01 99 00 00 00", email="c@exemple.fr", address="1 rue A\n69001 Lyon"
    )
    procedures.install_defaults(office=of, today=date(2026, 1, 1))
    Import.objects.create(
        office=of, list_kind="bank", filename="r", sha256="0" * 64, status="committed", dated_on=today
    )
    persons = Person.objects.bulk_create(
        Person(office=of, last_name=f"Durand{n}", first_name="Samira") for n in range(letters)
    )
    accounts = Account.objects.bulk_create(
        Account(
            office=of,
            ref=f"C{n:07d}",
            person=person,
            nature="loyer",
            address="12 rue des Lilas",
            postcode="69003",
            city="Lyon",
            entered_on=date(2021, 6, 1),
        )
        for n, person in enumerate(persons)
    )
    AccountTerms.objects.bulk_create(
        AccountTerms(account=a, effective_on=date(2021, 6, 1), rent_cents=28000, charges_cents=2000)
        for a in accounts
    )
    due = [today - timedelta(days=12 + 30 * back) for back in range(5)]
    rows = []
    for a in accounts:
        for back, day in enumerate(due):
            owed = {"account": a, "kind": 1, "document_on": day, "due_on": day, "period": day.replace(day=1)}
            rows.append(Entry(**owed, amount_cents=30000, key=10 * back))
            if back:
                paid = day + timedelta(days=3)
                rows.append(
                    Entry(account=a, kind=12, document_on=paid, amount_cents=-30000, key=10 * back + 1)
                )
    Entry.objects.bulk_create(rows, batch_size=2000)
    from amiable.positions import services as positions

    positions.refresh(office=of, as_of=today)
    batch = Batch.objects.create(
        office=of,
        procedure_code="standard",
        step="relance_1",
        step_label="Envoyer la relance 1",
        on=today,
        status=Batch.Status.DISPATCHING,
    )
    BatchLine.objects.bulk_create(
        BatchLine(
            batch=batch,
            account=a,
            person=a.person,
            status=BatchLine.Status.APPROVED,
            channel="post",
            template="relance_1",
            amount_cents=30000,
            prepared_balance_cents=30000,
            prepared_last_payment_on=due[1] + timedelta(days=3),
        )
        for a in accounts
    )


def one_run(letters: int) -> tuple[float, float]:
    """(seconds of the whole dispatch, seconds of its bare typesetting), in a home of its own."""
    from amiable.jobs.models import Job
    from amiable.outreach import compose, dispatch
    from amiable.outreach.models import Batch, BatchLine

    batch = Batch.objects.get()
    job = Job.objects.create(task=dispatch.TASK, arguments={"batch_id": batch.pk}, status="running")
    spent: list[float] = []
    really = compose.typeset.typeset

    def timed(*given):  # type: ignore[no-untyped-def]
        began = time.perf_counter()
        try:
            return really(*given)
        finally:
            spent.append(time.perf_counter() - began)

    compose.typeset.typeset = timed
    began = time.perf_counter()
    counts = dispatch.dispatch_batch(job, batch_id=batch.pk)
    whole = time.perf_counter() - began
    compose.typeset.typeset = really
    assert counts == {BatchLine.Status.SENT.value: letters}, counts
    return whole, spent[0]


def spent_by(used: list[resource.struct_rusage]) -> float:
    """Seconds of processor, which a loaded machine stretches less than the clock."""
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", nargs="?", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        import django

        django.setup()
        set_up(asked.letters)
        before = spent_by([resource.getrusage(resource.RUSAGE_SELF)])
        whole, bare = one_run(asked.letters)
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        peak = max(each.ru_maxrss for each in used) // 1024
        print(f"{whole:.3f} {bare:.3f} {peak} {spent_by(used) - before:.3f}")
        return
    results = [_in_a_home_of_its_own(asked.letters) for _ in range(asked.runs)]
    whole = statistics.median(result[0] for result in results)
    bare = statistics.median(result[1] for result in results)
    peak = max(result[2] for result in results)
    print(
        f"{asked.letters} lettres, médiane de {asked.runs} : {whole:.2f} s (composition seule {bare:.2f} s, "
    )
    cpu = statistics.median(result[3] for result in results)
    print(f"  rapport {whole / bare:.2f}), processeur {cpu:.2f} s sur tous les cœurs, ")
    print(f"  mémoire au plus {peak:.0f} Mo par processus, cible {TARGET_SECONDS:.0f} s")


def _in_a_home_of_its_own(letters: int) -> tuple[float, ...]:
    import subprocess

    with tempfile.TemporaryDirectory() as home:
        environment = {
            **{k: v for k, v in os.environ.items() if k != "AMIABLE_DATABASE_URL"},
            "AMIABLE_HOME": home,
            "DJANGO_SETTINGS_MODULE": "amiable.config.settings",
        }
        command = [sys.executable, __file__, str(letters), "--child"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return tuple(float(part) for part in done.stdout.split())


if __name__ == "__main__":
    main()
