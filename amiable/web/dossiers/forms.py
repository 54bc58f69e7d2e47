"""What is filled in on a dossier; the fields of a kind or an answer are made into a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from amiable.cases import figures
from amiable.cases.events import asked
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.models import Dossier, Partner
from amiable.cases.sending import OUTSIDE_WAYS
from amiable.core.models import Office
from amiable.domain.cases.event import Field
from amiable.domain.errors import DomainError
from amiable.domain.text.french import amount
from amiable.web.kit.fields import DayField, DayInput, EurosField, TextField, as_form_error
from amiable.web.kit.forms import ActForm, ActionForm, set_choices

#: What a piece or a proof may be: what scanners and phones make.
_TYPES = {b"%PDF": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_MOST_BYTES = 15 * 1024 * 1024


def media_type(content: bytes) -> str:
    """The type of a file by its first bytes; DomainError for anything but PDF, JPEG and PNG."""
    for head, kind in _TYPES.items():
        if content.startswith(head):
            return kind
    raise DomainError(
        "bad_file", "Ce fichier n’est ni un PDF, ni une image JPEG ou PNG : rien n’a été gardé."
    )


class ProofField(forms.FileField):
    """A file of the types above, given back as bytes; None when optional and absent."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}))
        options.setdefault("help_text", "PDF, JPEG ou PNG, 15 Mo au plus.")
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if not found:
            return None
        if found.size > _MOST_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 15 Mo.")
        content = found.read()
        with as_form_error():
            media_type(content)
        return content


def form_field(field: Field) -> forms.Field:
    """The form's field of a dossier's or an answer's field."""
    common: dict[str, Any] = {"label": field.label_fr, "required": field.required, "help_text": field.help_fr}
    if field.kind == "money":
        return EurosField(**{**common, "label": f"{field.label_fr} (€)"})
    if field.kind == "date":
        return DayField(widget=DayInput(), **common)
    if field.kind == "number":
        return forms.IntegerField(min_value=0, **common)
    if field.kind == "bool":
        return forms.BooleanField(**{**common, "required": False})
    if field.kind == "choice":
        return forms.ChoiceField(choices=[("", "Choisir…"), *field.choices], **common)
    if field.kind == "long":
        return TextField(
            rows=3, **{**common, "help_text": field.help_fr or "Des faits utiles, en une phrase."}
        )
    return forms.CharField(max_length=120, **common)


def shown(field: Field, value: Any) -> Any:
    """A kept value as the form shows it."""
    if value in (None, ""):
        return value
    return amount(int(value)) if field.kind == "money" else value


class FieldsForm(ActForm):
    """Every field of the dossier, its partner and the partner's reference."""

    def prepare(self) -> None:
        self.dossier: Dossier = self.target
        self.of_kind = kind_of(self.dossier.kind).fields
        partners = list(self.dossier_partners())
        if partners:
            self.fields["partner"] = forms.ChoiceField(label="Partenaire", required=False)
            set_choices(self.fields["partner"], [("", "Choisir…"), *((str(p.pk), p.name) for p in partners)])
            self.fields["partner"].initial = str(self.dossier.partner_id or "")
            self.fields["reference"] = forms.CharField(
                label="Référence du partenaire", required=False, max_length=60, initial=self.dossier.reference
            )
        for field in self.of_kind:
            made = form_field(field)
            # The draft may be saved incomplete: what is missing stops the sending, not the work.
            made.required = False
            made.initial = shown(field, self.dossier.fields.get(field.code))
            self.fields[f"f_{field.code}"] = made

    def dossier_partners(self) -> Iterable[Partner]:
        kind = kind_of(self.dossier.kind)
        return Partner.objects.filter(office_id=self.dossier.office_id, kind=kind.partner_kind or kind.code)

    @property
    def values(self) -> dict[str, Any]:
        return {field.code: self.cleaned_data[f"f_{field.code}"] for field in self.of_kind}


class PieceForm(ActForm):
    file = ProofField(label="Fichier")
    dated_on = DayField(label="Date de la pièce", required=False, widget=DayInput)


class ReasonForm(ActForm):
    reason = TextField(label="Motif", rows=2)


class CloseForm(ActForm):
    abandoned = forms.BooleanField(label="Abandonner : le dossier n’a plus lieu d’être", required=False)
    reason = TextField(
        label="Motif", rows=2, required=False,
        help_text="Obligatoire pour abandonner, ou si une limite légale n’est pas tenue.",
    )  # fmt: skip


class SendForm(ActForm):
    way = forms.ChoiceField(label="Comment est-il parti ?", choices=OUTSIDE_WAYS)
    on = DayField(label="Envoyé le", widget=DayInput)
    reference = forms.CharField(label="Référence donnée par le partenaire", required=False, max_length=60)
    proof = ProofField(label="Preuve (accusé du site, copie tamponnée)", required=False)
    late_reason = TextField(
        label="Motif, si la limite est dépassée", rows=2, required=False,
        help_text="Une limite légale dépassée ne se clôt pas sans motif.",
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["on"].initial = self.today
        if found := figures.moved(self.target, self.today):
            self.fields["seen"] = forms.ChoiceField(
                label="Des chiffres ont changé depuis que ce dossier a été préparé",
                help_text=" ; ".join(one.said_fr for one in found) + ".",
                choices=[(figures.mark_of(found), "Je les ai relus : envoyer avec ceux d’aujourd’hui")],
                widget=forms.RadioSelect,
                required=False,
            )


class ReceiptForm(ActForm):
    on = DayField(label="Reçu le", widget=DayInput)
    reference = forms.CharField(label="Référence du partenaire", required=False, max_length=60)
    proof = ProofField(label="Accusé de réception", required=False)

    def prepare(self) -> None:
        self.fields["on"].initial = self.today


class AnswerForm(ActForm):
    """The partner's answer: its day, its letter, and the fields of that answer."""

    on = DayField(label="Date de la lettre ou de la décision", widget=DayInput)
    document = ProofField(label="Lettre du partenaire", required=False)
    note = TextField(label="Note (facultatif)", rows=2, required=False)

    def prepare(self) -> None:
        self.of_answer = asked(self.target.dossier, self.target.answer, self.today)
        self.fields["on"].initial = self.today
        self.fields["document"].required = self.target.answer.needs_document
        for field in self.of_answer:
            self.fields[f"f_{field.code}"] = form_field(field)
        self.order_fields(["version", "on", *(f"f_{one.code}" for one in self.of_answer), "document", "note"])

    @property
    def values(self) -> dict[str, Any]:
        return {field.code: self.cleaned_data.get(f"f_{field.code}") for field in self.of_answer}


class StartForm(ActForm):
    """The required fields of a dossier that somebody must word before it exists."""

    is_urgent = forms.BooleanField(label="Urgent", required=False)

    def prepare(self) -> None:
        self.of_kind = [one for one in self.target.kind.fields if one.required and not one.source]
        for field in self.of_kind:
            self.fields[f"f_{field.code}"] = form_field(field)
        self.order_fields(["version", *(f"f_{one.code}" for one in self.of_kind), "is_urgent"])

    @property
    def values(self) -> dict[str, Any]:
        return {field.code: self.cleaned_data.get(f"f_{field.code}") for field in self.of_kind}


class SocialNoteForm(ActionForm):
    """No version: what the account became does not stop a note for oneself."""

    text = forms.CharField(
        label="Note pour vous seule",
        widget=forms.Textarea(attrs={"rows": "4", "maxlength": "2000"}),
        help_text="Personne d’autre ne la lit, quel que soit son rôle.",
    )


class BatchForm(ActionForm):
    """How the dossiers chosen leave; they are the target, and kept when the form is shown again."""

    way = forms.ChoiceField(label="Comment partent-ils ?", choices=OUTSIDE_WAYS)
    dossier = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def prepare(self) -> None:
        set_choices(self.fields["dossier"], [(str(one.pk), str(one)) for one in self.target])


class PartnerForm(ActionForm):
    kind = forms.ChoiceField(label="Reçoit")
    code = forms.CharField(
        label="Code", max_length=30, help_text="Le code de l’organisme : 421, par exemple."
    )
    name = forms.CharField(label="Nom", max_length=120)
    address = forms.CharField(label="Adresse", widget=forms.Textarea(attrs={"rows": "3"}))
    email = forms.EmailField(label="Courriel", required=False)
    departments = forms.CharField(
        label="Départements", required=False, max_length=60, help_text="Séparés par un espace ; vide : tous."
    )

    def prepare(self) -> None:
        set_choices(self.fields["kind"], list(receiving(self.target).items()))


def receiving(office: Office) -> dict[str, str]:
    """The kinds of dossier a partner of the office may receive."""
    return {kind.code: kind.label_fr for kind in of_office(office) if kind.papers and not kind.partner_kind}
