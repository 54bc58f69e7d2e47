"""The day, the calendar and the fiche read the same limits: a walk over an office with every sort of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.cases.models import Dossier
from amiable.limits import services
from amiable.positions.models import AccountPosition
from tests import factories
from tests.web.conftest import TODAY, House

#: The rule of a kept limit, its dossier's kind, and how many days ago it began.
KEPT = [
    ("AL-02.1", "action_logement", 200), ("AL-02.2", "action_logement", 200), ("DEP-01", "depart", 60),
    ("DEP-02", "depart", 40), ("SUR-06", "bdf", 40), ("SUR-07", "bdf", 3), ("CAF-08", "caf", 300),
    ("DUN-06.1", "caution", 10),
]  # fmt: skip


def position(account: Account, **columns: object) -> None:
    factories.position(account, TODAY, overdue=100_000, **columns)


@pytest.fixture
def office(house: House) -> House:
    """Kept limits passed and to come, some over or suspended; computed ones; of both agencies."""
    for number, (rule, kind, days) in enumerate(KEPT):
        agency = house.north if number % 3 else house.south
        account = factories.account(house.office, f"K-{number}", agency=agency)
        position(account)
        case = Dossier.objects.create(
            office=house.office, account=account, kind=kind, stage="followed", opened_on=TODAY
        )
        doing = {"actor": None, "today": TODAY}
        begun = TODAY - timedelta(days=days)
        for shift in (0, 5, 9):
            wanted = services.prepared(account, rule, from_on=begun - timedelta(days=shift), case=case)
            one = services.open_limit(wanted, **doing)
            if shift == 5:
                services.drop(one, on=TODAY, reason="Sans objet.", **doing)
        if number == 1:
            on = begun - timedelta(days=2)
            services.suspend(one, on=on, reason="Saisine.", **doing)
    for number, (constituted, limit) in enumerate(((120, -30), (50, 10), (20, 40))):
        account = factories.account(house.office, f"C-{number}", agency=house.north)
        on = TODAY - timedelta(days=constituted)
        position(account, caf_constituted_on=on, caf_limit_on=TODAY + timedelta(days=limit))
    for number, days in enumerate((-3, 0, 90, 400)):
        account = factories.account(house.office, f"P-{number}", agency=house.north)
        position(account, prescribes_on=TODAY + timedelta(days=days))
    return house


def told(limits) -> list[tuple[str, str, object]]:
    return [(one.account.ref, one.rule, one.limit_on) for one in limits]


def calendar(client, **asked: str) -> list[tuple[str, str, object]]:
    found, number = [], 1
    while True:
        page = client.get(reverse("limits"), {**asked, "page": number}).context
        found += told(line["limit"] for line in page["lines"])
        if number >= page["page"].paginator.num_pages:
            return found
        number += 1


@pytest.mark.parametrize("who", ["service_head", "agency_head", "officer_south"])
def test_day_calendar_and_fiche_agree(office: House, log_in, who: str):
    client = log_in(who)
    every, late = calendar(client), calendar(client, retard="1")
    day = client.get(reverse("day")).context
    assert late and [one for one in every if one[2] < TODAY] == late
    assert told(day["passed"]) == late == sorted(late, key=lambda one: one[2])
    assert day["legal"].late == len(late)
    assert day["legal"].pressing == len(calendar(client, jours="1"))
    coming = [one[2] for one in every if one[2] >= TODAY]
    assert day["legal"].next_on == (coming[0] if coming else None)
    seen = [one for ref in sorted({ref for ref, _, _ in every}) for one in fiche(client, ref)]
    assert sorted(seen) == sorted(every)
    for line in day["lines"]:
        mine = [one[2] for one in every if one[0] == line.position.account.ref]
        assert line.limit_on == (mine[0] if mine else None)


def fiche(client, ref: str) -> list[tuple[str, str, object]]:
    page = client.get(reverse("account", args=[ref]))
    html = page.content.decode()
    limits = told(page.context["limits"])
    assert html.count("limite dépassée") == sum(on < TODAY for _, _, on in limits)
    return limits


def test_an_account_without_limit_has_none(office: House, log_in):
    for ref in ("P-0", "P-3"):
        assert fiche(log_in("service_head"), ref) == []


def test_passed_limits_are_first_on_the_day_and_printed(office: House, log_in):
    html = log_in("service_head").get(reverse("day")).content.decode()
    start = html.index("Limites légales dépassées")
    assert start < html.index('class="tiles')
    section = html[start : html.index("</section>", start)]
    assert "no-print" not in section and "Déclaration à Visale" in section and "Dépôt à rendre" in section


def test_the_rule_of_a_prescription_is_that_of_the_nature(house: House, log_in):
    house.office.kind = "local_accountant"
    house.office.save()
    for nature, rule in (("cantine", "PUB-09"), ("amende", "NAT-02.2"), ("impot", "NAT-01.2")):
        account = factories.account(house.office, nature, agency=house.north, nature=nature)
        position(account, prescribes_on=TODAY + timedelta(days=20))
        (one,) = [each for each in calendar(log_in("service_head")) if each[0] == nature]
        assert one[1] == rule
    assert AccountPosition.objects.count() == 3
