"""What a guarantee still covers of an account, read for one of its calls or for the night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.domain.cases.family import ABANDONED
from amiable.domain.cases.guarantee import VISALE, Term, Unpaid, terms_to_call
from amiable.domain.cases.kind import criterion
from amiable.domain.check import Check
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros, month_words, plural
from amiable.guarantees.action_logement.contracts import contract_of
from amiable.guarantees.models import Guarantee
from amiable.ledger.frozen_parts import AccountSplit, split_of
from amiable.ledger.models import Entry

KIND = "action_logement"


def covered(contract: Guarantee, items: Iterable[Unpaid]) -> list[Unpaid]:
    """The items due while the guarantee runs."""
    last = contract.ends_on or date.max
    return [item for item in items if contract.starts_on <= item.due_on <= last]


def called_until(account_ids: Iterable[int], on: date) -> dict[int, date]:
    """{account: the day up to which its guarantor was asked, in a call that left by `on`}. One query."""
    rows = Dossier.objects.filter(account__in=account_ids, kind=KIND, sent_on__lte=on)
    rows = rows.exclude(stage=ABANDONED)
    found: dict[int, date] = {}
    for pk, fields, sent_on in rows.values_list("account_id", "fields", "sent_on"):
        until = _day(fields, "arrete_le") or sent_on
        found[pk] = max(until, found.get(pk, until))
    return found


def terms_paid(account_ids: Iterable[int], on: date) -> dict[int, int]:
    """{account: how many terms a guarantor had paid something of by that day}, corrections taken off."""
    named = Entry.objects.filter(
        account__in=account_ids, kind=EntryKind.SUBROGATION, document_on__lte=on
    ).select_related("reverses")
    rows = {row.pk: row for row in named}
    cents = {pk: -row.amount_cents for pk, row in rows.items()}
    back = Entry.objects.filter(kind=EntryKind.ANNULATION, reverses_id__in=list(rows), document_on__lte=on)
    for pk, amount in back.values_list("reverses_id", "amount_cents"):
        cents[pk] -= amount
    months: dict[int, set[date]] = {}
    for pk, row in rows.items():
        assert row.reverses is not None
        if cents[pk] > 0:
            due_on = row.reverses.due_on or row.reverses.document_on
            months.setdefault(row.account_id, set()).add(due_on.replace(day=1))
    return {pk: len(found) for pk, found in months.items()}


def terms_left(contract: Guarantee, on: date) -> int:
    return max(0, contract.instalments - terms_paid([contract.account_id], on).get(contract.account_id, 0))


def the_contract(dossier: Dossier, today: date) -> Guarantee:
    """DomainError without a contract in force."""
    contract = contract_of(dossier.account, today)
    if contract is None:
        raise DomainError(
            "no_guarantee",
            "Aucune garantie Visale ou LOCA-PASS n’est notée sur ce compte : rien n’est parti.",
        )
    return contract


def terms_of(dossier: Dossier, today: date) -> list[Term]:
    """The terms this call asks for, as they are unpaid today: after the call before it, up to its own day.

    Never both parts of a surendettement (SUR-02): a call made up after the recevabilité leaves part A out."""
    account, contract = dossier.account, the_contract(dossier, today)
    until, after = _day(dossier.fields, "arrete_le") or today, _day(dossier.fields, "apres")
    if account.split_on is not None and account.split_on < until:
        after = max(after or account.split_on, account.split_on)
    return terms_to_call(
        covered(contract, unpaid(split_of(account, today))),
        after=after,
        until=until,
        cap_cents=contract.cap_cents,
        left=terms_left(contract, today),
    )


def asked(dossier: Dossier, today: date) -> list[tuple[int, int]]:
    """(entry, cents) of those terms, oldest first."""
    return [part for term in terms_of(dossier, today) for part in term.parts]


def _day(fields: Mapping[str, Any], code: str) -> date | None:
    return date.fromisoformat(fields[code]) if fields.get(code) else None


def unpaid(split: AccountSplit) -> list[Unpaid]:
    return [*split.due(split.a).items, *split.due(split.b).items]


def advice(dossier: Dossier, today: date) -> list[Check]:
    """What the guarantor looks at before paying, judged on what the office knows."""
    contract = contract_of(dossier.account, today)
    if contract is None:
        return [criterion("guarantee", "Garantie", "aucune notée sur ce compte", False, "AL-02")]
    said = f"{contract}, depuis le {contract.starts_on:%d/%m/%Y}"
    said += f", jusqu’au {contract.ends_on:%d/%m/%Y}" if contract.ends_on else ""
    left = terms_left(contract, today)
    rule = "AL-01" if contract.scheme == VISALE else "AL-03"
    lines = [
        criterion("guarantee", "Garantie", said, True, rule),
        criterion(
            "terms",
            "Mensualités garanties",
            f"{plural(left, 'mensualité')} sur {contract.instalments} encore garanties",
            bool(left),
            rule,
        ),
        _asked_line(dossier, terms_of(dossier, today)),
    ]
    if contract.scheme == VISALE:
        lines += [
            _known("student", "Étudiant ou alternant", contract.is_student),
            _known("clause", "Clause résolutoire au bail", contract.has_clause),
        ]
    surplus = split_of(dossier.account, today).surplus_cents
    if surplus:
        lines.append(
            criterion("surplus", "Trop versé", f"{euros(surplus)} à rendre au garant", False, "AL-05")
        )
    return lines


def _asked_line(dossier: Dossier, terms: list[Term]) -> Check:
    months = ", ".join(month_words(term.month) for term in terms)
    said = f"{euros(sum(term.asked_cents for term in terms))} : {months}" if terms else "rien d’impayé"
    met = True if terms or dossier.sent_on else None
    return criterion("asked", "Encore dû sur cet appel", said, met, "AL-02")


def _known(code: str, label: str, value: bool | None) -> Check:
    said = "non renseigné sur la fiche" if value is None else "oui" if value else "non"
    return criterion(code, label, said, value, "AL-01")
