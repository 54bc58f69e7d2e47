"""The office's accounts as matching sees them."""

from __future__ import annotations

from django.db.models import Sum

from amiable.accounts.models import Account, AccountTerms
from amiable.bank.matching import Candidate, Index
from amiable.core.models import Office
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban


def office_index(office: Office) -> Index:
    """Every account of the office as matching sees it: four queries, whatever their number."""
    balances = dict(
        Entry.objects.filter(account__office=office).values_list("account_id").annotate(Sum("amount_cents"))
    )
    monthly: dict[int, int] = {}
    for terms in AccountTerms.objects.filter(account__office=office).order_by("effective_on"):
        aid = terms.aid_cents if terms.third_party else 0
        monthly[terms.account_id] = terms.rent_cents + terms.charges_cents - aid
    rows = Account.objects.filter(office=office).values_list(
        "pk", "person_id", "ref", "contract_ref", "person__last_name", "person__first_name", "status"
    )
    candidates = [
        Candidate(
            pk,
            person,
            ref,
            contract,
            f"{last} {first}",
            balances.get(pk, 0),
            monthly.get(pk, 0),
            status != "parti",
        )
        for pk, person, ref, contract, last, first, status in rows
    ]
    ibans = PersonIban.objects.filter(person__office=office).values_list("person_id", "iban")
    return Index.build(candidates, ibans)
