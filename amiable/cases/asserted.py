"""What an answer asserts and the product can know is looked at: the ledger's word against the partner's."""

from __future__ import annotations

from amiable.cases.effects import Happening, effect
from amiable.cases.gate import facts_of
from amiable.cases.lifecycle import accounts_of
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.positions.facts import rules


@effect("check_settled")
def check_settled(given: Happening) -> None:
    """« Dette réglée » is said of a debt of which nothing is left to claim; DomainError otherwise."""
    known = rules(given.dossier.office, given.today)
    owed = sum(
        facts_of(account, known).item(0, "actionable_cents") or 0 for account in accounts_of(given.dossier)
    )
    if owed > 0:
        raise DomainError(
            "not_settled",
            f"Cette dette n’est pas réglée : {french.euros(owed)} restent à réclamer. Importez d’abord les "
            "encaissements, ou terminez le dossier avec un motif. Rien n’a été enregistré.",
        )
