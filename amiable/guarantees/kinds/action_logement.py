"""The guarantee of Action Logement is called: a claim in time, then one call a month, then what it paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED
from amiable.domain.cases.guarantee import Term
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.guarantees.action_logement.reading import advice, asked, called_until, terms_of, the_contract
from amiable.guarantees.subrogation import payments

_FIRST = [
    {"fact": "guarantee", "op": "=", "value": "visale"},
    {"fact": "guarantee_called", "op": "=", "value": False},
]


def prefill(dossier: Dossier, facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Up to which day, after the call before this one; the day the impayé was constituted."""
    before = called_until([dossier.account_id], today).get(dossier.account_id)
    split_on = dossier.account.split_on
    until = today
    if split_on is not None and split_on < today and (before is None or before < split_on):
        # Part A and part B are never in one document: part A is called first.
        until = split_on
    return {
        "arrete_le": until,
        "apres": before,
        "constitue_le": facts.get("guarantee_constituted_on"),
    }


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the call says. DomainError without a contract, or when nothing is unpaid of the terms called."""
    contract, terms = the_contract(dossier, today), terms_of(dossier, today)
    if not terms:
        raise DomainError(
            "nothing_to_call", "Aucune mensualité garantie n’est impayée à cette date : rien n’est parti."
        )
    fields = dossier.fields
    constituted_on = fields.get("constitue_le")
    return {
        **shared_values(dossier, today),
        "garantie_contrat": f"{contract.get_scheme_display()} n° {contract.number}",
        "garantie_objet": "appel mensuel" if fields.get("apres") else "déclaration de l’impayé",
        "garantie_constitue_le": french.long_date(date.fromisoformat(constituted_on))
        if constituted_on
        else "selon le contrat",
        "garantie_arrete_le": french.long_date(
            date.fromisoformat(fields.get("arrete_le") or today.isoformat())
        ),
        "garantie_montant": french.euros(sum(term.asked_cents for term in terms)),
        "garantie_mensualites": terms_table(terms),
    }


def terms_table(terms: list[Term]) -> dict[str, Any]:
    """One row per term: the month, what is unpaid, what the guarantor is asked."""
    columns = [
        {"label": "Mois", "kind": "text"},
        {"label": "Impayé", "kind": "money"},
        {"label": "Demandé", "kind": "money"},
    ]
    rows = [
        [
            french.month_words(term.month).capitalize(),
            french.euros(term.unpaid_cents),
            french.euros(term.asked_cents),
        ]
        for term in terms
    ]
    asked = sum(term.asked_cents for term in terms)
    return {"columns": columns, "rows": rows, "total": ["Montant demandé", french.euros(asked)]}


KIND: Kind[Dossier] = Kind(
    code="action_logement",
    label_fr="Appel à la garantie Action Logement",
    partner_fr="Action Logement Services",
    traits=("tenancy",),
    must_fr="il faut une garantie Visale ou LOCA-PASS notée sur la fiche, et des mensualités encore "
    "garanties ; Visale se déclare avant la limite.",
    rules=("AL-01", "AL-02", "AL-03", "AL-05"),
    possible=[{"fact": "overdue_cents", "op": ">", "value": 0}],
    due=[{"fact": "guarantee_call_on", "op": "not_null"}],
    stops={"fact": "guarantee_left", "op": "=", "value": 0},
    opens_fact="guarantee_call_on",
    proposed=True,
    several=True,
    limits=(
        LimitRule(
            "AL-02.1",
            from_fact="guarantee_constituted_on",
            needs=_FIRST,
            met_by="mise_en_demeure",
        ),
        LimitRule("AL-02.2", from_fact="guarantee_constituted_on", needs=_FIRST),
    ),
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece(
            "mise_en_demeure",
            "Mise en demeure du locataire",
            "formal_notice",
            ask_fr="Mettre le locataire en demeure : la garantie le demande (AL-02).",
        ),
        Piece("bail", "Bail", "lease", ask_fr="Joindre le bail signé, avec sa clause résolutoire."),
        Piece("demarches", "Démarches déjà tentées", "steps", required=False),
    ),
    fields=(
        Field("arrete_le", "Mensualités échues jusqu’au", "date", "as_of", required=True),
        Field("apres", "Après l’appel arrêté au", "date"),
        Field("constitue_le", "Impayé constitué le", "date"),
    ),
    prefill=prefill,
    papers=(Paper("garantie_appel", "Appel à la garantie"),),
    values=values,
    advice=advice,
    asked=asked,
    events=(
        *payments("Le garant"),
        Event(
            "pieces",
            "Le garant demande des pièces",
            effects=(do("ask", code="garantie_pieces", text="Le garant demande des pièces : les envoyer"),),
        ),
        Event(
            "refus",
            "Le garant refuse",
            to=CLOSED,
            needs_document=True,
            effects=(
                do("ask", code="garantie_refus", text="Le garant refuse de payer : lire son motif, répondre"),
            ),
        ),
    ),
    order=32,
)
