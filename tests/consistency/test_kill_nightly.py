"""Kill -9 in the middle of nights: resumed, they end as if nothing had happened."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import postgresql
from tests.consistency.killing import KILLS, Killer, duration
from tests.consistency.office import let_leases_end, open_office
from tests.installation import Installation

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("kill_nightly")]

FIRST = date(2026, 11, 2)
#: Three whole nights for each kill: on PostgreSQL, where a process takes longer to start, two fifths of them.
NIGHTS = KILLS * 2 // 5 if postgresql.given_url() else KILLS
POSITIONS = """select account_id, as_of, balance_cents, overdue_cents, age_days, months_of_rent, next_step,
    next_step_on, priority, held_by, why from positions_accountposition order by account_id"""
BATCHES = """select b.step, b."on", b.status, l.account_id, l.status, l.channel, l.amount_cents
    from outreach_batch b join outreach_batchline l on l.batch_id = b.id
    where b."on" = '{day}' order by 1, 4"""
DIARY = "select account_id, kind, step, key from diary_diaryentry order by 1, 2, 3, 4"


def test_a_night_killed_anywhere_ends_like_an_undisturbed_one(installation: Installation, tmp_path: Path):
    open_office(installation, tmp_path, FIRST)
    quiet = installation.copy(tmp_path / "quiet")
    usual = duration(installation, "nightly", "--as-of", FIRST.isoformat())
    killer = Killer("nightly", usual)
    for number in range(NIGHTS):
        day = (FIRST + timedelta(days=number + 1)).isoformat()
        installation.today = quiet.today = day
        killer.strike(installation, "nightly", "--as-of", day)
        let_leases_end(installation)
        installation.run("nightly", "--as-of", day)
        quiet.run("nightly", "--as-of", day)
        for query in (POSITIONS, BATCHES.format(day=day), DIARY):
            assert installation.rows(query) == quiet.rows(query), day
        assert installation.rows("select count(*) from nightly_nightlystep where done_at is null") == [(0,)]
    assert killer.killed >= NIGHTS // 4, "hardly anything was killed"
    # Running it again changes nothing.
    before = [installation.rows(query) for query in (POSITIONS, DIARY)]
    installation.run("nightly", "--as-of", installation.today)
    assert [installation.rows(query) for query in (POSITIONS, DIARY)] == before
    installation.run("positions", "check")
