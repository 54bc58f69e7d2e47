"""What is typed about a transfer: a reason, short and factual (RGPD-03)."""

from __future__ import annotations

from django import forms

from amiable.web.kit.fields import TextField

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
OTHER = "Autre motif"


class WaiverForm(forms.Form):
    """Why a friendly means was impossible."""

    motive = forms.ChoiceField(label="Pourquoi est-ce impossible ?", widget=forms.RadioSelect)
    detail = TextField(label="Précision (facultatif)", rows=2, required=False)

    def __init__(self, *args: object, check_code: str, **options: object) -> None:
        super().__init__(*args, **options)
        motives = [*WHY_NOT.get(check_code, []), OTHER]
        self.fields["motive"].choices = [(one, one) for one in motives]
        self.fields["detail"].widget.attrs["class"] = "form-control"

    def clean(self) -> dict:
        value = super().clean() or {}
        if value.get("motive") == OTHER and not value.get("detail") and "detail" not in self.errors:
            self.add_error("detail", "Précisez le motif.")
        return value

    @property
    def reason(self) -> str:
        motive, detail = self.cleaned_data["motive"], self.cleaned_data["detail"]
        if motive == OTHER:
            return detail
        return f"{motive} : {detail}" if detail else motive


class ReasonForm(forms.Form):
    """Why a file is refused, given back or withdrawn."""

    reason = TextField(label="Motif", rows=3)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].widget.attrs["class"] = "form-control"
