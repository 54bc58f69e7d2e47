"""The ordinary tenants: how about three thousand households pay, in the proportions offices publish.

About 20 % are late, 6.6 % by three months or more, 1.5 % by more than twelve.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from amiable.demo.people import Tenant, day_in, email, home, mobile, months, names, somebody
from amiable.domain.law.calendar import add_months

#: Behaviour -> share of the tenants, in thousandths. What is left pays on time.
SHARES = {
    "late_payer": 45,
    "new_default": 48,
    "short": 72,
    "long": 51,
    "very_long": 15,
}
#: Months of life exported with the opening list; the oldest debts need more.
HISTORY = 13
LONG_HISTORY = 26


def ordinary(count: int, today: date, first_number: int) -> Iterator[Tenant]:
    """`count` tenants, the same for the same day: each has its own seed, so that none moves another."""
    for number in range(first_number, first_number + count):
        yield _tenant(number, today)


def _tenant(number: int, today: date) -> Tenant:
    rng = random.Random(f"tenant {number}")
    tenant = _settled(number, rng, today)
    behaviour = _behaviour(rng)
    history = months(today, LONG_HISTORY if behaviour == "very_long" else HISTORY)
    history = [first for first in history if tenant.entered_on and first >= tenant.entered_on]
    unpaid = _unpaid_months(behaviour, rng, history, today)
    gone = behaviour in ("long", "very_long") and rng.random() < 0.22
    left = _leave(tenant, rng, history) if gone else None
    usual = _usual_day(tenant, behaviour, rng)
    for first in history:
        if left and first > left:
            break
        tenant.month(first)
        _pay_month(tenant, first, usual, unpaid.get(first, 1.0), rng)
    tenant.forget_after(today)
    return tenant


def _settled(number: int, rng: random.Random, today: date) -> Tenant:
    """Somebody in a home, at an ordinary social rent, half of them with the aid paid to the landlord."""
    last_name, first_name = somebody(rng)
    place = names()["agencies"][rng.choices([0, 1, 2], [42, 36, 22])[0]]
    rent = rng.randrange(24_000, 52_000, 7)
    charges = rng.randrange(5_500, 14_000, 5)
    aided = rng.random() < 0.5
    aid = min(rng.randrange(9_000, 30_000, 11), rent - 6_000) if aided else 0
    months_there = min(int(rng.expovariate(1 / 90)) + 2, 480)
    return Tenant(
        ref=f"L{number:06d}",
        last_name=last_name,
        first_name=first_name,
        agency=place["code"],
        officer="a.benali" if place["code"] == "RIVE-DROITE" else "c.morel",
        address=home(rng),
        postcode=place["postcode"],
        city=place["city"],
        rent_cents=rent,
        charges_cents=charges,
        aid_cents=aid,
        third_party=aided and rng.random() < 0.9,
        email=email(first_name, last_name, number) if rng.random() < 0.62 else "",
        phone=mobile(number) if rng.random() < 0.86 else "",
        entered_on=add_months(today.replace(day=1), -months_there),
        payment_mode=rng.choices(["prelevement", "virement", "cheque", "carte"], [58, 22, 10, 10])[0],
    )


def _behaviour(rng: random.Random) -> str:
    drawn = rng.randrange(1000)
    for behaviour, share in SHARES.items():
        drawn -= share
        if drawn < 0:
            return behaviour
    return "on_time"


def _unpaid_months(behaviour: str, rng: random.Random, history: list[date], today: date) -> dict[date, float]:
    """Month -> part of it that was paid, for the months not paid whole. Only months already due count."""
    due = [first for first in history if first.replace(day=5) < today]
    if behaviour == "new_default":
        return {first: rng.choice([0.0, 0.0, 0.0, 0.5]) for first in due[-1:]}
    if behaviour == "short":
        # Two terms and a piece of a third at most: under three months.
        missing = rng.sample(due[-6:-1] or due, min(len(due), rng.choice([1, 1, 2])))
        return {first: rng.choice([0.0, 0.0, 0.4, 0.7]) for first in [*missing, *due[-1:]]}
    if behaviour == "long":
        count = min(rng.randint(3, 11), len(due))
        return dict.fromkeys(due[-count:], 0.0)
    if behaviour == "very_long":
        return dict.fromkeys(due[-min(rng.randint(14, 24), len(due)) :], 0.0)
    return {}


def _leave(tenant: Tenant, rng: random.Random, history: list[date]) -> date | None:
    """The tenant left some months ago, the debt stayed."""
    if len(history) < 6:
        return None
    left = day_in(history[-rng.randint(2, 5)], rng.randint(10, 28))
    tenant.status, tenant.left_on = "parti", left
    tenant.phone = tenant.phone if rng.random() < 0.5 else ""
    return left


def _usual_day(tenant: Tenant, behaviour: str, rng: random.Random) -> int:
    if behaviour == "late_payer":
        tenant.payment_mode = "virement"
        return rng.randint(14, 20)
    return 5 if tenant.payment_mode == "prelevement" else rng.randint(2, 7)


def _pay_month(tenant: Tenant, first: date, usual: int, part: float, rng: random.Random) -> None:
    drift = 0 if tenant.payment_mode == "prelevement" else rng.randint(-1, 1)
    on = (
        day_in(first, max(1, usual + drift))
        if part == 1.0
        else day_in(first, 5) + timedelta(days=rng.randint(6, 20))
    )
    tenant.pay(on, round(tenant.share_cents * part))
