"""What every page shows: the office, today, the menu with its counts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from amiable.bank.models import BankTransaction
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import User
from amiable.diary.models import Task
from amiable.outreach.models import Batch
from amiable.plans.queries import to_approve
from amiable.web import menu


def house(request: HttpRequest) -> dict[str, Any]:
    """Indexed counts and constants; nothing here may grow with the portfolio."""
    values: dict[str, Any] = {"today": clock.today(), "demo_mode": settings.AMIABLE_DEMO}
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.office_id is None:
        return values
    if not getattr(request, "htmx", False):
        counts = {
            "batches": scope(Batch.objects.filter(on=values["today"], status="proposed"), user).count(),
            "to_match": scope(BankTransaction.objects.filter(status="to_match"), user).count(),
            "tasks": Task.objects.filter(office_id=user.office_id, assignee=user, status="open").count(),
        }
        if may(user, "approve_plans"):
            counts["plans"] = to_approve(user).count()
        values["menu_main"] = [(item, counts.get(item.count, 0)) for item in menu.visible(menu.MAIN, user)]
        followed = menu.visible(menu.FOLLOWED, user)
        values["menu_followed"] = [(item, counts.get(item.count, 0)) for item in followed]
        values["menu_waiting"] = sum(count for _, count in values["menu_followed"])
        values["menu_more"] = menu.visible(menu.MORE, user)
    return values
