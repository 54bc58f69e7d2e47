"""Accounts, their terms and their entries, in integer cents."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import Office
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry
from amiable.ledger.services import post
from amiable.parties.models import Person
from tests.factories.people import person as make_person

_keys = count(1)


def account(of: Office, ref: str = "", *, person: Person | None = None, **fields: Any) -> Account:
    """An account of the office; a person is made for it when none is given."""
    number = next(_keys)
    defaults = {
        "nature": "loyer",
        "address": "12 rue des Lilas",
        "postcode": "69003",
        "city": "Lyon",
        "entered_on": date(2021, 6, 1),
    }
    return Account.objects.create(
        office=of, ref=ref or f"C{number:07d}", person=person or make_person(of), **(defaults | fields)
    )


def terms(
    of: Account,
    effective_on: date = date(2021, 6, 1),
    *,
    rent: int = 28000,
    charges: int = 2000,
    aid: int = 0,
    third_party: bool = False,
) -> AccountTerms:
    """Rent, charges and aid (cents) in force from a date."""
    return AccountTerms.objects.create(
        account=of,
        effective_on=effective_on,
        rent_cents=rent,
        charges_cents=charges,
        aid_cents=aid,
        third_party=third_party,
    )


def debit(
    of: Account, on: date, amount_cents: int, *, kind: EntryKind = EntryKind.QUITTANCE, **fields: Any
) -> Entry:
    """Something owed, due the day it is written unless `due_on` says otherwise."""
    defaults = {"due_on": on, "period": on.replace(day=1), "key": next(_keys)}
    return post(account=of, kind=kind, document_on=on, amount_cents=amount_cents, **(defaults | fields))


def payment(
    of: Account, on: date, amount_cents: int, *, kind: EntryKind = EntryKind.ENCAISSEMENT, **fields: Any
) -> Entry:
    """Money received: give the amount positive, it is posted as a credit."""
    return post(
        account=of,
        kind=kind,
        document_on=on,
        amount_cents=-amount_cents,
        **({"key": next(_keys)} | fields),
    )
