"""Surendettements of the demo, by the same services as the screens: frozen, erased, put off, known late."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from amiable.accounts.models import Account
from amiable.cases import services as dossiers
from amiable.cases.models import Dossier, Partner
from amiable.core.clock import PARIS
from amiable.core.models import Office, User
from amiable.demo.plan_tenants import planned
from amiable.demo.stories import REFS
from amiable.diary import services as diary
from amiable.diary.writing import together
from amiable.overindebtedness import services as bdf
from amiable.parties.models import ContactPoint, Person

#: Enough of an old debt to be worth a dossier.
_OWES_CENTS = 90_000


def landlord_surendettements(office: Office, today: date) -> None:
    """7. Marc Fontaine, then three ordinary tenants: moratorium, rétablissement, recevabilité known late."""
    officer = User.objects.get(office=office, username="c.morel")
    _bank(office)
    with together():
        _fontaine(Account.objects.get(office=office, ref=REFS["fontaine"]), officer, today)
        for act, account in zip((_moratorium, _erased, _late), _others(office, today), strict=False):
            act(account, account.officer or officer, today)


def _bank(office: Office) -> None:
    person = Person.objects.create(office=office, last_name="BANQUE DE FRANCE", is_company=True)
    ContactPoint.objects.create(
        person=person,
        kind=ContactPoint.Kind.ADDRESS,
        value="Surendettement\n3 place du Marché\n42000 Valmont",
    )
    Partner.objects.create(office=office, kind="bdf", code="421", name="Banque de France", person=person)


def _others(office: Office, today: date) -> list[Account]:
    taken = {*REFS.values(), *(outline.ref for _, outline in planned(today))}
    owing = Account.objects.filter(
        office=office, status="present", position__overdue_cents__gte=_OWES_CENTS, holds=None, plans=None
    )
    return list(owing.exclude(ref__in=taken).select_related("officer", "office").order_by("ref")[:3])


def _fontaine(account: Account, officer: User, today: date) -> None:
    """The dossier deposited two months ago, recevable last month, declared in time; November is unpaid."""
    opened = _opened(account, officer, today - timedelta(days=60), "000126004512")
    received = today - timedelta(days=35)
    _answer(opened, "recevable", officer, today - timedelta(days=33), recevable_le=received)
    sent_on = today - timedelta(days=20)
    dossiers.send(dossier=opened, way="portal", actor=officer, now=_at(sent_on), on=sent_on)


def _moratorium(account: Account, officer: User, today: date) -> None:
    opened = _opened(account, officer, today - timedelta(days=120), "000126003377")
    received = today - timedelta(days=100)
    _answer(opened, "recevable", officer, today - timedelta(days=97), recevable_le=received)
    sent_on = today - timedelta(days=90)
    dossiers.send(dossier=opened, way="portal", actor=officer, now=_at(sent_on), on=sent_on)
    decided = today - timedelta(days=15)
    _answer(opened, "moratoire", officer, today - timedelta(days=11), decide_le=decided, mois=18)


def _erased(account: Account, officer: User, today: date) -> None:
    """Decided six weeks ago and told since; nobody contested, so that the debt is erased."""
    opened = _opened(account, officer, today - timedelta(days=170), "000126002841")
    received = today - timedelta(days=130)
    _answer(opened, "recevable", officer, today - timedelta(days=126), recevable_le=received)
    sent_on = today - timedelta(days=115)
    dossiers.send(dossier=opened, way="portal", actor=officer, now=_at(sent_on), on=sent_on)
    told_on = today - timedelta(days=40)
    _answer(opened, "retablissement", officer, told_on, decide_le=told_on - timedelta(days=5), tous=True)
    _answer(opened, "retablissement_acquis", officer, today - timedelta(days=4))


def _late(account: Account, officer: User, today: date) -> None:
    """Reminders left after a recevabilité the office learns of today."""
    for step, kind, ago in (
        ("sms_rappel", "sms", 31),
        ("relance_1", "letter", 24),
        ("relance_2", "letter", 12),
    ):
        diary.log_event(
            account=account, kind=kind, step=step, actor=officer, today=today - timedelta(days=ago)
        )
    bdf.receive(account=account, on=today - timedelta(days=41), actor=officer, today=today)
    dossiers.open_dossier(account=Account.objects.get(pk=account.pk), kind="bdf", actor=officer, today=today)


def _opened(account: Account, officer: User, on: date, reference: str) -> Dossier:
    return dossiers.open_dossier(
        account=account, kind="bdf", actor=officer, today=on, fields={"reference": reference}
    )


def _answer(dossier: Dossier, code: str, officer: User, on: date, **values: date | int) -> None:
    dossiers.record_event(
        dossier=dossier,
        code=code,
        on=on,
        actor=officer,
        today=on,
        values={"late_reason": "Suivi sur papier jusque-là", **values},
    )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), PARIS)
