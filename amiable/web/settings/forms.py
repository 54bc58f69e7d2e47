"""What is asked to set up an office, its agencies and its users."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import RegexValidator

from amiable.core.models import Agency, Office, User
from amiable.core.offices import OFFICE_FIELDS, sound_iban, sound_siren
from amiable.domain import creditors
from amiable.web.kit.fields import RowsField, as_form_error
from amiable.web.kit.forms import ActionForm, Refusable

_LINES = {"rows": 3}
#: What a role may do, said to whoever chooses it.
ROLE_HELP = {
    User.Role.OFFICER: "suit des comptes, approuve les relances de son agence",
    User.Role.AGENCY_HEAD: "voit et approuve tout dans son agence, donne des consignes, lit le journal",
    User.Role.SERVICE_HEAD: "voit tout l’office, règle la procédure et la politique, gère les utilisateurs",
    User.Role.LITIGATION: "suit les comptes de tout l’office",
    User.Role.SOCIAL_WORKER: "reçoit les demandes d’accompagnement, garde ses notes pour elle seule",
    User.Role.COLLEAGUE: "répond aux demandes, ne voit pas les dettes",
    User.Role.AUDITOR: "lit tout, n’écrit rien",
    User.Role.ADMIN: "gère les utilisateurs et l’office, importe les listes",
}


class OfficeForm(Refusable, forms.ModelForm):
    """The letterhead of every document, and how to pay."""

    class Meta:
        model = Office
        fields = list(OFFICE_FIELDS)
        widgets = {"address": forms.Textarea(_LINES), "payment_means": forms.Textarea(_LINES)}
        help_texts = {
            "name": "Tel qu’il doit paraître en tête des lettres.",
            "address": "Une ligne par ligne d’enveloppe.",
            "signatory": "Prénom, nom, qualité : « Nadine Garnier, comptable publique ». Un acte public les "
            "exige (PUB-17).",
            "payment_means": "Ce que proposent les lettres : virement, prélèvement, espace en ligne…",
            "payment_iban": "Le compte qui reçoit les virements ; sa clé est vérifiée.",
            "principal_budget": "Le code placé en tête de la référence des titres (BP-2026-125) quand la "
            "liste n’a pas de colonne « budget » ; un changement vaut pour les titres à venir.",
            "siren": "Neuf chiffres ; il nomme l’export légal des écritures (FEC).",
            "territory": "FR, ou le département dont les jours fériés diffèrent (57, 67, 68, 971…).",
        }

    def __init__(self, *args: Any, target: Office, user: User, today: date, **options: Any) -> None:
        # A copy to bind the form to: it must not change the office before the service does.
        super().__init__(*args, instance=Office.objects.get(pk=target.pk), **options)
        if "titre" not in creditors.kind(target.kind).traits:
            del self.fields["principal_budget"]

    def clean_siren(self) -> str:
        with as_form_error():
            return sound_siren(self.cleaned_data["siren"])

    def clean_payment_iban(self) -> str:
        value = self.cleaned_data["payment_iban"]
        if "payment_iban" not in self.changed_data:
            return value
        with as_form_error():
            value = sound_iban(value)
        return value


class AgencyForm(Refusable, forms.ModelForm):
    """An agency's card; its code is what the lists call it."""

    class Meta:
        model = Agency
        fields = ["code", "name", "address", "phone"]
        widgets = {"address": forms.Textarea(_LINES)}
        help_texts = {"code": "Le code qu’emploient vos listes, dans la colonne « agence »."}

    def __init__(self, *args: Any, target: Any, user: User, today: date, **options: Any) -> None:
        known = Agency.objects.filter(office=target.office, pk=target.agency.pk if target.agency else 0)
        super().__init__(*args, instance=known.first(), **options)
        if self.instance.pk:
            self.fields["code"].disabled = True


class UserForm(ActionForm):
    """Somebody's name, role and agencies."""

    full_name = forms.CharField(label="Prénom et nom", max_length=150)
    email = forms.EmailField(label="Courriel", required=False)
    role = forms.ChoiceField(label="Rôle")
    agencies = RowsField(
        label="Agences",
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sans agence cochée, toutes celles de l’office.",
    )

    def prepare(self) -> None:
        self.fields["agencies"].queryset = Agency.objects.filter(office_id=self.user.office_id)
        self.fields["role"].choices = [
            (value, f"{label} : {ROLE_HELP[User.Role(value)]}") for value, label in User.Role.choices
        ]


class ChangeUserForm(UserForm):
    """The same, of somebody known."""

    def prepare(self) -> None:
        super().prepare()
        one: User = self.target
        self.initial |= {
            "full_name": one.get_full_name() or one.username,
            "email": one.email,
            "role": one.role,
            "agencies": list(one.agencies.values_list("pk", flat=True)),
        }


class NewUserForm(UserForm):
    """The same, and the name to log in with."""

    name = forms.CharField(
        label="Nom d’utilisateur",
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+$", "Lettres, chiffres, points et tirets, sans espace.")],
        help_text="Celui que vos listes emploient dans la colonne « chargé », s’il y en a un.",
    )
    field_order = ("name", "full_name", "email", "role", "agencies")

    def prepare(self) -> None:
        super().prepare()
        self.initial |= {"name": self.target.name, "full_name": self.target.full_name}


class HandOverForm(ActionForm):
    """Who takes the accounts over."""

    to = forms.IntegerField(
        label="Confier à",
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Choisissez le collègue qui reprend ces comptes."
        ),
    )


class SecondLookForm(ActionForm):
    choice = forms.ChoiceField(
        label="Ce changement",
        choices=[("confirm", "Le confirmer"), ("drop", "L’abandonner")],
        widget=forms.RadioSelect,
    )


class MergeForm(ActionForm):
    choice = forms.ChoiceField(
        label="Décision",
        choices=[
            ("first", "Réunir sous la première"),
            ("second", "Réunir sous la seconde"),
            ("refuse", "Ce sont deux personnes"),
        ],
        widget=forms.RadioSelect,
    )


class PasswordForm(ActionForm):
    """One's own password, typed twice."""

    present = forms.CharField(
        label="Mot de passe actuel",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    chosen = forms.CharField(
        label="Nouveau mot de passe",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label="Le même, encore une fois",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def prepare(self) -> None:
        self.fields["chosen"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("chosen") and values.get("again") and values["chosen"] != values["again"]:
            self.add_error("again", "Les deux mots de passe diffèrent.")
        return values
