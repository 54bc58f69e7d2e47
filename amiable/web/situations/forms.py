"""What an officer fills in about the people of an account; free text is short and factual (RGPD-03)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Q

from amiable.accounts.models import AccountParty
from amiable.diary.models import Dispute
from amiable.diary.situations import Identity
from amiable.guarantees.models import Guarantee
from amiable.parties.models import LegalProtection, Person, PersonFlag
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm

Role: Any = AccountParty.Role
Measure: Any = LegalProtection.Measure
_YES_NO = [("", "Non connu"), ("oui", "Oui"), ("non", "Non")]
_ADDRESS = forms.Textarea(attrs={"rows": 2})


def _yes(value: str) -> bool:
    return value == "oui"


class _Named(ActForm):
    """Somebody named in the form: `who` gives them, None when no name is typed."""

    last_name = forms.CharField(label="Nom", max_length=120)
    first_name = forms.CharField(label="Prénom", max_length=120, required=False)
    address = forms.CharField(label="Adresse postale", max_length=300, required=False, widget=_ADDRESS)
    email = forms.EmailField(label="Courriel", required=False)
    phone = forms.CharField(label="Téléphone", max_length=40, required=False)

    @property
    def who(self) -> Identity | None:
        value = self.cleaned_data
        if not value["last_name"]:
            return None
        names = ("last_name", "first_name", "address", "email", "phone")
        return Identity(**{name: value[name] for name in names})


class PartyForm(_Named):
    """Somebody else tied to the account."""

    role = forms.ChoiceField(label="Qualité", widget=forms.RadioSelect)
    from_on = DayField(label="Depuis le (si connu)", required=False, widget=DayInput)
    field_order = ("role", "last_name", "first_name", "from_on", "address", "email", "phone")

    def prepare(self) -> None:
        roles = (Role.CO_HOLDER, Role.SPOUSE, Role.ROOMMATE, Role.HEIR, Role.NOTARY, Role.OCCUPANT)
        self.fields["role"].choices = [(role, Role(role).label.capitalize()) for role in roles]
        self.fields["address"].help_text = "Seulement si elle diffère de celle du logement."


class GuarantorForm(_Named):
    """Somebody who answers for the debt, as their act of caution says."""

    basis = forms.ChoiceField(label="Pourquoi cette caution est permise", widget=forms.RadioSelect)
    answers_for = forms.ModelChoiceField(
        Person.objects.none(), label="Répond de", required=False, empty_label="Toute la dette du compte"
    )
    from_on = DayField(label="Engagée depuis le (si connu)", required=False, widget=DayInput)
    to_on = DayField(label="Jusqu’au (si l’acte le dit)", required=False, widget=DayInput)
    field_order = (
        "basis", "last_name", "first_name", "answers_for", "from_on", "to_on", "address", "email", "phone"
    )  # fmt: skip

    def prepare(self) -> None:
        Basis: Any = AccountParty.Basis
        self.fields["basis"].choices = [(one, Basis(one).label.capitalize()) for one in Basis.values]
        sharing = Q(roles__account=self.account, roles__role__in=(Role.ROOMMATE, Role.CO_HOLDER))
        mates = Person.objects.filter(sharing | Q(pk=self.account.person_id)).distinct()
        self.fields["answers_for"].queryset = mates.order_by("last_name", "pk")
        self.fields["address"].help_text = "Les lettres à la caution partent à cette adresse."

    @property
    def who(self) -> Identity | None:
        found = super().who
        is_body = self.cleaned_data["basis"] == AccountParty.Basis.BODY
        return found and replace(found, is_company=is_body)


class LeaveForm(ActForm):
    """The day their notice takes effect, and when another took their place."""

    to_on = DayField(
        label="Départ : date d’effet du congé, ou fin du mariage ou du PACS",
        required=False,
        widget=DayInput,
        help_text="Laissez vide pour annuler un départ noté par erreur.",
    )
    replaced_on = DayField(label="Remplacé au bail le (colocataire)", required=False, widget=DayInput)

    def prepare(self) -> None:
        """A departure is corrected from the dates already noted."""
        for name in ("to_on", "replaced_on"):
            self.fields[name].initial = getattr(self.target.about, name)


class ProtectionForm(_Named):
    """The measure, and who represents or assists."""

    measure = forms.ChoiceField(label="Mesure", widget=forms.RadioSelect, choices=Measure.choices)
    judgment_ref = forms.CharField(label="Référence du jugement (si connue)", max_length=80, required=False)
    started_on = DayField(label="Depuis le", widget=DayInput)
    field_order = (
        "measure",
        "last_name",
        "first_name",
        "address",
        "email",
        "phone",
        "judgment_ref",
        "started_on",
    )

    def prepare(self) -> None:
        self.fields["last_name"].label = "Nom du tuteur, du curateur ou de l’association"
        self.fields["last_name"].required = False
        self.fields["last_name"].help_text = "Sans représentant connu, rien ne part : le compte attend."
        self.fields["started_on"].initial = self.today


class DeathForm(_Named):
    """The death, and the notary when known."""

    died_on = DayField(label="Décès le (si connu)", required=False, widget=DayInput)
    learned_on = DayField(label="Appris le", widget=DayInput)
    field_order = ("died_on", "learned_on", "last_name", "first_name", "address", "email", "phone")

    def prepare(self) -> None:
        self.fields["last_name"].label, self.fields["last_name"].required = "Notaire : nom (si connu)", False
        self.fields["first_name"].label = "Notaire : prénom ou étude"
        self.fields["learned_on"].initial = self.today


class FlagForm(ActForm):
    """Something whoever meets this person must know."""

    kind = forms.ChoiceField(label="Nature", widget=forms.RadioSelect, choices=PersonFlag.Kind.choices)
    reason = TextField(label="Les faits, en une phrase", rows=2)


class ConfirmForm(ActForm):
    """Nothing to fill in: the consequences are read, then confirmed."""


class ExhibitForm(ActForm):
    """A paper that supports or answers a dispute."""

    title = forms.CharField(label="Que montre cette pièce ?", max_length=120)
    file = forms.FileField(label="Fichier (PDF ou image, 10 Mo au plus)")


class DecisionForm(ActForm):
    """Founded or not, and why: the reasons are those of the letter."""

    decision = forms.ChoiceField(label="Décision", widget=forms.RadioSelect)
    founded_cents = EurosField(
        label="Montant reconnu non dû (€)",
        required=False,
        help_text="Seulement si elle est fondée en partie.",
    )
    reasons = TextField(label="Raisons données à la personne", rows=4)
    send = forms.BooleanField(
        label="Envoyer la réponse par courrier à chaque destinataire", required=False, initial=True
    )

    def prepare(self) -> None:
        Decision: Any = Dispute.Decision
        kinds = (Decision.FOUNDED, Decision.PARTLY, Decision.UNFOUNDED)
        self.fields["decision"].choices = [(one, Decision(one).label) for one in kinds]


class EstateForm(ActForm):
    """Nothing but the way: the letter's words are the office's."""

    channel = forms.ChoiceField(
        label="Envoi",
        choices=[("post", "Courrier"), ("lrar", "Lettre recommandée")],
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        self.fields["channel"].initial = "post"


class GuaranteeForm(ActForm):
    """A rent guarantee of Action Logement, as its contract says."""

    scheme = forms.ChoiceField(label="Garantie", widget=forms.RadioSelect, choices=Guarantee.Scheme.choices)
    number = forms.CharField(label="Numéro du visa ou du contrat", max_length=40)
    starts_on = DayField(label="Prise d’effet", widget=DayInput)
    ends_on = DayField(
        label="Fin (si connue)",
        required=False,
        widget=DayInput,
        help_text="Vide : Visale suit le bail, LOCA-PASS dure ce que dit la règle AL-03.",
    )
    is_student = forms.TypedChoiceField(
        label="Étudiant ou alternant", choices=_YES_NO, coerce=_yes, empty_value=None, required=False
    )
    has_clause = forms.TypedChoiceField(
        label="Clause résolutoire au bail", choices=_YES_NO, coerce=_yes, empty_value=None, required=False
    )
