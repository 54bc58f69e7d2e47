"""What an officer fills in on an account. Structured choices first, free text last and short (RGPD-03)."""

from __future__ import annotations

import secrets
from datetime import time, timedelta
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.models import User
from amiable.diary.calling import sheet
from amiable.diary.models import DiaryEntry, Dispute, Hold
from amiable.domain.text import french
from amiable.domain.text.french import amount
from amiable.domain.text.languages import NAMES_FR
from amiable.parties.models import ContactPoint, Person
from amiable.positions.duties import due
from amiable.web.kit.accounts import position_of
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField
from amiable.web.kit.forms import ActForm, Reasoned, set_choices
from amiable.web.kit.steps import step_label, steps_of_office
from amiable.web.kit.words import phone_words

Outcome: Any = DiaryEntry.Outcome
CALL_OUTCOMES = [
    (Outcome.REACHED, "Joint"),
    (Outcome.VOICEMAIL, "Message laissé"),
    (Outcome.NO_ANSWER, "Sans réponse"),
    (Outcome.THIRD_PARTY, "Un tiers a répondu"),
    (Outcome.WRONG_NUMBER, "Mauvais numéro"),
    (Outcome.REFUSED, "Refuse de parler"),
]


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
    ends_on = DayField(
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
    starts_on = DayField(
        label="Depuis le",
        widget=DayInput,
        help_text="Surendettement : date de la recevabilité, jusqu’à laquelle la dette est gelée (SUR-02).",
    )
    ends_on = DayField(label="Jusqu’au (si connu)", required=False, widget=DayInput)
    detail = TextField(label="Précision (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        kinds = (HoldKind.SURENDETTEMENT, HoldKind.PROTECTION, HoldKind.DEATH)
        set_choices(self.fields["kind"], [(kind, HoldKind(kind).label) for kind in kinds])
        self.fields["starts_on"].initial = self.today


class PromiseForm(ActForm):
    amount_cents = EurosField(label="Montant promis (€)")
    due_on = DayField(label="Pour le", widget=DayInput)

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
    due_on = DayField(label="Pour le (facultatif)", required=False, widget=DayInput)

    def prepare(self) -> None:
        people = colleagues_of(self.account, self.user)
        self.people = {str(one.pk): one for one in people}
        values = [
            (key, f"{one}, {french.inside(one.get_role_display())}") for key, one in self.people.items()
        ]
        set_choices(self.fields["assignee"], [("", "Choisir…"), *values])

    @property
    def colleague(self) -> User | None:
        return self.people.get(self.cleaned_data["assignee"])


class AtHandForm(ActForm):
    """Which of what is to be done now: the duties of the office, or the next contact."""

    step = forms.ChoiceField(label="Étape", required=False)

    def prepare(self) -> None:
        position = position_of(self.account)
        steps = steps_of_office(self.account.office_id)
        codes = [duty.code for duty in due(position)] if position else []
        # What stands is answered by its own act.
        codes = [code for code in codes if code not in steps or not steps[code].stands]
        if position is not None and position.next_step:
            codes.append(position.next_step)
        set_choices(self.fields["step"], [(code, step_label(steps, code)) for code in codes])
        if len(codes) < 2:
            self.fields["step"].widget = forms.HiddenInput()
        self._codes = codes

    def clean_step(self) -> str:
        if not self._codes:
            raise forms.ValidationError("Ce compte n’a pas d’étape à traiter aujourd’hui.")
        if not self.cleaned_data["step"] and len(self._codes) > 1:
            raise forms.ValidationError("Choisissez l’étape.")
        return self.cleaned_data["step"] or self._codes[0]


class StepForm(AtHandForm):
    """The step was done outside the product."""

    on = DayField(label="Faite le", widget=DayInput)
    note = TextField(label="Note (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.fields["on"].initial = self.today


class SkipForm(AtHandForm):
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


class NewContactForm(ContactForm):
    """Another value for a contact point; the former one is kept aside for past proofs."""

    def prepare(self) -> None:
        point: ContactPoint = self.target.row
        self.fields["kind"].initial, self.fields["value"].initial = point.kind, point.value


class ProblemForm(ActForm):
    """What is wrong with a contact point: the problems its kind can have."""

    problem = forms.ChoiceField(label="Que se passe-t-il ?", widget=forms.RadioSelect)

    def prepare(self) -> None:
        Problem: Any = ContactPoint.Problem
        by_kind = {
            ContactKind.PHONE: (Problem.WRONG, Problem.INVALID),
            ContactKind.EMAIL: (Problem.BOUNCED, Problem.INVALID),
            ContactKind.ADDRESS: (Problem.NPAI, Problem.UNDELIVERED),
        }
        kinds = by_kind[self.target.row.kind]
        set_choices(self.fields["problem"], [(one, Problem(one).label) for one in kinds])


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


class CallForm(ActForm):
    """A call in one dialog: outcome, what was promised, when to call again."""

    outcome = forms.ChoiceField(label="Comment s’est terminé l’appel ?", widget=forms.RadioSelect)
    point = forms.ChoiceField(label="Numéro appelé", required=False)
    who = forms.ChoiceField(label="Personne demandée", required=False)
    promise_cents = EurosField(label="Montant promis (€)", required=False)
    promise_on = DayField(label="Promis pour le", required=False, widget=DayInput)
    call_back_on = DayField(
        label="Rappeler le",
        required=False,
        widget=DayInput,
        help_text="Rien ne part d’ici là.",
    )
    call_back_at = forms.TimeField(
        label="À (facultatif)",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M"),
    )
    note = TextField(label="Note (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        self.sheet = sheet(self.account, self.user, self.today)
        set_choices(self.fields["outcome"], CALL_OUTCOMES)
        self._numbers()
        self._people()

    def _numbers(self) -> None:
        self.points: dict[str, ContactPoint] = {str(one.point.pk): one.point for one in self.sheet.numbers}
        several = len({one.name for one in self.sheet.numbers}) > 1
        values = [
            (str(one.point.pk), phone_words(one.point.value) + (f", {one.name}" if several else ""))
            for one in self.sheet.numbers
        ]
        if not values:
            del self.fields["point"]
            return
        set_choices(self.fields["point"], [*values, ("", "Un autre numéro")])
        self.fields["point"].initial = values[0][0]

    def _people(self) -> None:
        people = self.sheet.people
        self.people: dict[str, Person] = {str(one.person.pk): one.person for one in people}
        if len(people) < 2:
            del self.fields["who"]
            return
        names = [(str(one.person.pk), f"{one.person}, {one.role_fr}") for one in people]
        set_choices(self.fields["who"], names)

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        cents, on = value.get("promise_cents"), value.get("promise_on")
        if cents and not on and "promise_on" not in self.errors:
            self.add_error("promise_on", "Indiquez pour quand le paiement est promis.")
        if on and not cents and "promise_cents" not in self.errors:
            self.add_error("promise_cents", "Indiquez le montant promis.")
        self.check_owed("promise_cents")
        self.check_wait("promise_on")
        self.check_wait("call_back_on")
        self._check_hour(value.get("call_back_on"), value.get("call_back_at"))
        return value

    def _check_hour(self, on: Any, at: time | None) -> None:
        if at and not on and "call_back_on" not in self.errors:
            self.add_error("call_back_on", "Indiquez le jour du rappel.")
        if at and on == self.today and at <= clock.now().astimezone(clock.PARIS).time():
            self.add_error("call_back_at", "Cette heure est déjà passée.")

    @property
    def contact_point(self) -> ContactPoint | None:
        return self.points.get(self.cleaned_data.get("point") or "")

    @property
    def person(self) -> Person | None:
        return self.people.get(self.cleaned_data.get("who") or "")


class MessageForm(ActForm):
    """The text of an e-mail or an SMS, in the officer's own words; a letter keeps the office's wording."""

    #: Its key already says when it is sent twice.
    must_carry = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    channel = forms.CharField(widget=forms.HiddenInput, max_length=20)
    code = forms.CharField(widget=forms.HiddenInput, max_length=80)
    subject = forms.CharField(label="Objet", max_length=200)
    body = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Ni montant ni motif de la dette dans un SMS ou un objet : le détail va dans la lettre.",
    )
    as_step = forms.BooleanField(required=False)

    def prepare(self) -> None:
        on = self.target
        self.fields["key"].initial = secrets.token_urlsafe(12)
        for name in ("channel", "code"):
            self.fields[name].initial = getattr(on, name)
        for name in ("subject", "body"):
            self.fields[name].initial = getattr(on.draft, name)
        if not on.own_words:
            del self.fields["subject"], self.fields["body"]
        elif not on.draft.subject:
            del self.fields["subject"]
        if on.step is None:
            del self.fields["as_step"]
        else:
            self.fields["as_step"].label = f"Compte comme l’étape « {on.step.label_fr} »"
            self.fields["as_step"].initial = True


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
