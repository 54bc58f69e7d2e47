"""What every command pays before it does anything: it loads nothing of what it may not need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import amiable

SLOW = re.compile(r"yaml\.safe_load|yaml\.full_load|Loader=yaml\.SafeLoader")


def test_no_file_of_the_package_is_read_by_the_slow_loader():
    modules = Path(amiable.__file__).parent.rglob("*.py")
    assert [str(path) for path in modules if SLOW.search(path.read_text(encoding="utf-8"))] == []


def test_a_command_that_reads_no_workbook_loads_no_reader_of_workbooks():
    start = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'amiable.config.settings';"
        "from amiable.cli.main import parser; parser(); import django; django.setup();"
        "print('openpyxl' in sys.modules, 'numpy' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
