"""Portefeuille: found by what one remembers, sorted, added up, kept, exported without danger."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.accounts.models import Account, AccountAlias
from amiable.core.models import AuditEvent, SavedFilter
from amiable.diary.models import DiaryEntry
from amiable.positions import lists
from amiable.positions.search import matching
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY

URL = "/portefeuille/"


@pytest.fixture
def people(house):
    """Four accounts of the north, one of the south, one of another office."""
    office = house.office

    def add(last, first, ref, city, phone, overdue, where=None, of=None, **figures):
        of = of or office
        person = factories.person(of, last, first)
        factories.contact(person, "phone", phone)
        factories.contact(person, "email", f"{last.lower()}@exemple.fr")
        account = factories.account(of, ref, person=person, city=city, agency=where)
        factories.position(account, TODAY, overdue=overdue, **figures)
        return account

    north = house.north
    return {
        "durand": add("Durand", "Samira", "C0012345", "Lyon", "+33639981102", 51240, north, age_days=78),
        "durant": add("Durant", "Élodie", "C0099999", "Saint-Étienne", "+33639980001", 0, north),
        "leroy": add(
            "Le Roy", "Odile", "C0009921", "Saint-Étienne", "+33199000003", 120480, north, age_days=20
        ),
        "haddad": add(
            "Haddad", "Yanis", "A7", "Bron", "+33639980004", 43000, north, age_days=5, held_by="plan"
        ),
        "south": add("Durand", "Cachée", "S1", "Lyon", "+33639980005", 90000, house.south, age_days=100),
        "elsewhere": add("Durand", "Ailleurs", "Z1", "Lyon", "+33639980006", 1, None, house.other_office),
    }


def refs(response):
    return [line.position.account.ref for line in response.context["lines"]]


def found(client, text):
    return set(refs(client.get(URL, {"q": text, "late": ""})))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("durand", {"C0012345"}),
        ("DURAN", {"C0012345", "C0099999"}),
        ("samira", {"C0012345"}),
        ("samira durand", {"C0012345"}),
        ("durand samira", {"C0012345"}),
        ("elodie", {"C0099999"}),
        ("le roy", {"C0009921"}),
        ("roy", {"C0009921"}),
        ("saint etienne", {"C0099999", "C0009921"}),
        ("SAINT-ÉT", {"C0099999", "C0009921"}),
        ("durant saint-etienne", {"C0099999"}),
        ("durand saint-etienne", set()),
        ("c00123", {"C0012345"}),
        ("06 39 98 11 02", {"C0012345"}),
        ("+33 6 39 98 11", {"C0012345"}),
        ("01.99.00.00.03", {"C0009921"}),
        ("haddad@exemple.fr", {"A7"}),
        ("personne", set()),
        ("%", set()),
        ("'; drop table", set()),
    ],
)
def test_search_by_what_one_remembers(people, log_in, text, expected):
    assert found(log_in("officer"), text) == expected


def test_an_exact_reference_opens_the_account(people, log_in):
    response = log_in("officer").get(URL, {"q": "c0012345"})
    assert response.status_code == 302
    assert response.url == reverse("account", args=["C0012345"])


@pytest.mark.parametrize("text", ["S1", "durand cachée", "06 39 98 00 05", "Z1"])
def test_search_never_leaves_the_scope(people, log_in, text):
    response = log_in("officer").get(URL, {"q": text})
    assert response.status_code == 200
    assert refs(response) == []


def test_the_whole_office_is_seen_by_its_head_and_no_other_office(people, log_in):
    assert set(refs(log_in("service_head").get(URL))) == {"C0012345", "C0099999", "C0009921", "A7", "S1"}


def test_totals_are_those_of_the_filtered_list(people, log_in):
    totals = log_in("officer").get(URL, {"late": "on"}).context["totals"]
    assert (totals.accounts, totals.late) == (3, 3)
    assert totals.overdue_cents == 51240 + 120480 + 43000


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"age": "0-30"}, {"C0009921", "A7"}),
        ({"age": "61-90"}, {"C0012345"}),
        ({"age": "90+"}, {"S1"}),
        ({"hold": "yes"}, {"A7"}),
        ({"hold": "no", "late": "on"}, {"C0012345", "C0009921", "S1"}),
        ({"hold": "plan"}, {"A7"}),
        ({"min": "500"}, {"C0012345", "C0009921", "S1"}),
        ({"min": "1 204,80"}, {"C0009921"}),
    ],
)
def test_filters(people, log_in, filters, expected):
    assert set(refs(log_in("service_head").get(URL, filters))) == expected


@pytest.mark.parametrize("key", lists.SORTS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_sorts_and_keeps_every_line(people, log_in, key, sign):
    shown = refs(log_in("service_head").get(URL, {"sort": f"{sign}{key}"}))
    assert sorted(shown) == ["A7", "C0009921", "C0012345", "C0099999", "S1"]


def test_sorting_means_something(people, log_in):
    client = log_in("officer")
    assert refs(client.get(URL, {"sort": "name"})) == ["C0012345", "C0099999", "A7", "C0009921"]
    assert refs(client.get(URL, {"sort": "-debt"}))[0] == "C0009921"
    assert refs(client.get(URL, {"sort": "-age"}))[:2] == ["C0012345", "C0009921"]
    assert refs(client.get(URL, {"sort": "nonsense"}))[0] == "C0009921"


def test_the_number_of_queries_does_not_grow(house, log_in):
    client = log_in("agency_head")

    def add(n):
        account = factories.account(house.office, f"Q{n:03d}", agency=house.north)
        factories.position(account, TODAY, overdue=n * 100)

    add(1)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for n in range(2, 70):
        add(n)
    with CaptureQueriesContext(connection) as many:
        client.get(URL, {"page": 2})
    assert len(many) == len(few)


def test_a_filter_is_kept_under_a_name_found_again_and_forgotten(people, log_in, house):
    client = log_in("officer")
    client.post(reverse("portfolio_save"), {"name": " Gros  retards ", "query": "late=on&min=500"})
    page = client.get(URL).content.decode()
    assert 'href="?late=on&amp;min=500"' in page
    assert "Gros retards" in page
    client.post(reverse("portfolio_save"), {"name": "Gros retards", "query": "late=on&min=600"})
    kept = SavedFilter.objects.get()
    assert (kept.query, kept.user) == ("late=on&min=600", house["officer"])
    assert log_in("agency_head").post(reverse("portfolio_forget", args=[kept.pk])).status_code == 404
    client.post(reverse("portfolio_forget", args=[kept.pk]))
    assert not SavedFilter.objects.exists()


def test_a_filter_without_a_name_is_refused_in_words(people, log_in):
    response = log_in("officer").post(reverse("portfolio_save"), {"name": " ", "query": "late=on"})
    assert "Donnez un nom" in response.content.decode()
    assert not SavedFilter.objects.exists()


def cells(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_csv_holds_the_filtered_list_of_the_scope(people, log_in, house):
    response = log_in("officer").get(reverse("portfolio_csv"), {"late": "on", "sort": "-debt"})
    rows = cells(response)
    assert [row[0] for row in rows] == ["Compte", "C0009921", "C0012345", "A7"]
    durand = dict(zip(rows[0], rows[2], strict=True))
    assert durand["Nom"] == "DURAND Samira"
    assert durand["Dette exigible"] == "512,40"
    event = AuditEvent.objects.get(verb="portfolio.exported")
    assert (event.actor, event.data) == (house["officer"], {"format": "csv", "accounts": 3})


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+33", "-1+1", "@SUM(A1)", "\t=1"])
def test_no_cell_becomes_a_formula(house, log_in, text):
    person = factories.person(house.office, text, "")
    account = factories.account(house.office, "C1", person=person, address=text, agency=house.north)
    factories.position(account, TODAY, overdue=100, why=text)
    client = log_in("officer")
    row = cells(client.get(reverse("portfolio_csv")))[1]
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    content = b"".join(client.get(reverse("portfolio_xlsx")).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert sheet["C2"].value == f"'{text}"


def test_the_xlsx_holds_numbers_and_dates(people, log_in):
    client = log_in("officer")
    content = b"".join(client.get(reverse("portfolio_xlsx"), {"q": "durand"}).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    row = dict(zip([c.value for c in sheet[1]], [c.value for c in sheet[2]], strict=True))
    assert row["Dette exigible"] == 512.4
    assert row["Situation au"].date() == TODAY
    assert sheet.max_row == 2


def test_an_empty_search_teaches_how_to_search(people, log_in):
    page = log_in("officer").get(URL, {"q": "introuvable"}).content.decode()
    assert "Aucun compte ne répond à cette recherche" in page


def test_caf_limits_in_order(house, log_in):
    for ref, limit in (("LATE", date(2027, 1, 20)), ("SOON", date(2026, 11, 24)), ("NONE", None)):
        account = factories.account(house.office, ref, agency=house.north)
        factories.position(
            account,
            TODAY,
            overdue=60000,
            caf_debt_cents=60000,
            caf_constituted_on=date(2026, 9, 24),
            caf_rule="CAF-02",
            caf_limit_on=limit,
        )
    factories.position(factories.account(house.office, "OUT", agency=house.north), TODAY, overdue=100)
    response = log_in("officer").get(reverse("portfolio_caf"))
    assert refs(response) == ["SOON", "LATE", "NONE"]
    page = response.content.decode()
    assert "pas de signalement" in page
    assert 'value="2027-01-01"' in page


def test_what_is_already_reported_is_apart(house, log_in):
    install_defaults(office=house.office, today=date(2026, 1, 1))
    for ref, done_on in (("TODO", None), ("BEFORE", date(2026, 3, 1)), ("DONE", date(2026, 10, 2))):
        account = factories.account(house.office, ref, agency=house.north)
        factories.position(account, TODAY, caf_constituted_on=date(2026, 9, 24), caf_rule="CAF-02")
        if done_on:
            DiaryEntry.objects.create(
                office=house.office, account=account, kind="step_done", step="signalement_caf", on=done_on
            )
    client, url = log_in("officer"), reverse("portfolio_caf")
    # An earlier debt was reported in March: this one still has to be.
    assert set(refs(client.get(url))) == {"TODO", "BEFORE"}
    response = client.get(url, {"tous": "1"})
    assert set(refs(response)) == {"TODO", "BEFORE", "DONE"}
    assert "signalé</span> le" in response.content.decode()


def test_who_crosses_by_the_change_of_rule_alone(house, log_in):
    """CAF-01: 470 EUR are under twice 300 EUR, and over the fixed amount of 2027."""
    install_defaults(office=house.office, today=date(2026, 1, 1))
    for ref, cents in (("CROSSES", 47000), ("UNDER", 30000)):
        account = factories.account(house.office, ref, agency=house.north)
        factories.terms(account, rent=28000, charges=2000, aid=5000)
        factories.debit(account, date(2026, 12, 5), cents)
        factories.position(account, TODAY)
    client, url = log_in("officer"), reverse("portfolio_caf")
    assert client.get(url).context["crossing"] == []
    found = client.get(url, {"on": "2027-01-01"}).context["crossing"]
    assert [(one.ref, one.rule_before, one.rule_after, one.debt_cents) for one in found] == [
        ("CROSSES", "CAF-01", "CAF-03", 47000)
    ]
    assert log_in("officer_south").get(url, {"on": "2027-01-01"}).context["crossing"] == []
    assert "ne se lit pas" in client.get(url, {"on": "demain"}).content.decode()


def test_an_accountant_has_no_caf_view(house):
    from django.test import Client

    treasury = factories.office("valmont", kind="local_accountant")
    client = Client()
    client.force_login(
        factories.user(treasury, "officer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse("portfolio_caf")).url == URL
    account = factories.account(treasury, "T1", nature="hopital")
    factories.position(account, TODAY, overdue=142000)
    page = client.get(URL).content.decode()
    assert "Impayés CAF" not in page
    assert "Redevable" in page
    assert "hôpital" in page


def test_a_titre_is_found_by_its_bare_number(house, log_in):
    house.office.kind = "local_accountant"
    house.office.save()
    accounts = [factories.account(house.office, f"BP-{year}-125") for year in (2025, 2026)]
    for account in accounts:
        AccountAlias.objects.create(office=house.office, account=account, alias="125")
    only = factories.account(house.office, "BP-2026-126")
    AccountAlias.objects.create(office=house.office, account=only, alias="126")
    client = log_in("service_head")
    found = client.get(reverse("portfolio"), {"q": "126"})
    assert found.url == reverse("account", args=["BP-2026-126"])
    ids = matching(house.office.pk, "125")
    assert set(Account.objects.filter(pk__in=ids)) == set(accounts)
    assert client.get(reverse("portfolio"), {"q": "125"}).status_code == 200
