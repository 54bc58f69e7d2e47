"""Kill -9 at any moment of a dispatch: nothing lost, nothing sent twice (acceptance 4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("kill_dispatch.py")
ROOT = SCRIPT.parents[2]


@pytest.mark.kill
def test_killed_twenty_times(tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if name != "AMIABLE_DATABASE_URL"},
        "AMIABLE_HOME": str(tmp_path),
        "AMIABLE_TODAY": "2026-11-23",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "20", "7"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["kills"] >= 15
    assert found["lines"] == ["sent"] * 24
    assert found["items"] == ["sent"] * 24
    assert found["batches"] == ["done"] * 2
    assert (found["sms"], found["printed"], found["proofs"]) == (12, 1, 24)
    assert (found["merged"], found["letters"]) == (1, 12)
