"""Fictitious offices, people, accounts and figures for tests: plain functions, each says what it needs."""

from tests.factories.ledger import account, debit, payment, terms
from tests.factories.organisation import PASSWORD, agency, office, user
from tests.factories.people import contact, person
from tests.factories.positions import position

__all__ = [
    "PASSWORD",
    "account",
    "agency",
    "contact",
    "debit",
    "office",
    "payment",
    "person",
    "position",
    "terms",
    "user",
]
