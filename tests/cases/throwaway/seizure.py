"""An act of enforcement over several accounts, notified to a third party who has thirty days to pay."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import DEBTOR, NIGHT, OFFICE, STAYS, THIRD_PARTY, Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED, ENFORCEMENT_FAMILY, PAYING, RELEASED
from amiable.domain.cases.kind import LEAVES, Kind, Paper, Piece
from amiable.domain.check import BLOCKING, OK, Check
from amiable.parties.models import Person


def gate(case: Dossier, today: date) -> list[Check]:
    """Nothing is seized of what is not claimed."""
    claimed = sum(row.claimed_cents or 0 for row in case.covers.all())
    said = f"{claimed} centimes réclamés"
    return [Check("claim", "Créance", said, OK if claimed else BLOCKING)]


def third_party(case: Dossier, today: date) -> list[Person]:
    assert case.partner is not None and case.partner.person is not None
    return [case.partner.person]


def values(case: Dossier, today: date) -> dict[str, Any]:
    own = {"ccapex_signalement": "non", "ccapex_cause": "inconnue", "ccapex_demande": "le versement"}
    return {**shared_values(case, today), **own}


KIND: Kind[Dossier] = Kind(
    code="saisie_essai",
    label_fr="Saisie d’essai",
    partner_fr="Tiers saisi",
    traits=("tenancy",),
    must_fr="un tiers doit de l’argent au débiteur.",
    family=ENFORCEMENT_FAMILY,
    stops={"fact": "hold", "op": "=", "value": "death"},
    parties=(DEBTOR, THIRD_PARTY),
    pieces=(Piece("titre", "Titre exécutoire"),),
    papers=(Paper("ccapex_saisine", "Acte notifié au tiers"),),
    values=values,
    recipients=third_party,
    gate=gate,
    silences={"ATT-02": "silence"},
    events=(
        Event(
            LEAVES, "Acte notifié", by=OFFICE, limits=(LimitRule("ATT-02"),), serves=THIRD_PARTY,
        ),
        Event(
            "denonce", "Dénoncé au débiteur", by=OFFICE, to=STAYS, serves=DEBTOR, is_act=True,
            needs_document=True,
        ),
        Event(
            "declare", "Le tiers déclare ce qu’il doit", by=THIRD_PARTY, meets=("ATT-02",),
            fields=(Field("montant", "Montant dû par le tiers", "money", required=True),),
        ),
        Event("verse", "Le tiers a versé", by=THIRD_PARTY, to=PAYING, follows=("declare",)),
        Event(
            "silence", "Le tiers n’a pas répondu", by=NIGHT,
            effects=(
                do("drop_limits", rule="ATT-02", reason="Sans réponse du tiers à temps."),
                do("ask", code="tiers_silencieux", text="Le tiers saisi n’a pas répondu : agir contre lui"),
            ),
        ),
        Event("mainlevee", "Mainlevée", by=OFFICE, to=RELEASED),
        Event("solde", "Tout est payé", by=THIRD_PARTY, to=CLOSED, follows=("verse",)),
    ),
)  # fmt: skip
