"""What an officer fills in on an account. Structured choices first, free text last and short (RGPD-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.models import Dispute, Hold
from amiable.domain.text.french import amount
from amiable.domain.text.languages import NAMES_FR
from amiable.parties.models import ContactPoint, Person
from amiable.web.kit.fields import DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm, Reasoned, set_choices

HoldKind: Any = Hold.Kind
ContactKind: Any = ContactPoint.Kind

PAUSE_REASONS = [
    "Paiement annoncé",
    "Aide ou rappel attendu",
    "Compte à vérifier par nos services",
    "Accompagnement social en cours",
    "Accord du responsable",
]
#: Motive of a dispute, as shown -> its code.
MOTIVES = {label: code for code, label in Dispute.Motive.choices}


class NoteForm(ActForm):
    text = TextField(label="Note", rows=4)


class PauseForm(Reasoned):
    reasons = PAUSE_REASONS
    ends_on = forms.DateField(
        label="Jusqu’au", widget=DayInput, help_text="Le lendemain, la procédure reprend d’elle-même."
    )
    field_order = ("motive", "ends_on", "detail")

    def prepare(self) -> None:
        super().prepare()
        self.fields["ends_on"].initial = self.today + timedelta(days=14)

    def clean(self) -> dict[str, Any]:
        value = super().clean()
        self.check_wait("ends_on")
        return value


class DisputeForm(Reasoned):
    """The disputed part is set apart; the rest is followed as usual."""

    reasons = [label for label, code in MOTIVES.items() if code != Dispute.Motive.OTHER]
    disputed_cents = EurosField(
        label="Montant contesté (€)",
        required=False,
        help_text="Seul ce montant est mis à part. Laissez vide si toute la dette est contestée.",
    )
    in_court = forms.BooleanField(
        label="Un tribunal est saisi",
        required=False,
        help_text="Tout est alors suspendu jusqu’à sa décision.",
    )
    field_order = ("motive", "disputed_cents", "in_court", "detail")

    @property
    def motive_code(self) -> str:
        return MOTIVES[self.cleaned_data["motive"]]

    def clean(self) -> dict[str, Any]:
        value = super().clean()
        self.check_owed("disputed_cents")
        return value


class HoldForm(ActForm):
    """A situation that stops the chase without a known end."""

    kind = forms.ChoiceField(label="Situation", widget=forms.RadioSelect)
    starts_on = forms.DateField(
        label="Depuis le",
        widget=DayInput,
        help_text="Surendettement : date de la recevabilité, jusqu’à laquelle la dette est gelée (SUR-02).",
    )
    ends_on = forms.DateField(label="Jusqu’au (si connu)", required=False, widget=DayInput)
    detail = TextField(label="Précision (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        kinds = (HoldKind.SURENDETTEMENT, HoldKind.PROTECTION, HoldKind.DEATH)
        set_choices(self.fields["kind"], [(kind, HoldKind(kind).label) for kind in kinds])
        self.fields["starts_on"].initial = self.today


class PromiseForm(ActForm):
    amount_cents = EurosField(label="Montant promis (€)")
    due_on = forms.DateField(label="Pour le", widget=DayInput)

    def prepare(self) -> None:
        position = getattr(self.account, "position", None)
        if position is not None and position.actionable_cents > 0:
            self.fields["amount_cents"].initial = amount(position.actionable_cents)

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        self.check_owed("amount_cents")
        self.check_wait("due_on")
        return value


class AskForm(ActForm):
    """A question to a colleague of the agency; the answer comes back in the diary."""

    assignee = forms.ChoiceField(label="À qui ?")
    text = TextField(label="Votre demande")
    due_on = forms.DateField(label="Pour le (facultatif)", required=False, widget=DayInput)

    def prepare(self) -> None:
        people = colleagues_of(self.account, self.user)
        self.people = {str(one.pk): one for one in people}
        values = [(key, f"{one}, {one.get_role_display().lower()}") for key, one in self.people.items()]
        set_choices(self.fields["assignee"], [("", "Choisir…"), *values])

    @property
    def colleague(self) -> User | None:
        return self.people.get(self.cleaned_data["assignee"])


class StepForm(ActForm):
    """The step was done outside the product."""

    on = forms.DateField(label="Faite le", widget=DayInput)
    note = TextField(label="Note (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        self.fields["on"].initial = self.today


class SkipForm(ActForm):
    text = TextField(label="Pourquoi écarter cette étape ?", rows=2)


class CorrectForm(ActForm):
    text = TextField(label="Pourquoi corriger cette ligne ?", rows=2)


class LiftForm(ActForm):
    text = TextField(label="Motif de la levée (facultatif)", rows=2, required=False)


class ContactForm(ActForm):
    """A new way to reach the person, or another value for one."""

    kind = forms.ChoiceField(label="Nature", choices=ContactPoint.Kind.choices)
    value = forms.CharField(
        label="Numéro ou adresse", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ProblemForm(ActForm):
    """What is wrong with a contact point."""

    problem = forms.ChoiceField(label="Que se passe-t-il ?", widget=forms.RadioSelect)

    def for_point(self, point: ContactPoint) -> ProblemForm:
        """The problems this kind of contact can have."""
        Problem: Any = ContactPoint.Problem
        by_kind = {
            ContactKind.PHONE: (Problem.WRONG, Problem.INVALID),
            ContactKind.EMAIL: (Problem.BOUNCED, Problem.INVALID),
            ContactKind.ADDRESS: (Problem.NPAI, Problem.UNDELIVERED),
        }
        kinds = by_kind[point.kind]
        set_choices(self.fields["problem"], [(one, Problem(one).label) for one in kinds])
        return self


class PreferencesForm(ActForm):
    preferred_channel = forms.ChoiceField(
        label="Préfère être joint par",
        required=False,
        choices=[
            ("", "Sans préférence"),
            ("email", "Courriel"),
            ("sms", "SMS"),
            ("post", "Courrier"),
            ("phone", "Téléphone"),
        ],
        help_text="Pris d’abord, quand l’étape le permet. Une mise en demeure garde sa forme.",
    )
    language = forms.ChoiceField(
        label="Langue",
        choices=list(NAMES_FR.items()),
        help_text="La traduction, quand elle existe, suit le texte français, qui seul fait foi.",
    )
    email_opt_out = forms.BooleanField(label="Ne veut pas de courriel", required=False)
    sms_opt_out = forms.BooleanField(label="Ne veut pas de SMS", required=False)

    def prepare(self) -> None:
        for name in ("preferred_channel", "language", "email_opt_out", "sms_opt_out"):
            self.fields[name].initial = getattr(self.account.person, name)


class MessageForm(forms.Form):
    """The text of an e-mail or an SMS, in the officer's own words; a letter keeps the office's wording."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    subject = forms.CharField(label="Objet", max_length=200)
    body = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Ni montant ni motif de la dette dans un SMS ou un objet : le détail va dans la lettre.",
    )
    as_step = forms.BooleanField(required=False)

    def __init__(self, *args: Any, own_words: bool, step: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not own_words:
            del self.fields["subject"], self.fields["body"]
        elif not self.initial.get("subject"):
            del self.fields["subject"]
        if step is None:
            del self.fields["as_step"]
        else:
            self.fields["as_step"].label = f"Compte comme l’étape « {step.label_fr} »"
            self.fields["as_step"].initial = True
        for field in self.fields.values():
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                field.widget.attrs["class"] = "form-control"


def phones_of(person: Person) -> list[ContactPoint]:
    """The person's phones in use: those that work first, mobiles before others."""
    points = [one for one in person.contact_points.all() if one.kind == ContactKind.PHONE and one.is_current]
    return sorted(points, key=lambda one: (bool(one.problem), not one.is_mobile, one.pk))


def colleagues_of(account: Account, user: User) -> list[User]:
    """Who may be asked about this account: active people of the office who reach its agency. One query."""
    readers = (User.Role.AUDITOR, User.Role.ADMIN)
    found = (
        User.objects.filter(office_id=account.office_id, is_active=True)
        .exclude(pk=user.pk)
        .exclude(role__in=readers)
        .prefetch_related("agencies")
        .order_by("last_name", "first_name", "username")
    )
    return [one for one in found if _reaches(one, account)]


def _reaches(user: User, account: Account) -> bool:
    agencies = {agency.pk for agency in user.agencies.all()}
    return not agencies or account.agency_id is None or account.agency_id in agencies
