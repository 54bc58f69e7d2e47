"""The office's accounts as matching sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import QuerySet, Sum

from amiable.accounts.models import Account, AccountAlias, AccountTerms
from amiable.bank.matching import Candidate, Index
from amiable.bank.models import BankTransaction
from amiable.core.models import Office
from amiable.intake.people import chunks
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban


def office_index(office: Office, ibans: Collection[str] = ()) -> Index:
    """Every account of the office as matching sees it: four queries, whatever their number.

    `ibans`: those of the lines to match; one that paid for somebody else as well decides nothing alone.
    """
    learned = list(PersonIban.objects.filter(person__office=office).values_list("person_id", "iban"))
    known = {iban for _, iban in learned}
    paid = BankTransaction.objects.filter(office=office, amount_cents__gt=0).exclude(entry=None)
    for part in chunks(sorted(known.intersection(ibans))):
        rows = paid.filter(iban__in=part).values_list("entry__account__person_id", "iban")
        learned += list(rows.distinct())
    return Index.build(_candidates(Account.objects.filter(office=office)), learned)


def candidates(ids: Sequence[int]) -> list[Candidate]:
    """These few accounts as matching sees them, in order of id."""
    return sorted(_candidates(Account.objects.filter(pk__in=ids)), key=lambda one: one.account_id)


def paid_from(office_id: int, iban: str) -> list[int]:
    """Accounts of the persons known to pay from this IBAN."""
    if not iban:
        return []
    rows = Account.objects.filter(office=office_id, person__ibans__iban=iban)
    return sorted(set(rows.values_list("pk", flat=True)))


def _candidates(accounts: QuerySet[Account]) -> list[Candidate]:
    balances = dict(
        Entry.objects.filter(account__in=accounts).values_list("account_id").annotate(Sum("amount_cents"))
    )
    monthly: dict[int, int] = {}
    for terms in AccountTerms.objects.filter(account__in=accounts).order_by("effective_on"):
        aid = terms.aid_cents if terms.third_party else 0
        monthly[terms.account_id] = terms.rent_cents + terms.charges_cents - aid
    rows = accounts.values_list(
        "pk", "person_id", "ref", "contract_ref", "person__last_name", "person__first_name", "status"
    )
    aliases: dict[int, list[str]] = {}
    named = AccountAlias.objects.filter(account__in=accounts)
    for pk, alias in named.values_list("account_id", "alias"):
        aliases.setdefault(pk, []).append(alias)
    return [
        Candidate(
            pk, person, ref, contract, f"{last} {first}", balances.get(pk, 0), monthly.get(pk, 0),
            status != "parti",
            tuple(aliases.get(pk, ())),
        )
        for pk, person, ref, contract, last, first, status in rows
    ]  # fmt: skip
