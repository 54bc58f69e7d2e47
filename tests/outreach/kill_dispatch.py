"""Run by test_kill: dispatch a batch of SMS and letters while being killed at chosen moments.

A home of its own (AMIABLE_HOME), a fork per attempt: the child kills itself (SIGKILL) just before its n-th
database statement or its n-th file. Prints what was found at the end as one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from amiable.core import clock  # noqa: E402
from amiable.correspondence import ways_out  # noqa: E402
from amiable.correspondence.models import Document, OutboxItem  # noqa: E402
from amiable.diary.models import DiaryEntry  # noqa: E402
from amiable.intake.models import Import  # noqa: E402
from amiable.jobs import worker  # noqa: E402
from amiable.jobs.models import Job  # noqa: E402
from amiable.outreach.models import Batch, BatchLine  # noqa: E402
from amiable.procedures import services as procedures  # noqa: E402
from tests import factories  # noqa: E402

TODAY = clock.today()
NOW = clock.now().replace(hour=10)
PEOPLE = 12


def set_up() -> None:
    """Two approved batches: 12 SMS and 12 letters, without running the engine before the forks."""
    call_command("migrate", verbosity=0)
    of = factories.office("kill", phone="01 99 00 00 00", email="c@exemple.fr", address="1 rue A\n69001 Lyon")
    procedures.install_defaults(office=of, today=date(2026, 1, 1))
    Import.objects.create(
        office=of, list_kind="bank", filename="r", sha256="0" * 64, status="committed", dated_on=TODAY
    )
    for step, channel, template, late in (
        ("sms_rappel", "sms", "sms_rappel", 4),
        ("relance_1", "post", "relance_1", 12),
    ):
        batch = Batch.objects.create(
            office=of,
            procedure_code="standard",
            step=step,
            step_label=step,
            template=template,
            on=TODAY,
            status=Batch.Status.APPROVED,
            approved_at=NOW,
            not_before_at=NOW,
        )
        for _ in range(PEOPLE):
            account = factories.account(of)
            if channel == "sms":
                factories.contact(account.person)
            factories.terms(account)
            factories.debit(account, TODAY - timedelta(days=late), 30000)
            factories.position(account, TODAY, overdue=30000)
            BatchLine.objects.create(
                batch=batch,
                account=account,
                person=account.person,
                status=BatchLine.Status.APPROVED,
                channel=channel,
                template=template,
                amount_cents=30000,
                prepared_balance_cents=30000,
            )


def run(kill_at: int | None) -> int:
    """One worker in a child process; returns how it ended (0: nothing left to do)."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            if kill_at is not None and count >= kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        def counted(execute, sql, params, many, context):
            step()
            return execute(sql, params, many, context)

        really_link = os.link

        def link(*args, **kwargs):
            really_link(*args, **kwargs)
            step()

        os.link = link
        connection.execute_wrappers.append(counted)
        clock.now = lambda: NOW
        worker.run_until_idle("child", NOW)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def time_passes() -> None:
    """The leases of the dead run out."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(status="running").update(lease_until_at=past, attempts=0)
    OutboxItem.objects.filter(status="sending").update(lease_until_at=past)


def main(moments: int, seed: int) -> None:
    set_up()
    rolled = random.Random(seed)
    kills = 0
    for _ in range(moments):
        kills += run(rolled.randint(10, 50)) != 0
        time_passes()
    while run(None) != 0:
        time_passes()
    post = ways_out.spool_dir() / "post"
    print(
        json.dumps(
            {
                "kills": kills,
                "lines": sorted(BatchLine.objects.values_list("status", flat=True)),
                "items": sorted(OutboxItem.objects.values_list("status", flat=True)),
                "batches": sorted(Batch.objects.values_list("status", flat=True)),
                "sms": len(list((ways_out.spool_dir() / "sms").glob("*.json"))),
                "printed": len(list(post.glob("*.pdf"))),
                "proofs": DiaryEntry.objects.filter(kind__in=["sms", "letter"]).count(),
                "merged": Document.objects.filter(code="lot").count(),
                "letters": Document.objects.filter(code="relance_1").count(),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
