"""Who lives in the demo and what their account went through: the rows an information system would export."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from amiable.domain.law.calendar import add_months
from amiable.domain.text.french import search_key
from amiable.domain.text.loading import read_own_yaml

#: The caisse pays the aid on this day of the month.
AID_DAY = 25


@dataclass(frozen=True)
class Move:
    """One row of a movements list; `amount_cents` signed, debit positive. `kind`: a type of the list."""

    account: str
    on: date
    kind: str
    amount_cents: int
    label: str
    reference: str
    due_on: date | None = None
    period: date | None = None
    mode: str = ""


@dataclass
class Tenant:
    """One account of the landlord's lists, with its whole life."""

    ref: str
    last_name: str
    first_name: str
    agency: str
    officer: str
    address: str
    postcode: str
    city: str
    rent_cents: int
    charges_cents: int
    aid_cents: int = 0
    third_party: bool = False
    email: str = ""
    phone: str = ""
    status: str = "present"
    entered_on: date | None = None
    left_on: date | None = None
    born_on: date | None = None
    payment_mode: str = "prelevement"
    person: str = ""
    due_day: int = 5
    moves: list[Move] = field(default_factory=list)

    @property
    def contract(self) -> str:
        return f"B{self.ref[1:]}"

    @property
    def called_cents(self) -> int:
        """What a month costs, aid included."""
        return self.rent_cents + self.charges_cents

    @property
    def share_cents(self) -> int:
        """What the tenant pays of a month when the aid goes to the landlord."""
        return self.called_cents - (self.aid_cents if self.third_party else 0)

    def add(self, on: date, kind: str, amount_cents: int, label: str, reference: str, **more: Any) -> None:
        """Append one row; nothing when the amount is nil."""
        if amount_cents:
            self.moves.append(Move(self.ref, on, kind, amount_cents, label, reference, **more))

    def month(self, first: date, *, aid: bool = True) -> None:
        """The quittance of the month beginning on `first` and, in tiers payant, the aid received for it."""
        tag = f"{first:%y%m}"
        due_on = first.replace(day=self.due_day)
        words = f"Quittance {first:%m/%Y}"
        self.add(first, "quittance", self.called_cents, words, f"Q{tag}", due_on=due_on, period=first)
        if aid and self.third_party:
            paid_on = first.replace(day=AID_DAY)
            self.add(paid_on, "apl", -self.aid_cents, f"APL {first:%m/%Y}", f"A{tag}", period=first)

    def pay(self, on: date, amount_cents: int, mode: str = "", reference: str = "") -> None:
        """A payment of the tenant."""
        mode = mode or self.payment_mode
        label = {
            "prelevement": "Prélèvement",
            "virement": "Virement",
            "cheque": "Chèque",
            "carte": "Carte bancaire",
        }
        self.add(
            on,
            "encaissement",
            -amount_cents,
            label.get(mode, "Espèces"),
            reference or f"P{on:%y%m%d}",
            mode=mode,
        )

    def forget_after(self, today: date) -> None:
        """Keep what is known on the morning of `today`: its documents, and the payments up to yesterday."""
        self.moves = [m for m in self.moves if m.on < today or (m.on == today and m.kind != "encaissement")]


def months(today: date, count: int) -> list[date]:
    """The first days of the last `count` months, the present one included, oldest first."""
    first = today.replace(day=1)
    return [add_months(first, -back) for back in reversed(range(count))]


def day_in(first: date, day: int) -> date:
    """The day of that number in the month of `first`, or its last day."""
    return min(first + timedelta(days=day - 1), add_months(first, 1) - timedelta(days=1))


@cache
def names() -> dict[str, Any]:
    """Names, streets and towns of the demo."""
    text = resources.files("amiable").joinpath("demo/names.yaml").read_text(encoding="utf-8")
    return read_own_yaml(text)


def mobile(number: int) -> str:
    """A number of the range kept for fiction: 06 39 98 00 00 to 06 39 98 99 99."""
    digits = f"{number % 10_000:04d}"
    return f"06 39 98 {digits[:2]} {digits[2:]}"


def email(first_name: str, last_name: str, number: int) -> str:
    key = search_key(first_name, last_name).replace(" ", ".").replace("'", "")
    return f"{key}{number}@exemple.fr"


def somebody(rng: random.Random) -> tuple[str, str]:
    """(last name, first name)."""
    return rng.choice(names()["last"]).upper(), rng.choice(names()["first"])


def home(rng: random.Random) -> str:
    stair = rng.choice(["", "", f" bât. {rng.choice('ABCD')}", f" appt {rng.randint(1, 64)}"])
    return f"{rng.randint(1, 48)} {rng.choice(names()['streets'])}{stair}"
