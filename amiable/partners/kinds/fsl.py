"""The solidarity fund for housing (FSL): an application on the department's rules, then its payment."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from amiable.bank.models import BankTransaction
from amiable.cases.effects import Happening, effect
from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.diary import requests
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import CLOSED, FOLLOWED
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.domain.check import Check
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text import french
from amiable.ledger.models import Entry
from amiable.parties.models import Person
from amiable.partners.fsl.reading import case_of, eligibility, pack_of, packs

_GRANTED = ("subvention", "pret")
_ASKED = (("subvention", "Subvention"), ("pret", "Prêt"), ("les_deux", "Subvention, à défaut prêt"))
_CONSENTS = (("oui", "La personne est d’accord"), ("a_demander", "À demander"))
_AWAITED = "Aide du FSL accordée, versement attendu"
_AMOUNTS = (
    Field("montant", "Montant accordé", "money", required=True),
    Field("verse_avant", "Versement attendu avant le", "date", required=True),
)


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the application says; DomainError without the person's consent."""
    fields, pack = dossier.fields, pack_of(dossier)
    if fields.get("consentement") != "oui":
        raise DomainError("fsl_no_consent", "Demandez d’abord l’accord de la personne : rien n’est parti.")
    case = case_of(dossier, today)
    resources = (
        "non connues" if case.resources_cents is None else f"{french.euros(case.resources_cents)} par mois"
    )
    return {
        **shared_values(dossier, today),
        "fsl_reglement": f"{pack.label_fr}, lu le {french.long_date(pack.seen_on)}"
        if pack
        else "non renseigné",
        "fsl_demande": french.inside(dict(_ASKED)[fields["demande"]]),
        "fsl_montant": french.euros(int(fields.get("montant") or 0)),
        "fsl_cause": fields.get("cause") or "non précisée",
        "fsl_menage": french.plural(case.persons, "personne") if case.persons else "composition non connue",
        "fsl_ressources": resources,
        "fsl_criteres": criteria_table(eligibility(dossier, today)),
    }


def criteria_table(lines: list[Check]) -> dict[str, Any]:
    columns = [
        {"label": "Critère", "kind": "text"},
        {"label": "Connu de l’office", "kind": "text"},
        {"label": "État", "kind": "text"},
    ]
    rows = [[line.label_fr, line.said_fr, line.state_fr] for line in lines]
    return {
        "columns": columns,
        "rows": rows or [["règlement du département non renseigné", "", ""]],
        "total": None,
    }


@effect("await_payment")
def await_payment(given: Happening) -> None:
    """The payment granted is expected by a day: work that shows late until it is received."""
    account = given.dossier.account
    requests.raise_work(
        account=account,
        code="fsl_versement",
        text=f"Aide du FSL de {french.euros(given.values['montant'])} attendue (compte {account.ref})",
        key=f"dossier:{given.dossier.pk}:fsl_versement",
        assignee=account.officer,
        due_on=given.values["verse_avant"],
    )


@effect("check_received")
def check_received(given: Happening) -> None:
    """The ledger says whether the sum arrived since the decision, in one payment that is not the debtor's own
    transfer; DomainError otherwise."""
    since = given.dossier.answered_on or given.on
    wanted = int(given.values["montant"])
    account = given.dossier.account
    found = Entry.objects.filter(
        account=account, kind=EntryKind.ENCAISSEMENT, document_on__gte=since, amount_cents=-wanted
    ).exclude(pk__in=Entry.objects.filter(account=account, reverses__isnull=False).values("reverses"))
    if all(_is_own(entry, account.person) for entry in found):
        own = " par quelqu’un d’autre que la personne" if found else ""
        raise DomainError(
            "fsl_not_received",
            f"Le compte n’a pas reçu {french.euros(wanted)}{own} depuis le {since:%d/%m/%Y}, en une "
            "fois : importez d’abord les encaissements. Rien n’a été enregistré.",
        )


def _is_own(entry: Entry, person: Person) -> bool:
    """The bank names the debtor as the payer."""
    told = BankTransaction.objects.filter(Q(entry=entry) | Q(same_entry=entry))
    name = french.search_key(person.last_name)
    return any(name in french.search_key(row.party_name) for row in told)


KIND: Kind[Dossier] = Kind(
    code="fsl",
    label_fr="Demande au FSL",
    partner_fr="Fonds de solidarité pour le logement",
    traits=("tenancy",),
    must_fr="le bailleur peut saisir le fonds avec l’accord de la personne ; l’aide lui est versée.",
    rules=("FSL-01", "FSL-02"),
    possible=[
        {"fact": "overdue_cents", "op": ">", "value": 0},
        {"fact": "status", "op": "in", "value": ["present", "mute"]},
    ],
    stops={"fact": "hold", "op": "=", "value": "death"},
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece("bail", "Bail", "lease", ask_fr="Joindre le bail signé."),
        Piece(
            "menage",
            "Composition et budget du ménage",
            "household",
            ask_fr="Mener un entretien : ménage, ressources et charges.",
        ),
        Piece(
            "ressources", "Justificatifs de ressources", ask_fr="Demander les trois derniers justificatifs."
        ),
        Piece("plan", "Plan d’apurement", "plan", required=False),
    ),
    fields=(
        Field("consentement", "Accord de la personne", "choice", required=True, choices=_CONSENTS),
        Field("demande", "Aide demandée", "choice", required=True, choices=_ASKED),
        Field("montant", "Montant demandé", "money", "actionable_cents", required=True),
        Field("cause", "Cause de l’impayé", "long"),
        Field(
            "reglement",
            "Règlement comparé",
            "choice",
            choices=tuple((code, pack.label_fr) for code, pack in packs().items()),
            help_fr="Par défaut celui du département du logement, quand il est renseigné.",
        ),
    ),
    papers=(Paper("fsl_demande", "Demande d’aide"),),
    values=values,
    advice=eligibility,
    events=(
        Event(
            "subvention",
            "Subvention accordée",
            to=FOLLOWED,
            fields=_AMOUNTS,
            needs_document=True,
            effects=(
                do("await_payment"),
                do("start_hold", kind="pause", reason=_AWAITED, until="verse_avant"),
            ),
        ),
        Event(
            "pret",
            "Prêt accordé",
            to=FOLLOWED,
            fields=(*_AMOUNTS, Field("mensualite", "Mensualité du prêt", "money")),
            needs_document=True,
            effects=(
                do("await_payment"),
                do("start_hold", kind="pause", reason=_AWAITED, until="verse_avant"),
            ),
        ),
        Event(
            "ajournement",
            "Dossier ajourné : pièces demandées",
            effects=(
                do("ask", code="fsl_pieces", text="Le FSL demande des pièces : les réunir et les envoyer"),
            ),
        ),
        Event(
            "refus",
            "Aide refusée",
            to=CLOSED,
            needs_document=True,
            effects=(
                do("ask", code="fsl_refus", text="FSL refusé : revoir le plan, ou orienter la personne"),
            ),
        ),
        Event(
            "verse",
            "Aide versée",
            to=CLOSED,
            follows=_GRANTED,
            fields=(Field("montant", "Montant reçu", "money", required=True),),
            effects=(do("check_received"), do("end_hold", kind="pause", reason=_AWAITED)),
        ),
    ),
    order=30,
)
