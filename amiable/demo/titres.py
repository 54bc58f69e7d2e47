"""The trésorerie of Valmont: two thousand titres of five natures, and six debtors with a story."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from amiable.demo.people import Move, email, home, mobile, names, somebody

#: Nature -> number of ordinary titres, objects, amounts in cents.
NATURES: dict[str, tuple[int, tuple[str, ...], tuple[int, int]]] = {
    "impot": (480, ("Taxe foncière", "Taxe d’habitation résidence secondaire"), (18_000, 240_000)),
    "amende": (380, ("Amende forfaitaire majorée", "Amende de circulation"), (9_000, 37_500)),
    "cantine": (620, ("Restauration scolaire", "Garderie périscolaire", "Crèche"), (1_100, 9_500)),
    "hopital": (310, ("Consultation externe", "Forfait journalier", "Hospitalisation"), (1_500, 62_000)),
    "divers": (
        190,
        ("Occupation du domaine public", "Loyer communal", "Eau et assainissement"),
        (3_000, 180_000),
    ),
}
STORY_NUMBERS = range(9001, 9020)


@dataclass
class Titre:
    """One enforceable claim of the titres list, and what was received on it."""

    ref: str
    nature: str
    label: str
    taken_on: date
    notified_on: date
    principal_cents: int
    last_name: str
    first_name: str
    address: str
    postcode: str
    city: str
    fees_cents: int = 0
    email: str = ""
    phone: str = ""
    person: str = ""
    moves: list[Move] = field(default_factory=list)

    def pay(self, on: date, amount_cents: int, mode: str = "virement") -> None:
        number = len(self.moves) + 1
        self.moves.append(
            Move(
                self.ref,
                on,
                "encaissement",
                -amount_cents,
                "Encaissement",
                f"E{on:%y%m%d}-{number}",
                mode=mode,
            )
        )


def ordinary(today: date) -> Iterator[Titre]:
    """The ordinary titres, the same for the same day."""
    number = 0
    for nature, (count, labels, amounts) in NATURES.items():
        for _ in range(count):
            number += 1
            yield _titre(number, nature, labels, amounts, today)


def _titre(number: int, nature: str, labels: tuple[str, ...], amounts: tuple[int, int], today: date) -> Titre:
    rng = random.Random(f"titre {number}")
    last_name, first_name = somebody(rng)
    age = min(int(rng.expovariate(1 / 170)) + 3, 1000)
    taken_on = today - timedelta(days=age)
    titre = _made(
        number, nature, rng.choice(labels), taken_on, rng.randint(*amounts), last_name, first_name, rng
    )
    settled = rng.random() < min(0.35 + age / 260, 0.9)
    paid_on = titre.notified_on + timedelta(days=rng.randint(4, 40))
    if settled and paid_on < today:
        titre.pay(paid_on, titre.principal_cents)
    elif not settled and rng.random() < 0.12 and paid_on < today:
        titre.pay(paid_on, max(titre.principal_cents // 3, 100))
    return titre


def _made(
    number: int,
    nature: str,
    label: str,
    taken_on: date,
    cents: int,
    last: str,
    first: str,
    rng: random.Random,
) -> Titre:
    place = rng.choice(names()["valmont"])
    return Titre(
        ref=f"T{taken_on.year % 100:02d}{number:05d}",
        nature=nature,
        label=label,
        taken_on=taken_on,
        notified_on=taken_on + timedelta(days=2),
        principal_cents=cents,
        last_name=last,
        first_name=first,
        address=home(rng),
        postcode=place["postcode"],
        city=place["city"],
        email=email(first, last, number) if rng.random() < 0.5 else "",
        phone=mobile(number + 4000) if rng.random() < 0.6 else "",
    )


def stories(today: date) -> list[Titre]:
    """The six debtors of the personas, thirteen to eighteen."""
    rng = random.Random("valmont stories")
    made = [*_morin(today, rng), _ziani(today, rng), _batisud(today, rng), _gomez(today, rng)]
    return [*made, _verdier(today, rng), _prevost(today, rng)]


def _story(
    number: int, nature: str, label: str, days: int, cents: int, who: str, today: date, rng: random.Random
) -> Titre:
    last, _, first = who.partition(" ")
    titre = _made(9000 + number, nature, label, today - timedelta(days=days), cents, last, first, rng)
    titre.email = email(first or "contact", last, 9000 + number)
    titre.phone = mobile(9000 + number)
    return titre


def _morin(today: date, rng: random.Random) -> list[Titre]:
    """13. Six canteen titres of 12 to 38 EUR, one family: one grouped reminder."""
    amounts = (1_200, 1_850, 2_240, 2_700, 3_150, 3_800)
    titres = [
        _story(1 + i, "cantine", "Restauration scolaire", 50 + 9 * i, cents, "MORIN Famille", today, rng)
        for i, cents in enumerate(amounts)
    ]
    for titre in titres:
        titre.person, titre.address = "R009001", "3 rue du Colombier"
        titre.email = titre.phone = ""
        titre.postcode, titre.city = titres[0].postcode, titres[0].city
    return titres


def _ziani(today: date, rng: random.Random) -> Titre:
    """14. A hospital stay of 1 420 EUR: the mutuelle was not asked yet."""
    return _story(
        10, "hopital", "Hospitalisation, séjour de chirurgie", 48, 142_000, "ZIANI Karim", today, rng
    )


def _batisud(today: date, rng: random.Random) -> Titre:
    """15. 18 600 EUR: a mise en demeure without relance (PUB-06)."""
    return _story(
        11, "divers", "Occupation du domaine public, chantier", 44, 1_860_000, "SARL BATI-SUD", today, rng
    )


def _gomez(today: date, rng: random.Random) -> Titre:
    """16. A délai de paiement kept for five months."""
    titre = _story(12, "divers", "Eau et assainissement", 210, 96_000, "GOMEZ Lydie", today, rng)
    for back in range(5, 0, -1):
        titre.pay(today - timedelta(days=30 * back - 12), 12_000)
    return titre


def _verdier(today: date, rng: random.Random) -> Titre:
    """17. An amende majorée, inside the month during which it is reduced."""
    return _story(13, "amende", "Amende forfaitaire majorée", 14, 37_500, "VERDIER Tom", today, rng)


def _prevost(today: date, rng: random.Random) -> Titre:
    """18. The titre is contested in court: enforcement is suspended."""
    return _story(14, "divers", "Loyer communal", 120, 214_000, "PRÉVOST Anne", today, rng)
