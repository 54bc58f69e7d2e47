"""Values every dossier's documents share: the debt by échéance, the steps tried, the partner, the home."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.accounts.models import Account, AccountTerms
from amiable.cases.models import Dossier
from amiable.cases.pieces import TRIED
from amiable.diary.done import standing
from amiable.diary.models import DiaryEntry
from amiable.domain.text import french
from amiable.outreach.statement import label, life, unpaid_items
from amiable.positions.models import AccountPosition

Table = dict[str, Any]


def shared_values(dossier: Dossier, today: date) -> dict[str, Any]:
    """The variables `dossier_*` of `letters/variables/dossiers.yaml` that any kind may use."""
    account = dossier.account
    terms = terms_on(account, today)
    debt, table = incident_table(account, today)
    signed_on = account.lease_on or account.entered_on
    return {
        "dossier_numero": str(dossier),
        "dossier_reference": dossier.reference or "néant",
        "dossier_partenaire": dossier.partner.name if dossier.partner else "",
        "dossier_locataire": str(account.person),
        "dossier_dette": french.euros(debt),
        "dossier_decompte": table,
        "dossier_demarches": steps_table(account, today),
        "dossier_loyer": french.euros(terms.rent_cents) if terms else "inconnu",
        "dossier_charges": french.euros(terms.charges_cents) if terms else "inconnues",
        "dossier_aide": _aid(terms),
        "dossier_bail": french.long_date(signed_on) if signed_on else "inconnue",
    }


def _aid(terms: AccountTerms | None) -> str:
    if terms is None or not terms.aid_cents:
        return "aucune aide connue"
    paid = "versée au bailleur" if terms.third_party else "versée au locataire"
    return f"{french.euros(terms.aid_cents)} par mois, {paid}"


def terms_on(account: Account, day: date) -> AccountTerms | None:
    """Rent, charges and aid in force on a day."""
    return AccountTerms.objects.filter(account=account, effective_on__lte=day).last()


def debt_table(account: Account, on: date) -> tuple[int, Table]:
    """(cents, the unpaid échéances from the first incident on), part A of a surendettement left out."""
    items = unpaid_items([account], on)[account.pk]
    rows = [
        [
            f"{item.due_on:%d/%m/%Y}",
            label(item.kind, item.month, account),
            french.euros(item.amount_cents),
            french.euros(item.rest_cents),
        ]
        for item in items
    ]
    total = sum(item.rest_cents for item in items)
    columns = [
        {"label": "Échéance", "kind": "date"},
        {"label": "Nature", "kind": "text"},
        {"label": "Appelé", "kind": "money"},
        {"label": "Reste dû", "kind": "money"},
    ]
    nothing = [["", "rien d’échu et impayé", "", ""]]
    return total, {"columns": columns, "rows": rows or nothing, "total": ["Total dû", french.euros(total)]}


def incident_table(account: Account, on: date) -> tuple[int, Table]:
    """(cents due and unpaid, everything since the first incident: échéances, paid or not, and payments)."""
    unpaid = {item.entry_id: item for item in unpaid_items([account], on)[account.pk]}
    defaults = AccountPosition.objects.filter(account=account, first_default_on__isnull=False)
    days = [item.due_on for item in unpaid.values()] + list(
        defaults.values_list("first_default_on", flat=True)
    )
    rows = []
    for row in life(account, min(days), on) if days else ():
        rest = unpaid[row.entry_id].rest_cents if row.entry_id in unpaid else 0
        shown = "prescrit" if row.rest_cents and not rest else french.euros(rest)
        asked = [french.euros(row.cents), "", shown] if row.is_asked else ["", french.euros(row.cents), ""]
        rows.append([f"{row.on:%d/%m/%Y}", row.words, *asked])
    total = sum(item.rest_cents for item in unpaid.values())
    columns = [
        {"label": "Date", "kind": "date"},
        {"label": "Nature", "kind": "text"},
        {"label": "Appelé", "kind": "money"},
        {"label": "Payé", "kind": "money"},
        {"label": "Reste dû", "kind": "money"},
    ]
    nothing = [["", "rien d’échu et impayé", "", "", ""]]
    return total, {"columns": columns, "rows": rows or nothing, "total": ["Total dû", french.euros(total)]}


def steps_table(account: Account, on: date) -> Table:
    """What was tried with the person, oldest first: the day, how, what came of it."""
    lines = standing(on).filter(account=account, kind__in=TRIED).order_by("on", "pk")
    rows = [[f"{line.on:%d/%m/%Y}", line.get_kind_display(), _outcome(line)] for line in lines]
    columns = [
        {"label": "Date", "kind": "date"},
        {"label": "Démarche", "kind": "text"},
        {"label": "Suite", "kind": "text"},
    ]
    return {"columns": columns, "rows": rows or [["", "aucune démarche notée", ""]], "total": None}


def _outcome(line: DiaryEntry) -> str:
    return french.inside(line.get_outcome_display()) if line.outcome else "fait"
