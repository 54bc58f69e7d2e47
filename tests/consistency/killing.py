"""Killing a command at a random moment of its work, as a power cut does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

from tests.installation import Installation

#: How many random moments of each kind of work; AMIABLE_KILLS asks for more.
KILLS = int(os.environ.get("AMIABLE_KILLS", "20"))


def duration(installation: Installation, *arguments: str) -> float:
    """Seconds the command takes when nobody disturbs it."""
    started = time.monotonic()
    installation.run(*arguments)
    return time.monotonic() - started


def kill_after(installation: Installation, seconds: float, *arguments: str) -> bool:
    """Start the command, kill -9 its whole group after `seconds`; False when it had already ended."""
    process = installation.start(*arguments)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    process.communicate()
    return False


def moments(seed: str, usual: float) -> list[float]:
    """Random moments, most of them after the interpreter has started and before the usual end."""
    rng = random.Random(seed)
    return [rng.uniform(0.25, 1.02) * usual for _ in range(KILLS)]
