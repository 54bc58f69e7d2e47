"""A tenant's winter: two missed terms around the New Year, letters, a payment, and silence again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amiable.core.models import Office
from amiable.demo.bank import Credit, cfonb120
from amiable.diary.models import DiaryEntry
from amiable.intake.services import import_list
from amiable.jobs import worker
from amiable.nightly import services as nightly
from amiable.outreach.approval import approve
from amiable.outreach.models import Batch, BatchLine
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults

pytestmark = pytest.mark.django_db(transaction=True)

PARIS = ZoneInfo("Europe/Paris")
BEGINS, PAID, ENDS = date(2026, 12, 4), date(2027, 1, 26), date(2027, 1, 29)
ACCOUNTS = """compte;nom;prenom;adresse;code_postal;ville;loyer;charges;aide;tiers_payant;statut;date_entree
L000001;Durand;Samira;1 rue du Bac;45990;Deux-Rives;520,00;80,00;250,00;O;present;01/03/2024
PAYEUR1;Payeur;Jean;2 rue du Bac;45990;Deux-Rives;500,00;0,00;;N;present;01/03/2024
"""
MOVES = {
    date(2026, 12, 4): "L000001;2026-12-01;2026-12-05;2026-12;quittance;600,00;;Q12\n",
    date(2026, 12, 25): "L000001;2026-12-25;;2026-12;apl;;250,00;A12\n",
    date(2027, 1, 4): "L000001;2027-01-01;2027-01-05;2027-01;quittance;600,00;;Q01\n",
    date(2027, 1, 25): "L000001;2027-01-25;;2027-01;apl;;250,00;A01\n",
}
HEADER = "compte;date_piece;date_echeance;periode;type;debit;credit;reference\n"


def take(office: Office, kind: str, data: bytes, day: date) -> None:
    import_list(office=office, list_kind=kind, data=data, filename=f"{kind}-{day}", actor=None, today=day)


def morning(office: Office, day: date) -> AccountPosition:
    """The bank and the lists come in, the night's work is done, the letters are approved and leave."""
    yesterday = day - timedelta(days=1)
    credits = [Credit(yesterday, 100, "VIR PAYEUR1")]
    if yesterday == PAID:
        credits.append(Credit(yesterday, 70_000, "VIR LOYERS L000001 SAMIRA DURAND"))
    take(office, "bank", cfonb120(credits, 0, yesterday, yesterday), day)
    if day in MOVES:
        take(office, "movements", (HEADER + MOVES[day]).encode(), day)
    now = datetime.combine(day, time(10), PARIS)
    nightly.run(office=office, as_of=day, now=now)
    for batch in Batch.objects.filter(
        office=office, on=day, status="proposed", lines__status="proposed"
    ).distinct():
        approve(batch=batch, actor=None, now=now)
    worker.run_until_idle(now=now)
    return AccountPosition.objects.get(account__ref="L000001")


def test_a_winter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    office = Office.objects.create(
        code="deux-rives",
        name="Habitat des Deux Rives",
        kind="landlord",
        address="1 quai des Mariniers\n45990 Deux-Rives",
        phone="02 61 91 00 00",
        email="office@exemple.fr",
        signatory="Le chef de service",
        payment_means="Virement",
        website="www.exemple.fr",
        payment_iban="FR0000000000000000000000000",
    )
    install_defaults(office=office, today=BEGINS)
    take(office, "accounts", ACCOUNTS.encode(), BEGINS)
    seen: dict[date, AccountPosition] = {}
    day = BEGINS
    while day <= ENDS:
        monkeypatch.setenv("AMIABLE_TODAY", day.isoformat())
        seen[day] = morning(office, day)
        day += timedelta(days=1)

    # The CAF's share is never asked: until its payment day only the tenant's own part can be chased.
    assert seen[date(2026, 12, 6)].overdue_cents == 60_000
    assert seen[date(2026, 12, 6)].actionable_cents == 35_000
    # One share is below both tests; the second crosses the new one, in force since the New Year.
    assert seen[date(2027, 1, 4)].caf_constituted_on is None
    january = seen[date(2027, 1, 6)]
    assert (january.caf_constituted_on, january.caf_rule) == (date(2027, 1, 5), "CAF-03")
    assert january.caf_limit_on == date(2027, 3, 5)
    # Each letter left once, on its day, in the order of the procedure.
    letters = DiaryEntry.objects.filter(
        account__ref="L000001", kind__in=["letter", "lrar", "convocation"]
    ).order_by("on")
    steps = list(letters.values_list("step", flat=True))
    assert steps, list(BatchLine.objects.values_list("batch__on", "batch__step", "status", "reason_fr"))
    assert steps[:2] == ["relance_1", "relance_2"] and len(steps) == len(set(steps))
    first, second = letters[0].on, letters[1].on
    assert first == date(2026, 12, 13) and (second - first).days >= 7
    # The payment settles everything: nothing more is asked, and the CAF's spell is over.
    last = seen[ENDS]
    assert last.overdue_cents == 0 and last.next_step is None
    assert last.caf_constituted_on is None
    assert letters.filter(on__gt=PAID).count() == 0
