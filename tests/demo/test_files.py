"""The demo's files are messy, and readable, whatever the day they are made for."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from amiable.bank.reading import read_bank
from amiable.demo import files, stories, tenants, titres
from amiable.demo.people import Tenant
from amiable.domain import creditors
from amiable.domain.law.calendar import add_months
from amiable.intake import mapping as mappings
from amiable.intake.reading import SPECS, ListRules, ParsedList, parse
from tests.demo.days import HARDEST

RULES = {
    "landlord": ListRules(tuple(creditors.kind("landlord").natures), 0),
    "local_accountant": ListRules(tuple(creditors.kind("local_accountant").natures), 30),
}


def read(file: files.DemoFile, kind: str) -> ParsedList:
    mapping = mappings.from_dict(file.mapping, SPECS[file.list_kind]) if file.mapping else None
    return parse(file.data, file.list_kind, mapping, rules=RULES[kind])


@pytest.mark.parametrize("today", HARDEST, ids=str)
def test_every_file_of_the_demo_is_read(today: date):
    for kind, received in (
        ("landlord", files.landlord_files(today)),
        ("local_accountant", files.treasury_files(today)),
    ):
        for file in received:
            if file.list_kind == "bank":
                bank = read_bank(file.data)
                assert [s.refused for s in bank.statements] == [""], file.name
                assert bank.statements[0].lines and not bank.orphans
            else:
                parsed = read(file, kind)
                assert parsed.checked.good.height > 0, file.name
                assert parsed.errors.height <= 2, (file.name, parsed.errors)
            assert file.received_on <= today


def test_the_lists_are_as_messy_as_real_ones():
    received = {file.name: file for file in files.landlord_files(date(2026, 11, 22))}
    accounts = received["05-locataires-2026-11.csv"].data
    with pytest.raises(UnicodeDecodeError):
        accounts.decode("utf-8")
    assert accounts.count("N° Compte".encode("cp1252")) > 3
    parsed = read(received["06-mouvements-2026-11.csv"], "landlord")
    assert parsed.errors.height == 1  # the unknown account is for the ledger to find
    assert parsed.checked.skipped == 1 and parsed.checked.warnings
    assert received["09-etat-des-restes-2026-11.xlsx"].data.startswith(b"PK")


def test_the_same_day_gives_the_same_files():
    def sums() -> list[bytes]:
        return [f.data for f in files.landlord_files(date(2026, 11, 22)) if not f.name.endswith("xlsx")]

    assert sums() == sums()


def owed_months(tenant: Tenant, today: date) -> float:
    """Months of the tenant's share that are due and unpaid, the aid of the month set apart until it comes."""
    owed = sum(m.amount_cents for m in tenant.moves if (m.due_on or m.on) <= today)
    if tenant.third_party and today.day < 25 and today.day >= tenant.due_day:
        owed -= tenant.aid_cents
    return owed / tenant.share_cents


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 2, 28), date(2027, 6, 10)], ids=str)
def test_arrears_stand_in_the_proportions_offices_publish(today: date):
    people = list(tenants.ordinary(2_987, today, 1000))
    months = [owed_months(tenant, today) for tenant in people]
    late = sum(m > 0.01 for m in months) / len(people)
    assert 0.16 < late < 0.27
    assert 0.055 < sum(m >= 2.99 for m in months) / len(people) < 0.08
    assert 0.010 < sum(m > 12 for m in months) / len(people) < 0.02


def test_the_office_has_three_thousand_homes_and_the_tresorerie_two_thousand_titres():
    today = date(2026, 11, 22)
    people = [*stories.landlord_stories(today), *tenants.ordinary(2_987, today, 1000)]
    assert len(people) == len({t.ref for t in people}) == 3_000
    claims = [*titres.stories(today), *titres.ordinary(today)]
    assert 1_950 <= len(claims) <= 2_050
    assert len(claims) == len({t.ref for t in claims})
    assert set(Counter(t.nature for t in claims)) == {"impot", "amende", "cantine", "hopital", "divers"}


def test_phone_numbers_and_ibans_belong_to_nobody():
    today = date(2026, 11, 22)
    people = [*stories.landlord_stories(today), *tenants.ordinary(500, today, 1000)]
    assert all(t.phone.startswith(("06 39 98", "02 61 91")) for t in people if t.phone)
    assert all(t.email.endswith("@exemple.fr") for t in people if t.email)
    from schwifty import IBAN

    from amiable.demo.bank import iban

    assert not IBAN(iban(101), allow_invalid=True).is_valid


@pytest.mark.parametrize("today", HARDEST, ids=str)
def test_the_limit_of_the_first_story_is_never_after_two_days(today: date):
    constituted = stories.constituted_on(today)
    assert 0 <= (add_months(constituted, 2) - today).days <= 2
