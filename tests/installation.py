"""A whole installation in a folder of its own, driven from outside as an office's machine is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Installation:
    """`AMIABLE_HOME` = `home` on SQLite; every command is a new process."""

    home: Path
    today: str = "2026-11-22"
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AMIABLE_", "DJANGO_"))}
        given = {"AMIABLE_HOME": str(self.home), "AMIABLE_TODAY": self.today, "AMIABLE_DEMO": "1"}
        return {**kept, **given, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.extra}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command, left running in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "amiable", *arguments],
            cwd=self.home.parent,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """The command to its end; fails the test when the exit code is not the expected one."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert expect is None or process.returncode == expect, f"amiable {arguments}: {out}\n{err}"
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def lines(self, *arguments: str, expect: int | None = 0) -> list[dict[str, Any]]:
        """What `--json` printed, one object per line."""
        return [
            json.loads(line) for line in self.run(*arguments, "--json", expect=expect).stdout.splitlines()
        ]

    def copy(self, home: Path) -> Installation:
        """The same installation in another folder; nothing may be running in it."""
        shutil.copytree(self.home, home)
        return Installation(home, self.today, dict(self.extra))
