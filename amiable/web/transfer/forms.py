"""What is typed about a transfer: a reason, short and factual (RGPD-03)."""

from __future__ import annotations

from django import forms

from amiable.web.kit.fields import TextField
from amiable.web.kit.forms import OTHER, ActForm, Reasoned, set_choices

#: What is most often impossible, by check: offered as a list, a precision may follow.
WHY_NOT = {
    "reminders": ["Aucune adresse connue"],
    "talk": ["Injoignable malgré plusieurs appels", "Refuse tout échange"],
    "plan": [
        "Plan proposé et refusé",
        "Ressources insuffisantes pour un plan",
        "Aucune réponse à la proposition",
    ],
    "social": ["Aide refusée par la personne", "Hors des conditions du FSL", "Dossier déjà refusé"],
    "visit": ["Accès impossible", "Logement vide", "Sécurité de l’agent"],
    "notice": ["Adresse inconnue"],
    "caf": ["La caisse a saisi elle-même", "Aide versée au locataire"],
    "ccapex": ["Saisie par la caisse, preuve au dossier"],
    "lease": ["Bail verbal ou introuvable"],
    "guarantors": ["Adresse de la caution inconnue"],
}


class WaiverForm(Reasoned):
    """Why a friendly means was impossible."""

    motive = forms.ChoiceField(label="Pourquoi est-ce impossible ?", widget=forms.RadioSelect)

    def prepare(self) -> None:
        motives = [*WHY_NOT.get(self.target.check.code, []), OTHER]
        set_choices(self.fields["motive"], [(one, one) for one in motives])


class ReasonForm(ActForm):
    """Why a file is refused, given back or withdrawn."""

    reason = TextField(label="Motif", rows=3)
