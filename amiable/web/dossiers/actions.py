"""What is done on a dossier: opening, fields, pieces, sending, receipt, answers, end; and around dossiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.accounts.models import Account
from amiable.cases import services
from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier, Partner
from amiable.core.models import Office, User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.domain.cases.event import Event
from amiable.domain.cases.kind import Kind, Piece
from amiable.domain.text import french
from amiable.partners.social import write_note
from amiable.web.dossiers import forms
from amiable.web.kit.action import Action, Doer, Done


@dataclass(frozen=True)
class Opening:
    """A dossier of a kind, not yet made."""

    account: Account
    kind: Kind


@dataclass(frozen=True)
class OfPiece:
    """A piece of a dossier."""

    dossier: Dossier
    piece: Piece

    @property
    def account(self) -> Account:
        return self.dossier.account


@dataclass(frozen=True)
class OfAnswer:
    """An answer the partner may give."""

    dossier: Dossier
    answer: Event

    @property
    def account(self) -> Account:
        return self.dossier.account


def _worked(on: Dossier | OfPiece) -> str:
    dossier = on if isinstance(on, Dossier) else on.dossier
    return kind_of(dossier.kind).capability


def _proof(
    dossier: Dossier, content: bytes | None, title: str, dated_on: date, actor: User
) -> Document | None:
    if content is None:
        return None
    return store.add_document(
        office=dossier.office,
        code="preuve_dossier",
        title=title,
        content=content,
        dated_on=dated_on,
        actor=actor,
        account=dossier.account,
        person=dossier.account.person,
        media_type=forms.media_type(content),
    )


def _start(opening: Opening, doer: Doer, form: forms.StartForm) -> Done:
    made = services.open_dossier(
        **doer.on(opening.account),
        kind=opening.kind.code,
        fields=form.values,
        is_urgent=form.cleaned_data["is_urgent"],
    )
    if opening.kind.internal:
        services.send(dossier=made, way="internal", actor=doer.actor, now=doer.now)
    return Done("", made)


def _edit(dossier: Dossier, doer: Doer, form: forms.FieldsForm) -> str:
    value = form.cleaned_data
    partner = Partner.objects.filter(office=dossier.office, pk=value.get("partner") or 0).first()
    services.edit_fields(
        dossier=dossier, fields=form.values, partner=partner, reference=value.get("reference"), **doer.by
    )
    return "Dossier complété."


def _bring(on: OfPiece, doer: Doer, form: forms.PieceForm) -> str:
    value = form.cleaned_data
    services.upload_piece(
        dossier=on.dossier,
        code=on.piece.code,
        content=value["file"],
        media_type=forms.media_type(value["file"]),
        dated_on=value["dated_on"],
        **doer.by,
    )
    return f"Pièce déposée : {french.inside(on.piece.label_fr)}."


def _waive(on: OfPiece, doer: Doer, form: forms.ReasonForm) -> str:
    reason = form.cleaned_data["reason"]
    services.waive_piece(dossier=on.dossier, code=on.piece.code, reason=reason, **doer.by)
    return f"Pièce écartée : {french.inside(on.piece.label_fr)}."


def _ask_pieces(dossier: Dossier, doer: Doer, form: object) -> str:
    made = services.request_missing(dossier, actor=doer.actor, today=doer.today)
    return "Pièces demandées : elles sont dans « Demandes »." if made else "Tout est déjà demandé."


def _send(dossier: Dossier, doer: Doer, form: forms.SendForm) -> str:
    value = form.cleaned_data
    proof = _proof(dossier, value["proof"], f"Preuve d’envoi, {dossier}", value["on"], doer.actor)
    services.send(
        dossier=dossier,
        way=value["way"],
        on=value["on"],
        proof=proof,
        reference=value["reference"],
        late_reason=value["late_reason"],
        seen=value.get("seen", ""),
        actor=doer.actor,
        now=doer.now,
    )
    return "Dossier envoyé : l’étape est faite, la preuve est dans le fil du compte."


def _acknowledge(dossier: Dossier, doer: Doer, form: forms.ReceiptForm) -> str:
    value = form.cleaned_data
    proof = _proof(dossier, value["proof"], f"Accusé de réception, {dossier}", value["on"], doer.actor)
    services.acknowledge(
        dossier=dossier, on=value["on"], proof=proof, reference=value["reference"], **doer.by
    )
    return "Accusé de réception noté."


def _answer(on: OfAnswer, doer: Doer, form: forms.AnswerForm) -> str:
    value, label = form.cleaned_data, on.answer.label_fr
    document = _proof(on.dossier, value["document"], label, value["on"], doer.actor)
    services.record_event(
        dossier=on.dossier,
        code=on.answer.code,
        on=value["on"],
        values=form.values,
        note=value["note"],
        document=document,
        **doer.by,
    )
    return f"Réponse notée : {french.inside(label)}."


def _finish(dossier: Dossier, doer: Doer, form: forms.CloseForm) -> str:
    value = form.cleaned_data
    services.close_dossier(dossier=dossier, reason=value["reason"], abandoned=value["abandoned"], **doer.by)
    return "Dossier abandonné." if value["abandoned"] else "Dossier terminé."


def _note(dossier: Dossier, doer: Doer, form: forms.SocialNoteForm) -> str:
    text = form.cleaned_data["text"]
    write_note(dossier=dossier, text=text, actor=doer.actor, today=doer.today)
    return "Note gardée : vous seule la lisez."


def _send_batch(dossiers: Sequence[Dossier], doer: Doer, form: forms.BatchForm) -> Done:
    way = form.cleaned_data["way"]
    sent, refused, files = services.send_together(dossiers=dossiers, way=way, **doer.now_by)
    said = f"{len(sent)} dossiers envoyés : chaque étape est faite, le fil le dit." if sent else ""
    kept = tuple(f"{one} ({one.account.ref}) n’est pas parti : {reason}" for one, reason in refused)
    return Done(said, (sent, files), kept)


def _save_partner(office: Office, doer: Doer, form: forms.PartnerForm) -> str:
    services.save_partner(office=office, actor=doer.actor, **form.cleaned_data)
    return "Partenaire enregistré."


START: Action[Opening] = Action(
    "start",
    lambda on: on.kind.label_fr,
    lambda on: "Envoyer la demande" if on.kind.internal else "Préparer le dossier",
    lambda on: on.kind.capability,
    _start,
    forms.StartForm,
    lead_fr=lambda on: f"{on.kind.partner_fr} : {on.kind.must_fr}",
)
EDIT = Action("edit", "Compléter le dossier", "Enregistrer", _worked, _edit, forms.FieldsForm)
BRING: Action[OfPiece] = Action(
    "bring", "Déposer une pièce", "Déposer", _worked, _bring, forms.PieceForm,
    lead_fr=lambda on: on.piece.label_fr,
)  # fmt: skip
WAIVE: Action[OfPiece] = Action(
    "waive", "Se passer d’une pièce", "Écarter", _worked, _waive, forms.ReasonForm,
    lead_fr=lambda on: on.piece.label_fr,
)  # fmt: skip
ASK_PIECES = Action(
    "ask_pieces",
    "Demander ce qui manque",
    "Demander ce qui manque",
    _worked,
    _ask_pieces,
)
SEND: Action[Dossier] = Action(
    "send",
    lambda dossier: f"Envoyer : {french.inside(kind_of(dossier.kind).label_fr)}",
    "Noter l’envoi",
    _worked,
    _send,
    forms.SendForm,
    lead_fr=lambda dossier: f"À : {dossier.partner or kind_of(dossier.kind).partner_fr}",
)
ACKNOWLEDGE = Action(
    "acknowledge", "Accusé de réception", "Enregistrer", _worked, _acknowledge, forms.ReceiptForm
)
ANSWER: Action[OfAnswer] = Action(
    "answer",
    lambda on: on.answer.label_fr,
    "Enregistrer la réponse",
    lambda on: kind_of(on.dossier.kind).answer_capability,
    _answer,
    forms.AnswerForm,
    lead_fr=lambda on: on.answer.help_fr,
)
FINISH = Action("finish", "Terminer le dossier", "Terminer", _worked, _finish, forms.CloseForm)
NOTE = Action(
    "social_note", "Note pour vous seule", "Garder la note", "social_work", _note, forms.SocialNoteForm
)
SEND_BATCH = Action(
    "send_batch",
    "Envoyer ces dossiers",
    "Envoyer",
    "work_accounts",
    _send_batch,
    forms.BatchForm,
)
SAVE_PARTNER = Action(
    "save_partner", "Partenaires", "Enregistrer", "edit_policy", _save_partner, forms.PartnerForm
)
ACTIONS = (
    START, EDIT, BRING, WAIVE, ASK_PIECES, SEND, ACKNOWLEDGE, ANSWER, FINISH,
    NOTE, SEND_BATCH, SAVE_PARTNER,
)  # fmt: skip
