"""A tenant left owing: the deposit is set against the debt, and the new address is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from amiable.accounts.addressees import addressing_of
from amiable.accounts.models import Account
from amiable.cases import pieces
from amiable.cases.models import Dossier
from amiable.cases.pieces import Held
from amiable.cases.telling import debt_table, shared_values
from amiable.domain.cases.event import Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED, WITH_PARTNER
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.parties.models import ContactPoint, Person

_LEFT = {"fact": "status", "op": "=", "value": "parti"}
#: A departure older than this, taken over from a former tool, is settled by hand: its limits are long past.
_RECENT_DAYS = 60
_ANYTIME = ("to_prepare", "ready", *WITH_PARTNER)


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the closing account says: the debt, the justified repairs, the deposit, and who owes the rest."""
    fields = dossier.fields
    debt, _ = debt_table(dossier.account, today)
    deposit, repairs = int(fields.get("depot") or 0), int(fields.get("retenues") or 0)
    left_on = fields.get("sortie_le")
    return {
        **shared_values(dossier, today),
        "depart_sortie_le": french.long_date(date.fromisoformat(left_on)) if left_on else "inconnue",
        "depart_solde": closing_table(debt, repairs, deposit),
        "depart_reste": closing_sentence(debt + repairs - deposit),
    }


def closing_table(debt: int, repairs: int, deposit: int) -> dict[str, Any]:
    """The three sums and their balance, in cents; a negative balance is the tenant's."""
    rows = [
        ["Sommes dues au décompte", french.euros(debt)],
        ["Réparations justifiées", french.euros(repairs)],
        ["Dépôt de garantie", french.euros(-deposit)],
    ]
    columns = [{"label": "Nature", "kind": "text"}, {"label": "Montant", "kind": "money"}]
    return {"columns": columns, "rows": rows, "total": ["Solde", french.euros(debt + repairs - deposit)]}


def closing_sentence(balance: int) -> str:
    if balance > 0:
        return f"Après déduction du dépôt de garantie, il reste {french.euros(balance)} à payer"
    if balance < 0:
        return f"Après déduction des sommes dues, {french.euros(-balance)} vous sont rendus"
    return "Le dépôt de garantie couvre exactement les sommes dues : rien ne reste à payer ni à rendre"


def to_write(dossier: Dossier, today: date) -> Sequence[Person]:
    """Whoever a reminder of the account would go to. DomainError when nobody may be written to."""
    found = addressing_of([dossier.account], today)[dossier.account_id]
    if found.blocked is not None:
        raise DomainError(found.blocked.code, f"Rien n’est parti : {found.blocked.reason_fr}.")
    return [one.person for one in found.written]


def _new_address(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    """An address of the person's own that nothing came back from: the home they left is not one."""
    people = {account.person_id: account.pk for account in accounts}
    rows = ContactPoint.objects.filter(person_id__in=people, kind="address", is_current=True, problem="")
    return {
        people[row.person_id]: Held(f"adresse du {row.created_at:%d/%m/%Y} sur la fiche")
        for row in rows.order_by("pk")
    }


KIND: Kind[Dossier] = Kind(
    code="depart",
    label_fr="Solde de tout compte",
    partner_fr="Le locataire parti",
    traits=("tenancy",),
    must_fr="après le départ, le dépôt de garantie est rendu ou imputé dans le délai de la loi.",
    rules=("DEP-01", "DEP-02", "CAF-16"),
    possible=[_LEFT],
    due=[
        _LEFT,
        {"fact": "overdue_cents", "op": ">", "value": 0},
        {"fact": "days_since_left", "op": "<=", "value": _RECENT_DAYS},
    ],
    stops={"fact": "hold", "op": "=", "value": "death"},
    opens_fact="left_on",
    proposed=True,
    limits=(
        LimitRule("DEP-01", from_fact="left_on"),
        LimitRule("DEP-02", from_fact="left_on"),
    ),
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece(
            "adresse",
            "Nouvelle adresse",
            "new_address",
            ask_fr="Chercher la nouvelle adresse : état des lieux de sortie, gardien, numéro de téléphone, "
            "personnes liées au compte ; la noter sur la fiche.",
        ),
        Piece(
            "etat_des_lieux",
            "État des lieux de sortie",
            ask_fr="Joindre l’état des lieux de sortie, et le relevé des compteurs.",
        ),
        Piece("justificatifs", "Devis ou factures des réparations retenues", required=False),
    ),
    fields=(
        Field("sortie_le", "Remise des clés", "date", "left_on", required=True),
        Field(
            "conformite",
            "État des lieux de sortie",
            "choice",
            choices=(
                ("conforme", "Conforme à l’entrée"),
                ("non_conforme", "Non conforme, retenues justifiées"),
                ("non_fait", "Non fait"),
            ),
        ),
        Field("depot", "Dépôt de garantie", "money", required=True, help_fr="0 s’il n’y en a pas."),
        Field("retenues", "Réparations retenues, justifiées", "money"),
    ),
    papers=(Paper("solde_compte", "Solde de tout compte"),),
    values=values,
    recipients=to_write,
    events=(
        Event(
            "regle",
            "Compte soldé",
            to=CLOSED,
            stages=_ANYTIME,
            effects=(do("drop_limits", reason="Le compte est soldé : la limite n’a plus d’objet."),),
        ),
        Event(
            "contestee",
            "La personne conteste les retenues",
            effects=(
                do("ask", code="depart_conteste", text="Retenues contestées : répondre, pièces à l’appui"),
            ),
        ),
        Event(
            "adresse_fausse",
            "La lettre est revenue",
            help_fr="La recherche d’adresse reprend.",
            effects=(
                do(
                    "ask",
                    code="depart_adresse",
                    text="La lettre de solde est revenue : chercher une autre adresse",
                ),
            ),
        ),
        Event(
            "introuvable",
            "Adresse introuvable après recherche",
            to=CLOSED,
            stages=_ANYTIME,
            help_fr="La prescription court toujours : l’alarme reste sur le compte.",
            effects=(do("drop_limits", reason="La personne reste introuvable après recherche."),),
        ),
    ),
    order=16,
)
pieces.register_source("new_address", _new_address)
