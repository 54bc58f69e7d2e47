"""The form of a wording."""

from __future__ import annotations

from django import forms


class WordingForm(forms.Form):
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

    def __init__(self, *args: object, media_code: str = "letter", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if media_code == "sms":
            del self.fields["subject"]
