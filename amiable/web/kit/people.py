"""Who may be named in a form."""

from __future__ import annotations

from amiable.core.models import User


def officers_of(user: User) -> list[User]:
    """Who may follow accounts in this office, known from a list or with a log-in. One query."""
    roles = [User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.LITIGATION]
    found = User.objects.filter(office_id=user.office_id, role__in=roles)
    return list(found.order_by("last_name", "first_name", "username"))
