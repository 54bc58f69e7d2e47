"""Kill -9 while letters leave: after the restart each has left once, with its proof."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.consistency.killing import KILLS, Killer, duration
from tests.consistency.office import TENANTS, let_leases_end, open_office, python
from tests.installation import Installation

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("kill_dispatch")]

TODAY = date(2026, 11, 23)
#: Without its letterhead an office's letters are held back: they would have nobody to call.
LETTERHEAD = """
from amiable.core.models import Office
Office.objects.update(
    address="1 quai des Mariniers, 45990 Deux-Rives", phone="02 61 91 00 00", email="office@exemple.fr",
    website="www.exemple.fr", signatory="Le chef de service", payment_means="Virement",
    payment_iban="FR0000000000000000000000000",
)
"""
APPROVE = """
from amiable.core import clock
from amiable.outreach.approval import approve
from amiable.outreach.models import Batch
approve(batch=Batch.objects.get(pk={batch}), actor=None, now=clock.now())
"""
OUTCOME = """select i.status, i.idempotency_key, l.status, l.account_id
    from outreach_batchline l left join correspondence_outboxitem i on i.id = l.outbox_item_id
    where l.batch_id = {batch}"""


def test_letters_killed_anywhere_leave_once(installation: Installation, tmp_path: Path):
    open_office(installation, tmp_path, TODAY)
    python(installation, LETTERHEAD)
    installation.run("nightly", "--as-of", TODAY.isoformat())
    batches = [
        pk
        for (pk,) in installation.rows("select id from outreach_batch where status = 'proposed' order by id")
    ]
    assert len(batches) > 21
    python(installation, APPROVE.format(batch=batches[0]))
    usual = duration(installation, "worker", "--until-idle")
    check(installation, batches[0])
    killer = Killer("dispatch", usual)
    for batch in batches[1 : KILLS + 1]:
        python(installation, APPROVE.format(batch=batch))
        killer.strike(installation, "worker", "--until-idle")
        let_leases_end(installation)
        installation.run("worker", "--until-idle")
        check(installation, batch)
    assert killer.killed >= KILLS // 4, "hardly anything was killed"


def check(installation: Installation, batch: int) -> None:
    """Every letter of the batch left, once, and its diary line is there, once."""
    outcome = installation.rows(OUTCOME.format(batch=batch))
    assert [(item, line) for item, _, line, _ in outcome] == [("sent", "sent")] * TENANTS
    assert len({key for _, key, _, _ in outcome}) == TENANTS
    accounts = ", ".join(str(account) for *_, account in outcome)
    told = installation.rows(
        f"select account_id from diary_diaryentry where kind = 'letter' and account_id in ({accounts})",
    )
    assert Counter(account for (account,) in told) == {account: 1 for *_, account in outcome}
    assert installation.rows(f"select status from outreach_batch where id = {batch}") == [("done",)]
