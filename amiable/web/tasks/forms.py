"""The answer to a request."""

from __future__ import annotations

from django import forms

from amiable.web.kit.fields import FACTS_ONLY, TextField
from amiable.web.kit.forms import ActionForm


class AnswerForm(ActionForm):
    """A short text, held to the same rules as a note."""

    answer = TextField(
        label="Votre réponse",
        rows=4,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": "1000", "class": "form-control"}),
        help_text=f"Elle arrive dans le fil du compte. {FACTS_ONLY}",
    )
