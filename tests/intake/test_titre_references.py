"""A titre is its budget, its year and its number; a bare number names one titre or none."""

from __future__ import annotations

import importlib
from datetime import date

import pytest
from django.apps import apps

from amiable.accounts.models import Account
from amiable.accounts.references import find
from amiable.bank.accounts import office_index
from amiable.bank.matching import judge
from amiable.bank.readers.statement import BankLine
from amiable.domain.errors import DomainError
from amiable.intake.services import RefusedFile, import_list
from amiable.ledger.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
TITRES = "budget;titre;exercice;nature;date_prise_en_charge;date_notification;principal;nom\n"
MOVEMENTS = "compte;date_piece;type;credit;reference\n"


@pytest.fixture
def treasury():
    return factories.office("valmont", kind="local_accountant")


def load(office, kind, text):
    head = TITRES if kind == "titres" else MOVEMENTS
    return import_list(
        office=office, list_kind=kind, data=(head + text).encode(), filename=f"{kind}.csv", actor=None,
        today=date(2026, 11, 29),
    )  # fmt: skip


def row(budget: str, number: str, year: int, principal: str = "84,00") -> str:
    return f"{budget};{number};{year};cantine;13/06/{year};20/06/{year};{principal};PRAT\n"


def refs(office) -> list[str]:
    return sorted(Account.objects.filter(office=office).values_list("ref", flat=True))


def test_one_number_in_two_years_and_two_budgets_is_three_titres(treasury):
    report = load(treasury, "titres", row("", "125", 2025) + row("", "125", 2026) + row("EAU", "125", 2026))
    assert (report.accepted, report.rejected) == (3, 0)
    assert refs(treasury) == ["BP-2025-125", "BP-2026-125", "EAU-2026-125"]
    # The same in another file is the same, and another amount is refused.
    again = load(treasury, "titres", row("BP", "125", 2026) + row("", "126", 2026))
    assert (again.accepted, again.duplicates) == (1, 1)
    with pytest.raises(RefusedFile) as refused:
        load(treasury, "titres", row("EAU", "125", 2026, "90,00"))
    assert "autre montant" in refused.value.report.errors[0][1]


def test_the_principal_budget_is_the_offices(treasury):
    treasury.principal_budget = "24000"
    treasury.save()
    load(treasury, "titres", row("", "7", 2026))
    assert refs(treasury) == ["24000-2026-7"]


def test_without_a_year_the_prise_en_charge_gives_it(treasury):
    load(treasury, "titres", row("", "7", 2026).replace("7;2026", "7;"))
    assert refs(treasury) == ["BP-2026-7"]


def test_two_rows_of_one_titre_that_differ_are_refused(treasury):
    report = load(treasury, "titres", row("", "7", 2026) + row("BP", "7", 2026, "85,00"))
    assert (report.accepted, report.errors[0][1]) == (1, "titre déjà donné ligne 2 avec d'autres valeurs")


def test_a_bare_number_is_taken_where_one_titre_bears_it_and_never_the_first_of_several(treasury):
    load(treasury, "titres", row("", "125", 2025) + row("", "125", 2026) + row("", "126", 2026))
    report = load(
        treasury, "movements",
        "126;13/09/2026;encaissement;1,00;E1\n125;13/09/2026;encaissement;2,00;E2\n"
        "2025-125;13/09/2026;encaissement;3,00;E3\nBP-2026-125;13/09/2026;encaissement;4,00;E4\n"
        "127;13/09/2026;encaissement;5,00;E5\n",
    )  # fmt: skip
    paid = Entry.objects.filter(amount_cents__lt=0).values_list("account__ref", "amount_cents")
    assert sorted(paid) == [("BP-2025-125", -300), ("BP-2026-125", -400), ("BP-2026-126", -100)]
    reasons = dict(report.errors)
    assert "porté par plusieurs titres (BP-2025-125, BP-2026-125)" in reasons[3]
    assert reasons[6] == "compte inconnu « 127 »"


def test_a_name_is_found_or_refused_by_its_bearers(treasury):
    load(treasury, "titres", row("", "125", 2025) + row("", "125", 2026) + row("", "126", 2026))
    assert find(treasury, "126").ref == find(treasury, "2026-126").ref == "BP-2026-126"
    for name, code in (("125", "ambiguous_account"), ("127", "unknown_account")):
        with pytest.raises(DomainError) as refused:
            find(treasury, name)
        assert refused.value.code == code
    other = factories.office("autre", kind="local_accountant")
    with pytest.raises(DomainError):
        find(other, "126")


def test_a_titre_taken_before_keeps_its_reference_and_is_known_again(treasury):
    old = factories.account(treasury, "T100", nature="cantine")
    Account.objects.filter(pk=old.pk).update(fiscal_year=2026)
    importlib.import_module("amiable.accounts.migrations.0002_aliases").name_titres(apps, None)
    load(treasury, "titres", row("", "T100", 2026))
    assert refs(treasury) == ["T100"]
    assert find(treasury, "T100").pk == find(treasury, "BP-2026-T100").pk == old.pk
    load(treasury, "titres", row("", "T100", 2025))
    with pytest.raises(DomainError, match="plusieurs titres"):
        find(treasury, "T100")
    assert find(treasury, "BP-2026-T100").pk == old.pk


@pytest.mark.parametrize(
    ("label", "found"), [("TITRE A000125", None), ("TITRE BP-2026-A000125", "BP-2026-A000125")]
)
def test_the_bank_never_takes_the_first_of_several(treasury, label, found):
    load(treasury, "titres", row("", "A000125", 2025) + row("", "A000125", 2026))
    line = BankLine(line=1, booked_on=date(2026, 11, 20), amount_cents=8400, label=label)
    verdict = judge(line, office_index(treasury))
    wanted = Account.objects.get(ref=found).pk if found else None
    assert verdict.account_id == wanted


def test_an_account_number_without_its_zeros_is_refused_when_the_office_knows_it_with_them():
    office = factories.office()
    factories.account(office, "000789")
    factories.account(office, "456")
    factories.account(office, "000456")
    with pytest.raises(RefusedFile) as refused:
        load(office, "movements", "789;13/09/2026;encaissement;1,00;E1\n")
    assert "« 000789 » est connu : zéros de tête perdus" in refused.value.report.errors[0][1]
    text = b"compte;nom\n789;A\n456;B\n12;C\n"
    report = import_list(
        office=office, list_kind="accounts", data=text, filename="a.csv", actor=None, today=date(2026, 11, 29)
    )
    assert [line for line, _ in report.errors] == [2]
    assert report.accepted == 2
