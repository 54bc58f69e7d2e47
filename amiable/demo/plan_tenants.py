"""Tenants with a plan d’apurement: how each pays its instalments and its rent, so that every state shows.

Arrears of two or three months, a plan from the twentieth of a month, instalments on the tenth. What was paid
follows the case; every date hangs on `today`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from amiable.demo.people import Tenant, day_in, email, home, mobile, names, somebody
from amiable.domain.law.calendar import add_months
from amiable.domain.plans.schedule import Asked, Instalment, schedule

FIRST_NUMBER = 201
#: Case -> how many of sixty plans. The first four words say what the ledger holds.
CASES = (
    *["kept"] * 24,
    *["late"] * 6,
    *["drifting"] * 4,
    *["no_rent"] * 3,
    *["broken"] * 5,
    *["denounced"] * 5,
    *["completed"] * 6,
    *["to_approve"] * 3,
    *["to_sign"] * 2,
    *["draft"] * 2,
)
#: Their accounts; the ordinary tenants come after.
REFS = tuple(f"L{FIRST_NUMBER + place:06d}" for place in range(len(CASES)))
RUNNING = ("kept", "late", "drifting", "no_rent", "broken", "denounced", "completed")
_SIGN_DAY, _DUE_DAY = 20, 10


@dataclass(frozen=True)
class Outline:
    """One plan of the demo. Cents; `signed_on` is the day of its statement too."""

    ref: str
    case: str
    signed_on: date
    asked: Asked

    @property
    def instalments(self) -> list[Instalment]:
        return schedule(self.asked)


def planned(today: date, count: int = len(CASES)) -> Iterator[tuple[Tenant, Outline]]:
    """`count` tenants and their plans, the same for the same day."""
    for place in range(count):
        # Neighbours in the list differ: cases are dealt like cards.
        yield _one(FIRST_NUMBER + place, CASES[place * 7 % len(CASES)], today)


def _one(number: int, case: str, today: date) -> tuple[Tenant, Outline]:
    rng = random.Random(f"plan {number}")
    tenant = _settled(number, rng, today)
    this_month = today.replace(day=1)
    arrears = rng.choice([2, 2, 3])
    back = _months_back(case, rng)
    if case in RUNNING:
        signed_on = day_in(add_months(this_month, -back), _SIGN_DAY)
    else:
        signed_on, back = today - timedelta(days=rng.randint(1, 4)), 0
    debt = arrears * tenant.share_cents
    begun = add_months(signed_on.replace(day=1), 1).replace(day=_DUE_DAY)
    months = back - 2 if case == "completed" else rng.randint(20, 24) if case == "to_approve" else None
    asked = Asked(debt, begun, months or rng.randint(8, 16))
    outline = Outline(tenant.ref, case, signed_on, asked)
    last_unpaid = add_months(signed_on.replace(day=1), -1)
    unpaid = {add_months(last_unpaid, -n) for n in range(arrears)}
    for first in (add_months(this_month, -n) for n in reversed(range(15))):
        tenant.month(first)
        if first not in unpaid and not _skips_rent(case, first, today):
            tenant.pay(day_in(first, 6), tenant.share_cents)
    if case in RUNNING:
        _pay_instalments(tenant, outline, today)
    tenant.forget_after(today)
    return tenant, outline


def _months_back(case: str, rng: random.Random) -> int:
    if case == "completed":
        return rng.randint(5, 9)
    if case in ("broken", "denounced", "drifting", "no_rent"):
        return rng.randint(5, 8)
    return rng.randint(2, 8)


def _skips_rent(case: str, first: date, today: date) -> bool:
    """The newest rent that is more than two weeks late."""
    return case == "no_rent" and first == (today - timedelta(days=24)).replace(day=1)


def _pay_instalments(tenant: Tenant, outline: Outline, today: date) -> None:
    due = [one for one in outline.instalments if one.due_on < today]
    old = [one for one in due if (today - one.due_on).days >= 8]
    missed: list[Instalment] = []
    if outline.case == "late":
        missed = [one for one in due if one.due_on >= old[-1].due_on] if old else []
    elif outline.case in ("broken", "denounced"):
        missed = [one for one in due if (today - one.due_on).days < 75]
    settled = [one for one in due if (today - one.due_on).days > 4]
    for one in due:
        if one in missed:
            continue
        late = 0
        if outline.case == "drifting" and one in settled[-3:]:
            late = (0, 2, 4)[settled[-3:].index(one)]
        tenant.pay(one.due_on + timedelta(days=late), one.amount_cents, "virement", f"E{one.due_on:%y%m%d}")


def _settled(number: int, rng: random.Random, today: date) -> Tenant:
    last_name, first_name = somebody(rng)
    place = names()["agencies"][rng.choices([0, 1, 2], [42, 36, 22])[0]]
    return Tenant(
        ref=f"L{number:06d}",
        last_name=last_name,
        first_name=first_name,
        agency=place["code"],
        officer="a.benali" if place["code"] == "RIVE-DROITE" else "c.morel",
        address=home(rng),
        postcode=place["postcode"],
        city=place["city"],
        rent_cents=rng.randrange(24_000, 46_000, 7),
        charges_cents=rng.randrange(5_500, 12_000, 5),
        email=email(first_name, last_name, number) if rng.random() < 0.6 else "",
        phone=mobile(number),
        entered_on=add_months(today.replace(day=1), -rng.randint(20, 160)),
        payment_mode="virement",
    )
