"""What is done in the books: a month is closed, the one the page showed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from amiable.books.closing import close_month, next_period
from amiable.core.models import Office
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.fields import DayField
from amiable.web.kit.forms import ActionForm


class CloseForm(ActionForm):
    """period: first day of the month that was shown, so that a second press closes no other."""

    period = DayField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, target: Office, **options: Any) -> None:
        super().__init__(*args, target=target, **options)
        self.initial["period"] = next_period(target)


def _close(office: Office, doer: Doer, form: CloseForm) -> Done:
    period: date = form.cleaned_data["period"]
    made = close_month(office=office, period=period, **doer.by)
    return Done(f"{made.period:%m/%Y} est clos et scellé : {made.lines} lignes.", made)


CLOSE: Action[Office] = Action(
    "close",
    "Clore un mois",
    "Clore et sceller",
    "close_books",
    _close,
    CloseForm,
    lead_fr="Un mois clos ne change plus : ce qui arrive ensuite pour lui est compté au premier mois ouvert.",
)
ACTIONS = (CLOSE,)
