"""Choosing a time, saying how the person is told, why an appointment ends."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.appointments.absences import to_replan
from amiable.appointments.agenda import Offer
from amiable.core import clock
from amiable.core.access import scope
from amiable.core.models import Agency, User
from amiable.domain.text.typed import whole, whole_or_none
from amiable.web.kit.fields import DayField, DayInput, TextField
from amiable.web.kit.forms import ActForm, ActionForm
from amiable.web.kit.words import person_name

CHANNELS = (
    ("sms", "Par SMS"),
    ("email", "Par courriel, avec le fichier pour l’agenda"),
    ("post", "Par lettre"),
    ("", "Sans message : c’est convenu de vive voix"),
)


def code_of(offer: Offer) -> str:
    """`12|2026-11-30T09:00:00+01:00`: the officer and the time."""
    return f"{offer.officer.pk}|{offer.at.isoformat()}"


def read_slot(text: str, office_id: int) -> tuple[User, datetime]:
    """The officer and the moment of a free time; a ValidationError when there is no such thing."""
    who, _, at = text.partition("|")
    try:
        moment = datetime.fromisoformat(at)
        officer = User.objects.get(pk=whole_or_none(who), office_id=office_id)
    except (ValueError, User.DoesNotExist):
        raise forms.ValidationError(_NO_SLOT) from None
    if moment.tzinfo is None:
        raise forms.ValidationError(_NO_SLOT)
    return officer, moment


_NO_SLOT = "Ce créneau n’existe pas : choisissez-en un dans la liste."


def first_channel(account: Account) -> str:
    """What the person prefers, else what reaches them fastest."""
    person = account.person
    points = [one for one in person.contact_points.all() if one.is_current and not one.problem]
    kinds = {("sms" if one.is_mobile else "") if one.kind == "phone" else one.kind for one in points}
    able = [
        code
        for code, is_able in (
            ("sms", "sms" in kinds and not person.sms_opt_out),
            ("email", "email" in kinds and not person.email_opt_out),
            ("post", True),
        )
        if is_able
    ]
    return person.preferred_channel if person.preferred_channel in able else able[0]


class SlotForm(ActForm):
    """A free time, chosen in a list or dropped on; read back as an officer and a moment."""

    must_carry = False
    slot = forms.CharField(error_messages={"required": "Choisissez un créneau."})
    channel = forms.ChoiceField(
        label="Prévenir la personne", choices=CHANNELS, required=False, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        self.fields["channel"].initial = first_channel(self.account)

    def clean_slot(self) -> tuple[User, datetime]:
        return read_slot(self.cleaned_data["slot"], self.account.office_id)


class CancelForm(ActForm):
    must_carry = False
    by_tenant = forms.ChoiceField(
        label="Qui annule ?",
        choices=(("1", "La personne"), ("", "L’office")),
        required=False,
        widget=forms.RadioSelect,
        initial="1",
    )
    reason = TextField(label="Motif", rows=2)
    channel = forms.ChoiceField(
        label="Prévenir la personne",
        choices=(("sms", "Par SMS"), ("email", "Par courriel"), ("post", "Par lettre"), ("", "Sans message")),
        required=False,
        widget=forms.RadioSelect,
    )


class AbsenceForm(ActionForm):
    officer = forms.ModelChoiceField(label="Qui ?", queryset=User.objects.none())
    from_on = DayField(label="Du", widget=DayInput)
    to_on = DayField(label="Au", widget=DayInput)
    label = forms.CharField(label="Motif (facultatif)", max_length=60, required=False)

    def prepare(self) -> None:
        people = User.objects.filter(office_id=self.user.office_id, is_active=True, hours__isnull=False)
        self.fields["officer"].queryset = people.distinct().order_by("last_name", "pk")
        self.fields["officer"].initial = self.user.pk
        self.fields["from_on"].initial = self.fields["to_on"].initial = self.today


class ReplanForm(ActionForm):
    """A new place for each appointment an absence touches; one left alone stays where it is."""

    channel = forms.ChoiceField(
        choices=(("sms", "Par SMS"), ("email", "Par courriel"), ("post", "Par lettre"), ("", "Sans message")),
        required=False,
    )

    def prepare(self) -> None:
        self.plans = to_replan(self.target, clock.now())
        for plan in self.plans:
            self.fields[f"rdv-{plan.appointment.pk}"] = forms.CharField(
                label=person_name(plan.appointment.person), required=False
            )

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        for name in [name for name in value if name.startswith("rdv-") and value[name]]:
            try:
                value[name] = read_slot(value[name], self.target.officer.office_id)
            except forms.ValidationError as wrong:
                self.add_error(name, wrong)
        return value

    def choices(self) -> dict[int, Offer]:
        return {
            whole(name.removeprefix("rdv-")): Offer(value[1], value[0], None)
            for name, value in self.cleaned_data.items()
            if name.startswith("rdv-") and value
        }


class HoursForm(forms.Form):
    """One day of the week: a morning and an afternoon, both may be empty."""

    agency = forms.ChoiceField(label="Agence", required=False)
    morning_starts = forms.TimeField(label="Matin, de", required=False)
    morning_ends = forms.TimeField(label="à", required=False)
    afternoon_starts = forms.TimeField(label="Après-midi, de", required=False)
    afternoon_ends = forms.TimeField(label="à", required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = agencies
        self.fields["agency"].widget.attrs["class"] = "form-select"
        for name in ("morning_starts", "morning_ends", "afternoon_starts", "afternoon_ends"):
            self.fields[name].widget = forms.TimeInput(
                format="%H:%M", attrs={"type": "time", "class": "form-control", "step": "300"}
            )

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        for half in ("morning", "afternoon"):
            starts, ends = value.get(f"{half}_starts"), value.get(f"{half}_ends")
            if bool(starts) != bool(ends):
                self.add_error(f"{half}_ends", "Indiquez le début et la fin, ou rien.")
            elif starts and ends and starts >= ends:
                self.add_error(f"{half}_ends", "La fin doit suivre le début.")
        morning, afternoon = value.get("morning_ends"), value.get("afternoon_starts")
        if morning and afternoon and afternoon < morning:
            self.add_error("afternoon_starts", "L’après-midi commence après le matin.")
        return value

    def ranges(self) -> list[tuple[Any, Any]]:
        value = self.cleaned_data
        pairs = [(value[f"{half}_starts"], value[f"{half}_ends"]) for half in ("morning", "afternoon")]
        return [pair for pair in pairs if pair[0]]


class WeekForm(ActionForm):
    """The week an officer receives: one form a day, all right or nothing saved."""

    def prepare(self) -> None:
        agencies = [(str(one.pk), one.name) for one in scope(Agency.objects.all(), self.user)]
        self.days = [self._day(weekday, agencies) for weekday in range(5)]

    def _day(self, weekday: int, agencies: list[tuple[str, str]]) -> HoursForm:
        rows = [one for one in self.target.hours.all() if one.weekday == weekday]
        initial: dict[str, Any] = {"agency": rows[0].agency_id if rows else None}
        morning = next((one for one in rows if one.starts.hour < 12), None)
        afternoon = next((one for one in rows if one is not morning), None)
        for half, row in (("morning", morning), ("afternoon", afternoon)):
            if row is not None:
                initial |= {f"{half}_starts": row.starts, f"{half}_ends": row.ends}
        data = self.data if self.is_bound else None
        return HoursForm(data, prefix=f"d{weekday}", agencies=agencies, initial=initial)

    def clean(self) -> dict[str, Any]:
        if [day for day in self.days if not day.is_valid()]:
            raise forms.ValidationError("Une plage est à corriger : rien n’a été enregistré.")
        return super().clean() or {}

    def ranges(self) -> list[tuple[int, int, time, time]]:
        """(weekday, agency, from, to)."""
        return [
            (weekday, whole(day.cleaned_data["agency"]), starts, ends)
            for weekday, day in enumerate(self.days)
            for starts, ends in day.ranges()
        ]
