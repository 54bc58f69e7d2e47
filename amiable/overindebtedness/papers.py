"""What the documents of a surendettement say: part A alone, at the date that counts (documents 21 and 22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amiable.accounts.models import Account, AccountParty
from amiable.cases.models import Dossier
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.ledger.frozen_parts import Part, split_of
from amiable.outreach.statement import Table, label

NO_GUARANTOR = "aucune connue"


def prefill(dossier: Dossier, facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The fields of the declaration; the claim is what was owed on the day of the recevabilité."""
    found: dict[str, Any] = {"cautions": guarantors_of(dossier.account)}
    if facts.get("received_on"):
        found |= claim(dossier.account, facts["received_on"])
    return found


def claim(account: Account, received_on: date) -> dict[str, Any]:
    """recevable_le and the claim at that date, in cents."""
    part = split_of(account, received_on, split_on=received_on).a
    return {
        "recevable_le": received_on.isoformat(),
        "creance": part.total_cents,
        "principal": part.principal_cents + part.fees_cents,
        "charges": part.charges_cents,
    }


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """The variables of the dossier's documents. DomainError before the recevabilité is known."""
    said = dossier.fields
    if not said.get("recevable_le"):
        raise DomainError("no_recevabilite", "Notez d’abord la date de recevabilité.")
    if dossier.partner is None or dossier.partner.person is None:
        raise DomainError(
            "no_partner", "Indiquez d’abord l’adresse de la Banque de France parmi les partenaires."
        )
    on = date.fromisoformat(said["recevable_le"])
    part = split_of(dossier.account, on, split_on=on).a
    return {
        "bdf_reference": said.get("reference") or dossier.reference or "non communiquée",
        "bdf_recevable_le": french.long_date(on),
        "bdf_creance": french.euros(said.get("creance") or part.total_cents),
        "bdf_principal": french.euros(said.get("principal") or 0),
        "bdf_charges": french.euros(said.get("charges") or 0),
        "bdf_decompte": table(part, dossier.account),
        "bdf_cautions": said.get("cautions") or NO_GUARANTOR,
    }


def table(part: Part, account: Account) -> Table:
    """The unpaid items of one part: échéance, nature, rent, charges, what is left."""
    rows = [
        [
            f"{item.due_on:%d/%m/%Y}",
            label(item.kind, item.month, account),
            french.euros(item.rest_cents - item.charges_cents),
            french.euros(item.charges_cents) if item.charges_cents else "",
            french.euros(item.rest_cents),
        ]
        for item in part.items
    ]
    columns = [
        {"label": "Échéance", "kind": "date"},
        {"label": "Nature", "kind": "text"},
        {"label": "Principal", "kind": "money"},
        {"label": "Charges", "kind": "money"},
        {"label": "Reste dû", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": ["Total", french.euros(part.total_cents)]}


def guarantors_of(account: Account) -> str:
    """The names of those who stand surety, for the declaration."""
    people = [
        str(party.person)
        for party in AccountParty.objects.filter(
            account=account, role=AccountParty.Role.GUARANTOR
        ).select_related("person")
    ]
    return ", ".join(people) or NO_GUARANTOR
