"""Days on which the demo must hold: month ends, a leap day, the New Year, and ordinary ones."""

from __future__ import annotations

import os
from datetime import date

DAYS = [
    date(2026, 11, 22),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 2, 28),
    date(2027, 3, 6),
    date(2028, 2, 29),
    date(2027, 4, 28),
    date(2027, 8, 15),
]

#: What costs a whole office is played on the two hardest; AMIABLE_EVERY_DAY=1 asks for all of them.
HARDEST = DAYS if os.environ.get("AMIABLE_EVERY_DAY") else [date(2026, 12, 31), date(2028, 2, 29)]
