"""A season of imports, bank statements, answers, put-backs, nights and letters, killed anywhere in each: what
remains is what the same season gives undisturbed, row for row."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.consistency.killing import KILLS
from tests.consistency.office import open_office, python
from tests.consistency.test_kill_dispatch import LETTERHEAD
from tests.installation import Installation

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("kill_season")]

DRIVER = Path(__file__).parent / "kill_driver.py"
KINDS = 6
#: The first round of each kind is not killed: it tells how long one takes.
ROUNDS = -(-KILLS // KINDS) + 1
#: Nothing of these may differ. Ids and moments are not compared: one act begun again has others.
SAME = {
    "positions": """select account_id, as_of, balance_cents, overdue_cents, age_days, next_step, next_step_on,
        queue, priority, held_by, why from positions_accountposition""",
    "ledger": """select account_id, kind, document_on, due_on, amount_cents, key, reference,
        reverses_id is null from ledger_entry""",
    "bank": "select label, amount_cents, status, entry_id is null from intake_banktransaction",
    "imports": "select list_kind, filename, status from intake_import where status = 'committed'",
    "diary": 'select account_id, kind, step, outcome, "on", key is null from diary_diaryentry',
    "letters": "select idempotency_key, status, channel from correspondence_outboxitem",
    "batches": """select b.step, b."on", b.status, l.account_id, l.status, l.channel, l.amount_cents
        from outreach_batch b join outreach_batchline l on l.batch_id = b.id""",
    "journal": "select verb, account_id, count(*) from core_auditevent group by 1, 2",
    "nights": "select as_of, step, partition, done_at is null from nightly_nightlystep",
    "left over": "select 'mark', count(*) from positions_stalemark union all "
    "select 'job', count(*) from jobs_job where status <> 'done'",
}


def season(installation: Installation, how: str) -> dict[str, dict[str, int]]:
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "amiable.config.settings"}
    command = [sys.executable, str(DRIVER), str(ROUNDS), "season", how]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=7_200)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def told(installation: Installation) -> dict[str, Any]:
    found: dict[str, Any] = {name: sorted(map(str, installation.rows(query))) for name, query in SAME.items()}
    sent = installation.home / "spool"
    found["files"] = sorted(path.name for path in sent.rglob("*") if path.is_file())
    return found


def test_a_season_killed_anywhere_is_the_season_undisturbed(installation: Installation, tmp_path: Path):
    begins = date(2026, 11, 22)
    open_office(installation, tmp_path, begins, agencies=ROUNDS + 1, tenants=2, apart=1)
    installation.extra["AMIABLE_PASSWORD"] = "un mot de passe assez long"
    installation.run("user", "add", "anne", "--role", "service_head")
    python(installation, LETTERHEAD)
    quiet = installation.copy(tmp_path / "quiet")
    season(quiet, "quiet")
    count = season(installation, "kills")
    print(count)
    expected, found = told(quiet), told(installation)
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert all(expected[name] for name in SAME)
    for name, begun in count["begun"].items():
        assert count["killed"].get(name, 0) >= (begun - 1) // 4, (
            f"{name}: hardly anything was killed: {count}"
        )
    installation.today = date.fromordinal(begins.toordinal() + ROUNDS).isoformat()
    installation.run("positions", "check")
