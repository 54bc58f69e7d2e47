"""What part of the journal one looks at."""

from __future__ import annotations

from typing import Any

from django import forms

from amiable.core import rooms
from amiable.core.models import User
from amiable.web.kit.fields import DayField, active_filters


class JournalForm(forms.Form):
    """Every field is optional. `fil`: acts on accounts; otherwise every write, by everybody."""

    q = forms.CharField(
        label="Personne ou compte",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "nom, compte, téléphone, ville"}),
    )
    actor = forms.ChoiceField(label="Par", required=False)
    verb = forms.ChoiceField(label="Acte", required=False)
    since = DayField(label="Du", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, user: User, thread: bool, *args: Any) -> None:
        super().__init__(*args)
        people = User.objects.filter(office_id=user.office_id).order_by("last_name", "username")
        named = [(str(one.pk), str(one)) for one in people]
        acts = rooms.lines() if thread else sorted(rooms.house().verbs.items(), key=lambda pair: pair[1])
        self.fields["actor"].choices = [("", "Tout le monde"), ("0", "Amiable (la nuit)"), *named]
        self.fields["verb"].choices = [("", "Tous"), *acts]

    @property
    def active(self) -> list[str]:
        return active_filters(self)
