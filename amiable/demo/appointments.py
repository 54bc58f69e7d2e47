"""The agenda of the demo's officers: hours, appointments of the day and of the next two weeks, an absence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from amiable.accounts.models import Account
from amiable.appointments import absences, agenda, services
from amiable.appointments.models import Appointment, Hours
from amiable.core.models import Office, User
from amiable.demo.stories import REFS
from amiable.domain.contact.slots import PARIS
from amiable.positions.models import AccountPosition

RANGES = ((time(9), time(12)), (time(14), time(16, 30)))
#: Days ahead of the ordinary appointments, one tenant each.
AHEAD = (0, 0, 0, 1, 1, 2, 3, 6, 7, 7, 8, 9, 13)
NO_SHOWS = (45, 38)


def landlord_appointments(office: Office, today: date) -> None:
    """Who receives, who comes; Odile Leroy did not, twice."""
    users = {user.username: user for user in User.objects.filter(office=office, is_active=True)}
    officers = [users["c.morel"], users["a.benali"]]
    for officer in officers:
        agency = officer.agencies.order_by("pk").first()
        for weekday in range(5) if agency else ():
            for starts, ends in RANGES:
                Hours.objects.create(
                    officer=officer, agency=agency, weekday=weekday, starts=starts, ends=ends
                )
    leroy = _account(office, REFS["leroy"])
    for ago in NO_SHOWS:
        missed = _take(leroy, leroy.officer or officers[0], _morning(today - timedelta(days=ago)))
        if missed is not None:
            day = missed.starts_at.astimezone(PARIS).date()
            services.mark_no_show(appointment=missed, actor=missed.officer, today=min(day, today))
    for ahead, account in zip(AHEAD, _tenants(office, officers), strict=False):
        _take(account, account.officer or officers[0], _morning(today + timedelta(days=ahead)))
    absences.declare(
        officer=officers[0],
        from_on=today + timedelta(days=7),
        to_on=today + timedelta(days=8),
        label="Formation",
        actor=officers[0],
        today=today,
    )


def _take(account: Account, officer: User, now: datetime) -> Appointment | None:
    """The officer's first free time from that moment on."""
    day = now.astimezone(PARIS).date()
    found = agenda.agendas([officer], day)[officer.pk]
    at = next(agenda.free(found, account.office, day, day + timedelta(days=5), 30), None)
    if at is None:
        return None
    return services.book(account=account, officer=officer, starts_at=at, actor=officer, now=now)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7), PARIS)


def _account(office: Office, ref: str) -> Account:
    return Account.objects.select_related("person", "office", "agency", "officer").get(office=office, ref=ref)


def _tenants(office: Office, officers: list[User]) -> list[Account]:
    """Ordinary tenants a few weeks late, who agreed to come."""
    rows = AccountPosition.objects.filter(
        office=office, officer_id__in=[one.pk for one in officers], held_by=None, age_days__range=(15, 60)
    ).exclude(account__ref__in=REFS.values())
    rows = rows.filter(caf_limit_on=None).select_related(
        "account__person", "account__office", "account__agency", "account__officer"
    )
    return [one.account for one in rows.order_by("account_id")[: len(AHEAD)]]
