"""The statement a plan starts from: what is owed on a day, by échéance and nature, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.accounts.models import Account
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros
from amiable.outreach.statement import Item, unpaid_items
from amiable.positions.facts import frame


@dataclass(frozen=True)
class Statement:
    """What the accounts of one person owe on `on`. `items`: unpaid and due, part A of a surendettement left
    out (SUR-02). Cents: `total_cents` is what a plan covers, the items less the aid awaited and what is
    disputed; `frozen_cents` is part A, never in a plan drawn up here."""

    on: date
    items: tuple[Item, ...]
    awaited_cents: int
    disputed_cents: int
    frozen_cents: int
    total_cents: int

    def as_json(self) -> list[list[int]]:
        """What a version keeps of it: ids and cents."""
        return [[item.entry_id, item.rest_cents] for item in self.items]


def statement_of(accounts: Sequence[Account], on: date) -> Statement:
    """The statement of some accounts of one office and one person, recomputed from the ledger."""
    ids = [account.pk for account in accounts]
    office = accounts[0].office
    told = {row["account_id"]: row for row in frame(office=office, as_of=on, ids=ids).to_dicts()}
    items = [item for rows in unpaid_items(accounts, on).values() for item in rows]
    awaited = disputed = frozen = total = 0
    for row in told.values():
        total += max(0, row["actionable_cents"])
        frozen += row["frozen_cents"]
        awaited += row["pending_aid_cents"] or 0
        disputed += row.get("disputed_cents") or 0
    ordered = sorted(items, key=lambda item: (item.due_on, item.account_id, item.entry_id))
    return Statement(on, tuple(ordered), awaited, disputed, frozen, total)


def check_amount(found: Statement, debt_cents: int) -> None:
    """DomainError `plan_not_statement` unless the plan is exactly what the statement says (story 21)."""
    if found.total_cents == debt_cents:
        return
    raise DomainError(
        "plan_not_statement",
        f"Le plan porte sur {euros(debt_cents)}, le décompte arrêté au {found.on:%d/%m/%Y} dit "
        f"{euros(found.total_cents)}. Rien n’a été enregistré : repartez du décompte à jour.",
    )


def same_person(accounts: Sequence[Account]) -> list[Account]:
    """The accounts, checked: at least one, of one person and one office."""
    if not accounts:
        raise DomainError("plan_without_account", "Choisissez au moins un compte.")
    first = accounts[0]
    if any((a.person_id, a.office_id) != (first.person_id, first.office_id) for a in accounts):
        raise DomainError("plan_two_people", "Un plan couvre les comptes d’une seule personne.")
    return list(accounts)
