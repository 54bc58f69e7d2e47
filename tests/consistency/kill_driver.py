"""Run inside an installation: a season of an office's work, each act killed -9 at a random moment, then begun
again as its officer would; with no kills, the same season undisturbed.

    python kill_driver.py ROUNDS SEED kills|quiet

A child is forked for each act, from a parent that read the code and computed nothing; a kill costs no start.
Prints one line of JSON: how many acts were begun and how many were killed, by kind.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as at

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from amiable.accounts.models import Account  # noqa: E402
from amiable.bank import confirm  # noqa: E402
from amiable.bank.models import BankTransaction  # noqa: E402
from amiable.core.clock import PARIS  # noqa: E402
from amiable.core.models import Office, User  # noqa: E402
from amiable.correspondence.models import OutboxItem  # noqa: E402
from amiable.demo.bank import Credit, cfonb120  # noqa: E402
from amiable.domain.errors import DomainError  # noqa: E402
from amiable.intake.services import import_list  # noqa: E402
from amiable.jobs import worker  # noqa: E402
from amiable.jobs.models import Job  # noqa: E402
from amiable.nightly import services as nightly  # noqa: E402
from amiable.nightly.models import NightlyStep  # noqa: E402
from amiable.outreach.approval import approve  # noqa: E402
from amiable.outreach.models import Batch  # noqa: E402
from amiable.positions.models import StaleMark  # noqa: E402
from amiable.positions.stale import refresh_now  # noqa: E402

FIRST = date(2026, 11, 23)
HEADER = "compte;date_piece;date_echeance;type;debit;credit;reference\n"
Act = Callable[[date], None]


def _take(kind: str, data: bytes, day: date) -> None:
    """A file already in is refused whole: then it was whole."""
    office = Office.objects.get()
    try:
        import_list(office=office, list_kind=kind, data=data, filename=f"{kind}-{day}", actor=None, today=day)
    except DomainError as refusal:
        if "déjà" not in refusal.message_fr:
            raise


def movements(day: date) -> None:
    refs = Account.objects.order_by("ref").values_list("ref", flat=True)
    rows = (f"{ref};{day};{day};quittance;{100 + n},00;;Q{day:%m%d}" for n, ref in enumerate(refs))
    _take("movements", (HEADER + "\n".join(rows) + "\n").encode(), day)


def bank(day: date) -> None:
    yesterday = day - timedelta(days=1)
    cents = 1_000 + (day - FIRST).days
    ref = _account(day).ref
    credits = [Credit(yesterday, cents, f"VIR LOYER {ref}"), Credit(yesterday, 77_000 + cents, "VIR INCONNU")]
    _take("bank", cfonb120(credits, 0, yesterday, yesterday), day)


def _account(day: date) -> Account:
    known = list(Account.objects.order_by("ref"))
    return known[(day - FIRST).days % len(known)]


def _unknown(day: date) -> BankTransaction:
    return BankTransaction.objects.get(label__contains="INCONNU", amount_cents=78_000 + (day - FIRST).days)


def answer(day: date) -> None:
    row, account = _unknown(day), _account(day)
    if row.entry_id is None:
        confirm.confirm(row=row, account=account, actor=User.objects.get(), today=day)
    refresh_now(office=row.office, account_ids=[account.pk], today=day)


def put_back(day: date) -> None:
    row, account = _unknown(day), _account(day)
    if row.entry_id is not None:
        confirm.put_back(row=row, actor=User.objects.get(), today=day)
    refresh_now(office=row.office, account_ids=[account.pk], today=day)


def night(day: date) -> None:
    nightly.run(office=Office.objects.get(), as_of=day, now=_now(day))


def dispatch(day: date) -> None:
    for batch in Batch.objects.filter(on=day, status="proposed").order_by("pk"):
        approve(batch=batch, actor=None, now=_now(day))
    worker.run_until_idle(now=_now(day))


ACTS: tuple[Act, ...] = (movements, bank, answer, put_back, night, dispatch)


def _now(day: date) -> datetime:
    return datetime.combine(day, at(10, 30), PARIS)


def catch_up(day: date) -> None:
    worker.run_until_idle(now=_now(day))


def child(act: Act, day: date) -> int:
    """The act, in a process of its own."""
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        act(day)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def to_its_end(act: Act, day: date) -> float:
    started = time.monotonic()
    _, status = os.waitpid(child(act, day), 0)
    assert status == 0, f"{act.__name__} of {day} failed"
    return time.monotonic() - started


def strike(act: Act, day: date, seconds: float) -> bool:
    """Whether it was killed before its end."""
    pid = child(act, day)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0, f"{act.__name__} of {day} failed"
            return False
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def let_leases_end(day: date) -> None:
    """As when minutes have passed since it died."""
    past = timezone.now() - timedelta(days=1)
    Job.objects.filter(status="running").update(lease_until_at=past)
    OutboxItem.objects.filter(status="sending").update(lease_until_at=past)
    StaleMark.objects.update(not_before_at=past)
    NightlyStep.objects.exclude(lease_until_at=None).update(lease_until_at=past)


def main(rounds: int, seed: str, *, kills: bool) -> None:
    rng = random.Random(seed)
    usual: dict[str, float] = {}
    begun: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for number in range(rounds):
        day = FIRST + timedelta(days=number)
        os.environ["AMIABLE_TODAY"] = day.isoformat()
        for act in ACTS:
            name = act.__name__
            begun[name] += 1
            if kills and name in usual:
                killed[name] += strike(act, day, rng.uniform(0, usual[name]))
                to_its_end(let_leases_end, day)
            spent = to_its_end(act, day)
            usual[name] = min(spent, usual.get(name, spent))
            if kills:
                to_its_end(let_leases_end, day)
        to_its_end(catch_up, day)
    print(json.dumps({"begun": begun, "killed": killed}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], kills=sys.argv[3] == "kills")
