"""What every page shows: the office, today, the menu's counts, freshness of the data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from amiable.core import clock


def house(request: HttpRequest) -> dict[str, Any]:
    """Cheap values for the frame; nothing here may grow with the portfolio."""
    return {"today": clock.today(), "demo_mode": settings.AMIABLE_DEMO}
