"""The form of a wording."""

from __future__ import annotations

from django import forms

from amiable.web.kit.forms import ActionForm


class WordingForm(ActionForm):
    """`base_version` is what the page showed: two people cannot overwrite each other."""

    subject = forms.CharField(
        label="Objet",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    body = forms.CharField(
        label="Texte",
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control wording", "rows": 24, "spellcheck": "true"}),
    )
    base_version = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        text = self.target
        self.fields["subject"].initial, self.fields["body"].initial = text.shown.subject, text.shown.body
        self.fields["base_version"].initial = text.current.version
        if text.current.wording.media == "sms":
            del self.fields["subject"]
