"""Forty visits planned in order, with their hours: a day of four agents, and of one who cannot do them all.

    python -m bench.rounds [--visits 40]

Homes are spread over some ten kilometres around the agency; half have wishes about the hour.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from amiable.domain.geography import Point, Roads
from amiable.visits.rounds import Call, Day, plan

TARGET_SECONDS = 5
HOUR = 3600
AGENCY = Point(47.9, 1.9)
DAY = Day(AGENCY, 9 * HOUR, 17 * HOUR, 12 * HOUR, 13 * HOUR, HOUR, Roads(130, 30))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=40)
    count = parser.parse_args().visits
    calls = homes(count)
    plan(calls[:2], DAY)  # VROOM is loaded once by a server, not at each round.
    slow = False
    for agents in (1, 4):
        seconds = []
        for _ in range(3):
            begun = time.process_time()
            found = plan(calls, DAY, agents)
            seconds.append(time.process_time() - begun)
        placed = sum(len(made.stops) for made in found.rounds)
        print(
            f"{count} visites, {agents} agent(s) : {placed} placées, {len(found.left)} sans place, en "
            f"{statistics.median(seconds):.2f} s de processeur (visé {TARGET_SECONDS} s)"
        )
        slow |= statistics.median(seconds) > TARGET_SECONDS
    return 1 if slow else 0


def homes(count: int) -> list[Call]:
    """The same homes at each run."""
    rng = random.Random(1)
    found = []
    for pk in range(1, count + 1):
        at = Point(AGENCY.lat + rng.uniform(-0.05, 0.05), AGENCY.lon + rng.uniform(-0.05, 0.05))
        first = rng.choice((9, 9, 14, 15)) * HOUR
        found.append(Call(pk, at, 1800, first, rng.choice((first + HOUR, 16 * HOUR))))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
