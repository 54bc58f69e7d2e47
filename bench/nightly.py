"""The night on a large office: reading, facts, decisions, writing; and the pure part against a yardstick.

    python bench/nightly.py [--accounts 83000 830000] [--rounds 3]

About twelve movements an account. SQLite in a temporary folder, or the empty database AMIABLE_DATABASE_URL
names. Each size runs in a process of its own, so that its peak of memory is its own. Quote ratios of one run:
times move with the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET_RATIO, TARGET_SECONDS, TARGET_MB = 3, 60, 2048


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[83_000, 830_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.rounds)))
        return 0
    found = [in_own_process(count, arguments.rounds) for count in arguments.accounts]
    for each in found:
        tell(each)
    if len(found) > 1:
        first, last = found[0], found[-1]
        growth = (last["night_s"] / first["night_s"]) / (last["movements"] / first["movements"])
        print(f"croissance du temps par mouvement, du plus petit au plus grand : x {growth:.2f}")
    return 0


def in_own_process(count: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "AMIABLE_HOME": home, "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}"}
        command = [sys.executable, __file__, "--one", str(count), "--rounds", str(rounds)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def tell(each: dict[str, Any]) -> None:
    print(
        f"{each['database']}, {each['accounts']} comptes, {each['movements']} mouvements\n"
        f"  étalon Polars {each['yardstick_s']:.2f} s ; faits et décision {each['pure_s']:.2f} s "
        f"= x {each['pure_s'] / each['yardstick_s']:.1f} (visé {TARGET_RATIO}) ; avec les faits des autres "
        f"pièces {each['facts_s']:.2f} s = x {each['facts_s'] / each['yardstick_s']:.1f}\n"
        f"  nuit entière {each['night_s']:.1f} s (visé {TARGET_SECONDS} pour 10 millions), positions "
        f"{each['positions_s']:.1f} s, processeur {each['night_cpu_s']:.1f} s, "
        f"lendemain {each['next_night_s']:.1f} s\n"
        f"  mémoire {each['peak_mb']} Mo (visé {TARGET_MB}), charge de la machine {each['load']:.1f}"
    )


def measure(count: int, rounds: int) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "amiable.config.settings"
    import django

    django.setup()
    import ledgers
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    movements = ledgers.fill(count)
    connection.close()
    night = nights()
    return {
        "database": connection.vendor,
        "accounts": count,
        "movements": movements,
        **night,
        **pure(rounds),
        "load": os.getloadavg()[0],
    }


def nights() -> dict[str, Any]:
    """Two nights in a row: the first writes every position, the second only brings them a day further."""
    from datetime import timedelta

    from ledgers import AS_OF

    from amiable.core import clock
    from amiable.core.models import Office
    from amiable.nightly import services

    office, times, steps, processor = Office.objects.get(), [], [], []
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        begun, cpu = time.perf_counter(), time.process_time()
        steps.append(services.run(office=office, as_of=day, now=clock.now()))
        times.append(time.perf_counter() - begun)
        processor.append(time.process_time() - cpu)
    positions = next(step.seconds for step in steps[0] if step.step == "positions")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "night_s": times[0],
        "night_cpu_s": processor[0],
        "next_night_s": times[1],
        "positions_s": positions,
        "peak_mb": peak,
    }


def pure(rounds: int) -> dict[str, float]:
    """On frames already read, slice by slice: yardstick, figures and decisions, then all rooms with them."""
    import polars as pl
    from ledgers import AS_OF
    from yardstick import yardstick

    from amiable.core.models import Office
    from amiable.domain.settlement.figures import figures
    from amiable.ledger.facts import Ledger, read_ledger, spans
    from amiable.positions.facts import rules
    from amiable.positions.services import positions

    office = Office.objects.get()
    known = rules(office, AS_OF)
    slices = [read_ledger(office.pk, span) for span in spans(office.pk)]
    whole = pl.concat([each.entries for each in slices])

    def decide(ledger: Ledger) -> None:
        told = figures(ledger.entries, ledger.accounts, ledger.terms, AS_OF, known.parameters)
        own = told.filter(pl.col("overdue_cents") > 0)
        known.book.decide(own.join(ledger.accounts.select("account_id", "nature"), on="account_id"), AS_OF)

    def over(work: Callable[[Ledger], object]) -> Callable[[], None]:
        return lambda: [work(each) for each in slices] and None

    runs: dict[str, Callable[[], object]] = {
        "yardstick_s": lambda: yardstick(whole, AS_OF),
        "pure_s": over(decide),
        "facts_s": over(lambda ledger: positions(ledger, known)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            begun = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in times.items()}


if __name__ == "__main__":
    sys.exit(main())
