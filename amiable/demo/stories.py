"""The twelve story tenants: each in a situation one sees at a glance, whatever the day.

Every date hangs on `today`. A term falls due `LAST_DUE` days before it, so that none falls due meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from amiable.demo.people import Tenant, day_in, email, mobile, names
from amiable.domain.law.calendar import add_months

LAST_DUE = 12
#: Story -> account. The ordinary tenants come after.
REFS = {
    "durand": "L000101",
    "martin": "L000102",
    "nguyen": "L000103",
    "leroy": "L000104",
    "haddad": "L000105",
    "dubois": "L000106",
    "fontaine": "L000107",
    "rossi_old": "L000108",
    "rossi": "L000109",
    "carpentier": "L000110",
    "colocation": "L000111",
    "diallo": "L000112",
    "lemoine": "L000113",
}


def landlord_stories(today: date) -> list[Tenant]:
    """The story tenants with their movements up to today."""
    people = [
        durand(today),
        martin(today),
        nguyen(today),
        leroy(today),
        haddad(today),
        dubois(today),
        fontaine(today),
        *rossi(today),
        carpentier(today),
        colocation(today),
        diallo(today),
        lemoine(today),
    ]
    for tenant in people:
        tenant.forget_after(today)
    return people


def last_due(today: date, days: int = LAST_DUE) -> date:
    """The newest due date of a story: some `days` ago, never after the 28th, so that every month has it."""
    day = today - timedelta(days=days)
    return day.replace(day=min(day.day, 28))


def constituted_on(today: date) -> date:
    """The latest day whose limit towards the CAF, two months later, is not after the day after tomorrow."""
    goal = today + timedelta(days=2)
    day = add_months(goal, -2)
    while add_months(day + timedelta(days=1), 2) <= goal:
        day += timedelta(days=1)
    return day


def _tenant(key: str, last: str, first: str, *, due_on: date, rent: int, charges: int, **more: Any) -> Tenant:
    number = int(REFS[key][1:])
    place = names()["agencies"][more.pop("agency", 0)]
    return Tenant(
        ref=REFS[key],
        last_name=last,
        first_name=first,
        agency=place["code"],
        officer=more.pop("officer", "c.morel"),
        address=more.pop("address", f"{number % 40 + 1} quai des Mariniers"),
        postcode=place["postcode"],
        city=place["city"],
        rent_cents=rent,
        charges_cents=charges,
        email=more.pop("mail", email(first.split()[0], last, number)),
        phone=more.pop("phone", mobile(number)),
        entered_on=more.pop("entered_on", date(due_on.year - 6, 4, 1)),
        due_day=due_on.day,
        **more,
    )


def _live(
    tenant: Tenant, due_on: date, count: int, paid: Callable[[int, date], int | None], delay: int = 0
) -> None:
    """`count` months ending with the term due on `due_on`.

    `paid(back, due)`: cents paid for the term `back` months before the last; None: the tenant's share.
    """
    for back in reversed(range(count)):
        first = add_months(due_on.replace(day=1), -back)
        due = day_in(first, tenant.due_day)
        tenant.month(first, aid=tenant.third_party)
        amount = paid(back, due)
        tenant.pay(due + timedelta(days=delay), tenant.share_cents if amount is None else amount)


def durand(today: date) -> Tenant:
    """1. Tiers payant, just over the CAF's threshold: the limit is in two days, the plan was refused."""
    due_on = constituted_on(today)
    due_on = due_on.replace(day=min(due_on.day, 28))
    tenant = _tenant(
        "durand",
        "DURAND",
        "Samira",
        due_on=due_on,
        rent=52_000,
        charges=8_000,
        aid_cents=25_000,
        third_party=True,
        payment_mode="virement",
    )
    # Two shares unpaid on the day of the constitution; the months since are paid, the two remain.
    _live(tenant, due_on, 13, lambda back, due: 0 if back < 2 else None)
    _constitution_day(tenant, due_on, constituted_on(today))
    for later in (1, 2):
        first = add_months(due_on.replace(day=1), later)
        if day_in(first, tenant.due_day) < today:
            tenant.month(first)
            tenant.pay(day_in(first, tenant.due_day), tenant.share_cents)
    return tenant


def _constitution_day(tenant: Tenant, due_on: date, wanted: date) -> None:
    """At a month's end the term falls due on the 28th: a small item of the wanted day crosses over."""
    if due_on == wanted:
        return
    held_back = 2_000
    tenant.pay(due_on, held_back, reference=f"C{due_on:%y%m%d}")
    tenant.add(wanted, "regularisation", held_back, "Régularisation d’eau", f"R{wanted:%y%m}", due_on=wanted)


def martin(today: date) -> Tenant:
    """2. Joint tenants: a plan of 85 EUR broken once before, the rent is paid again."""
    due_on = last_due(today)
    tenant = _tenant(
        "martin",
        "MARTIN",
        "Paul",
        due_on=due_on,
        rent=46_000,
        charges=9_500,
        agency=1,
        officer="a.benali",
        payment_mode="virement",
    )
    plan = {6: 8_500, 5: 8_500, 1: 8_500, 0: 8_500}
    _live(
        tenant,
        due_on,
        13,
        lambda back, due: 0 if back in (7, 8, 9) else tenant.share_cents + plan.get(back, 0),
    )
    return tenant


def nguyen(today: date) -> Tenant:
    """3. First unpaid month after 31 regular ones: the direct debit came back AM04 (in the bank's file)."""
    due_on = last_due(today)
    tenant = _tenant("nguyen", "NGUYEN", "Van Tam", due_on=due_on, rent=43_800, charges=7_900)
    _live(tenant, due_on, 32, lambda back, due: None)
    return tenant


def leroy(today: date) -> Tenant:
    """4. 74 years old, no contact for weeks, two no-shows: a visit."""
    due_on = last_due(today, 16)
    tenant = _tenant(
        "leroy",
        "LEROY",
        "Odile",
        due_on=due_on,
        rent=31_500,
        charges=8_200,
        mail="",
        phone="02 61 91 20 04",
        payment_mode="cheque",
        born_on=add_months(today, -74 * 12 - 5),
    )
    _live(tenant, due_on, 13, lambda back, due: 0 if back < 3 else None, delay=3)
    return tenant


def haddad(today: date) -> Tenant:
    """5. A steady late payer, around the 18th when the calendar allows: today his usual day has not come."""
    usual = 18 if 8 <= today.day <= 16 else (today + timedelta(days=4)).day
    usual = min(usual, 28)
    due_on = last_due(today, 6)
    tenant = _tenant(
        "haddad", "HADDAD", "Yanis", due_on=due_on, rent=39_900, charges=6_600, payment_mode="virement"
    )
    for back in reversed(range(14)):
        first = add_months(due_on.replace(day=1), -back)
        tenant.month(first)
        due = day_in(first, tenant.due_day)
        on = day_in(first, usual) if usual > tenant.due_day else day_in(add_months(first, 1), usual)
        if back and due < on:
            tenant.pay(on, tenant.share_cents)
    return tenant


def dubois(today: date) -> Tenant:
    """6. Her APL is suspended for two months, a rappel is expected; she pays her own share."""
    due_on = last_due(today, 10)
    tenant = _tenant(
        "dubois",
        "DUBOIS",
        "Claire",
        due_on=due_on,
        rent=48_000,
        charges=9_000,
        aid_cents=14_000,
        third_party=True,
        agency=1,
        officer="a.benali",
    )
    for back in reversed(range(13)):
        first = add_months(due_on.replace(day=1), -back)
        tenant.month(first, aid=back > 1)
        tenant.pay(day_in(first, tenant.due_day), tenant.share_cents)
    return tenant


def fontaine(today: date) -> Tenant:
    """7. Surendettement recevable last month: the old debt is frozen, the new month is unpaid."""
    due_on = last_due(today)
    tenant = _tenant(
        "fontaine", "FONTAINE", "Marc", due_on=due_on, rent=41_200, charges=8_800, payment_mode="virement"
    )
    _live(tenant, due_on, 13, lambda back, due: 0 if back == 0 or 2 <= back < 8 else None)
    return tenant


def rossi(today: date) -> list[Tenant]:
    """8. Moved to another home of the office: the old debt and its plan follow her."""
    due_on = last_due(today)
    moved_on = add_months(due_on.replace(day=1), -4)
    old = _tenant(
        "rossi_old",
        "ROSSI",
        "Inès",
        due_on=due_on,
        rent=44_500,
        charges=9_100,
        status="mute",
        left_on=moved_on,
        person="P000108",
        payment_mode="virement",
    )
    for back in reversed(range(5, 14)):
        first = add_months(due_on.replace(day=1), -back)
        old.month(first)
        if back > 6:
            old.pay(day_in(first, old.due_day), old.share_cents)
    for back in (2, 1, 0):
        old.pay(day_in(add_months(due_on.replace(day=1), -back), old.due_day), 9_000)
    new = _tenant(
        "rossi",
        "ROSSI",
        "Inès",
        due_on=due_on,
        rent=36_800,
        charges=7_400,
        person="P000108",
        entered_on=moved_on,
        address="7 allée Rosa-Bonheur",
        payment_mode="virement",
    )
    _live(new, due_on, 4, lambda back, due: None)
    return [old, new]


def carpentier(today: date) -> Tenant:
    """9. The estate of a tenant who died: the bank answered MD07, the notaire is known."""
    due_on = last_due(today, 14)
    tenant = _tenant(
        "carpentier",
        "CARPENTIER",
        "René",
        due_on=due_on,
        rent=33_600,
        charges=8_900,
        agency=2,
        born_on=add_months(today, -81 * 12 - 2),
    )
    _live(tenant, due_on, 13, lambda back, due: None)
    return tenant


def colocation(today: date) -> Tenant:
    """10. Two joint tenants, one left four months ago, his mother stands caution."""
    due_on = last_due(today, 20)
    tenant = _tenant(
        "colocation",
        "BOURDIN",
        "Lucas",
        due_on=due_on,
        rent=58_000,
        charges=11_000,
        agency=1,
        officer="a.benali",
        payment_mode="virement",
    )
    _live(tenant, due_on, 13, lambda back, due: tenant.share_cents // 2 if back < 4 else None, delay=1)
    return tenant


def diallo(today: date) -> Tenant:
    """11. Under curatelle; contests a régularisation de charges of 310 EUR, the rest goes on."""
    due_on = last_due(today, 17)
    tenant = _tenant(
        "diallo", "DIALLO", "Fatou", due_on=due_on, rent=37_200, charges=7_700, payment_mode="virement"
    )
    _live(tenant, due_on, 13, lambda back, due: 18_000 if back == 0 else None, delay=1)
    on = today - timedelta(days=40)
    tenant.add(
        on, "regularisation", 31_000, f"Régularisation de charges {on.year - 1}", f"R{on:%y%m}", due_on=on
    )
    return tenant


def lemoine(today: date) -> Tenant:
    """12. Every friendly means failed: ready for transfer, and the oldest term prescribes within weeks."""
    oldest = add_months(today + timedelta(days=24), -36)
    oldest = oldest.replace(day=min(oldest.day, 28))
    tenant = _tenant(
        "lemoine",
        "LEMOINE",
        "Didier",
        due_on=oldest,
        rent=40_500,
        charges=7_500,
        aid_cents=38_000,
        third_party=True,
        agency=2,
        mail="",
        entered_on=date(oldest.year - 4, 9, 1),
        payment_mode="cheque",
    )
    for ahead in range(-2, 37):
        first = add_months(oldest.replace(day=1), ahead)
        due = day_in(first, tenant.due_day)
        if due > today:
            break
        tenant.month(first)
        if ahead < 0:
            tenant.pay(due, tenant.share_cents)
    return tenant
