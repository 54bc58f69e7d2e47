"""Ma journée, Portefeuille and Fiche at 100 000 accounts: queries per page, server time (median, p95).

    python bench/pages.py [--accounts 100000] [--rounds 40]

The database is a temporary SQLite file, or the empty one AMIABLE_DATABASE_URL names. Figures must not
depend on the number of accounts: the number of queries is constant, the p95 stays under 100 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 22)
AGENCIES, OFFICERS = 20, 60
TARGET_MS = 100
LAST_NAMES = [
    "Durand",
    "Martin",
    "Nguyen",
    "Leroy",
    "Haddad",
    "Dubois",
    "Fontaine",
    "Rossi",
    "Carpentier",
    "Diallo",
    "Lemoine",
    "Garnier",
]
FIRST_NAMES = [
    "Samira",
    "Paul",
    "Léa",
    "Odile",
    "Yanis",
    "Claire",
    "Marc",
    "Inès",
    "René",
    "Emma",
    "Fatou",
    "Didier",
    "Nadia",
    "Hugo",
    "Zoé",
]
CITIES = [
    f"Ville-{name}" for name in ["Nord", "Sud", "Est", "Ouest", "Saint-Étienne", "Lyon", "Vaulx", "Bron"]
]
#: (lane, mode, share of the accounts that owe) of the day's decisions.
DECISIONS = [
    ("legal", "manual", 0.02),
    ("promise", "manual", 0.03),
    ("first", "manual", 0.10),
    ("call", "manual", 0.15),
    ("letter", "validate", 0.30),
    ("transfer", "manual", 0.02),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["AMIABLE_HOME"] = os.environ.get("AMIABLE_HOME") or home
        os.environ["AMIABLE_TODAY"] = TODAY.isoformat()
        os.environ["DJANGO_SETTINGS_MODULE"] = "amiable.config.settings"
        sys.path.insert(0, str(ROOT))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        fill(arguments.accounts)
        return measure(arguments.rounds)


def fill(accounts: int) -> None:
    """One office: persons, phones, accounts, terms and positions by bulk insert; a fifth of them owe."""
    from django.db import connection

    from amiable.core.models import Agency, Office, User

    rng = random.Random(2026)
    office = Office.objects.create(code="bench", name="Banc d’essai", kind="landlord")
    Agency.objects.bulk_create(
        Agency(office=office, code=f"A{n:02d}", name=f"Agence {n:02d}") for n in range(AGENCIES)
    )
    agencies = list(Agency.objects.values_list("pk", flat=True))
    officers = []
    for n in range(OFFICERS):
        officer = User.objects.create(username=f"officer{n}", code=f"o{n}", office=office, role="officer")
        officer.agencies.set([agencies[n % AGENCIES]])
        officers.append(officer.pk)
    User.objects.create(username="head", code="head", office=office, role="service_head")
    people_and_accounts(office, accounts, agencies, officers, rng)
    positions(office, rng)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def people_and_accounts(
    office: Any, count: int, agencies: list[int], officers: list[int], rng: random.Random
) -> None:
    from amiable.accounts.models import Account, AccountTerms
    from amiable.domain.text import french
    from amiable.parties.models import ContactPoint, Person

    def persons() -> Iterator[Person]:
        for n in range(count):
            last, first = f"{rng.choice(LAST_NAMES)}{n % 997}", rng.choice(FIRST_NAMES)
            key = french.search_key(last, first)
            yield Person(office=office, last_name=last, first_name=first, search_key=key)

    insert(Person, persons())
    ids = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    insert(
        ContactPoint,
        (
            ContactPoint(person_id=pk, kind="phone", value=f"+3363998{n % 10_000:04d}", is_mobile=True)
            for n, pk in enumerate(ids)
        ),
    )
    insert(
        Account,
        (
            Account(
                office=office,
                ref=f"C{n:07d}",
                person_id=pk,
                agency_id=agencies[n % AGENCIES],
                officer_id=officers[n % OFFICERS],
                nature="loyer",
                status=rng.choices(["present", "mute", "parti"], [90, 3, 7])[0],
                address=f"{n % 200} rue des Lilas",
                postcode="69003",
                city=rng.choice(CITIES),
            )
            for n, pk in enumerate(ids)
        ),
    )
    insert(
        AccountTerms,
        (
            AccountTerms(account_id=pk, effective_on=date(2021, 1, 1), rent_cents=40_000, charges_cents=5_000)
            for pk in Account.objects.order_by("pk").values_list("pk", flat=True)
        ),
    )


def positions(office: Any, rng: random.Random) -> None:
    from amiable.accounts.models import Account
    from amiable.positions.models import AccountPosition

    rows = Account.objects.order_by("pk").values_list("pk", "agency_id", "officer_id")
    insert(
        AccountPosition,
        (
            AccountPosition(
                account_id=pk,
                office=office,
                agency_id=agency,
                officer_id=officer,
                as_of=TODAY,
                **(debt(rng) if rng.random() < 0.2 else {"balance_cents": -rng.randrange(3) * 100}),
            )
            for pk, agency, officer in rows
        ),
    )


def debt(rng: random.Random) -> dict[str, Any]:
    """The figures and the decision of an account that owes."""
    overdue, age = rng.randrange(1_500, 400_000), rng.randrange(500)
    figures: dict[str, Any] = {
        "balance_cents": overdue,
        "overdue_cents": overdue,
        "actionable_cents": overdue,
        "age_days": age,
        "oldest_unpaid_on": TODAY - timedelta(days=age),
        "months_of_rent": round(overdue / 45_000, 2),
        "why": "512,40 € à réclamer, 78 jours de retard, dernier paiement il y a 40 jours.",
    }
    draw = rng.random()
    for rank, (lane, mode, share) in enumerate(DECISIONS):
        if draw < share:
            figures |= {"next_step": f"step_{lane}", "next_step_on": TODAY, "step_mode": mode, "lane": lane}
            figures["priority"] = (12 - rank) * 1000 + rng.randrange(999)
            if lane == "legal":
                figures |= {
                    "deadline_on": TODAY + timedelta(days=rng.randrange(60)),
                    "rules": "CAF-02 CAF-04",
                }
                figures |= {"caf_limit_on": figures["deadline_on"], "caf_constituted_on": TODAY}
            return figures
        draw -= share
    if draw < 0.1:
        figures |= {"held_by": "plan", "holds": ["plan"]}
    return figures


def insert(model: Any, rows: Iterable[Any], size: int = 5_000) -> None:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        model.objects.bulk_create(part)


def addresses() -> list[tuple[str, str, str]]:
    """(page, user, address) of what is measured."""
    from django.urls import reverse

    day, portfolio = reverse("day"), reverse("portfolio")
    return [
        ("Ma journée, chargé", "officer1", day),
        ("Ma journée, chef", "head", day),
        ("Ma journée, chef, limites", "head", f"{day}?tile=legal"),
        ("Portefeuille, chargé", "officer1", portfolio),
        ("Portefeuille, chef", "head", portfolio),
        ("Portefeuille, chef, page 1 000", "head", f"{portfolio}?page=1000"),
        ("Portefeuille, par nom", "head", f"{portfolio}?sort=name"),
        ("Portefeuille, par ville", "head", f"{portfolio}?sort=home"),
        ("Portefeuille, en retard, par âge", "head", f"{portfolio}?late=1&sort=-age"),
        ("Recherche nom", "head", f"{portfolio}?q=durand12"),
        ("Recherche prénom", "head", f"{portfolio}?q=samira"),
        ("Recherche téléphone", "head", f"{portfolio}?q=06+39+98+11+02"),
        ("Recherche ville", "head", f"{portfolio}?q=ville-lyon"),
        ("Recherche compte", "head", f"{portfolio}?q=C00123"),
        ("Fiche", "head", reverse("account", args=["C0050000"])),
    ]


def measure(rounds: int) -> int:
    """Print each page's queries, elapsed (median, p95) and processor time; 1 when a page misses it."""
    from django.db import connection
    from django.test import Client

    from amiable.core.models import User

    missed = 0
    print(f"{'page':36}{'requêtes':>9}{'médiane':>10}{'p95':>10}{'processeur':>12}")
    for page, name, address in addresses():
        client = Client(SERVER_NAME="localhost")
        user = User.objects.get(username=name)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        status = client.get(address, follow=True).status_code
        counted: list[str] = []
        with connection.execute_wrapper(counting(counted)):
            client.get(address, follow=True)
        elapsed, own = timed(lambda client=client, address=address: client.get(address, follow=True), rounds)
        p95 = elapsed[min(len(elapsed) - 1, int(len(elapsed) * 0.95))]
        missed += p95 > TARGET_MS
        figures = f"{statistics.median(elapsed):>8.1f}ms{p95:>8.1f}ms{statistics.median(own):>10.1f}ms"
        print(f"{page:36}{len(counted):>9}{figures}{'' if status == 200 else f'  ({status})'}", flush=True)
    print(f"cible {TARGET_MS} ms au p95 : {'tenue' if not missed else f'manquée sur {missed} page(s)'}")
    return 1 if missed else 0


def counting(seen: list[str]) -> Callable[..., Any]:
    """A wrapper that notes each query in `seen`."""

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    return wrapper


def timed(do: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Elapsed and processor milliseconds of each round, sorted."""
    elapsed, own = [], []
    for _ in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        do()
        elapsed.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - cpu) * 1000)
    return sorted(elapsed), sorted(own)


if __name__ == "__main__":
    sys.exit(main())
