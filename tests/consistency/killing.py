"""Killing a command at a random moment of its work, as a power cut does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

from tests.installation import Installation

#: How many random moments of each kind of work; AMIABLE_KILLS asks for more.
KILLS = int(os.environ.get("AMIABLE_KILLS", "10"))


def duration(installation: Installation, *arguments: str) -> float:
    """Seconds the command takes when nobody disturbs it."""
    started = time.monotonic()
    installation.run(*arguments)
    return time.monotonic() - started


class Killer:
    """Kills a command at random moments of its usual duration, learned again each time it ends undisturbed.

    A machine's speed changes from minute to minute (another test ends beside this one): moments drawn once
    from a first, slow run may all fall after the end.
    """

    def __init__(self, seed: str, usual: float) -> None:
        self._rng = random.Random(seed)
        self._usual = usual
        self.killed = 0

    def strike(self, installation: Installation, *arguments: str) -> None:
        """Start the command and kill -9 its whole group at a random moment, unless it has ended before."""
        # Most moments come after the interpreter has started and before the usual end.
        seconds = self._rng.uniform(0.25, 1.02) * self._usual
        started = time.monotonic()
        process = installation.start(*arguments)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            self.killed += 1
        else:
            self._usual = min(self._usual, time.monotonic() - started)
        process.communicate()
        installation.settle()
