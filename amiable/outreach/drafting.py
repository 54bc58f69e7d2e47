"""The messages of some accounts, written: who gets each, its text or its letter, the copy's first words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from amiable.accounts.addressees import Addressee, Addressing
from amiable.accounts.models import Account
from amiable.channels.sms.parts import simplify
from amiable.core.models import Office
from amiable.correspondence import templates, typeset, wording
from amiable.correspondence.models import OutboxItem
from amiable.correspondence.variables import offered
from amiable.domain import law
from amiable.domain.creditors import kind as creditor_kind
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach import rooms, routes, sharing, translation, values
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.parties.models import ContactPoint, Person
from amiable.procedures.in_force import Book

Channel: Any = OutboxItem.Channel
COPY = "COPIE POUR INFORMATION"
REGISTERED = "LETTRE RECOMMANDÉE AVEC AVIS DE RÉCEPTION"
#: References listed beside the address: more would run into the letter's text.
MOST_REFS_SHOWN = 8
LETTERS = (Channel.POST, Channel.LRAR)
#: Who writes, and from where: what a letter says whatever its text.
ON_EVERY_LETTER = ("adresse_organisme", "signataire")


@dataclass
class Draft:
    """One message to one person: the accounts it is about, who gets it and why, its text or its letter."""

    lines: list[BatchLine]
    person: Person
    channel: str
    template: str
    addressee: Addressee | None = None
    #: Rows of the other recipients it serves; empty for the first addressee of its lines.
    recipients: list[LineRecipient] = field(default_factory=list)
    contact: ContactPoint | None = None
    subject: str = ""
    body: str = ""
    letter: typeset.Letter | None = None
    error: DomainError | None = None

    @property
    def first(self) -> BatchLine:
        return self.lines[0]

    @property
    def is_copy(self) -> bool:
        return self.addressee is not None and self.addressee.is_copy

    @property
    def home(self) -> Account | None:
        return self.addressee.home if self.addressee is not None else None


@dataclass
class Composer:
    """What the drafts of one batch share: the office's texts, read once, and the figures, read in bulk."""

    office: Office
    sources: values.Sources
    rules: Sequence[str] = ()
    #: A preview shows the letter even when no address is known yet.
    preview: bool = False
    texts: dict[str, templates.Current] = field(default_factory=dict)
    translations: dict[tuple[str, str], templates.Current | None] = field(default_factory=dict)
    points: dict[int, list[ContactPoint]] = field(default_factory=dict)
    #: Values of a room's own variables, over the others (see outreach.issue).
    extra: Mapping[str, Any] = field(default_factory=dict)
    #: What rooms give to lines of a batch, by line (see outreach.rooms).
    given: Mapping[int, rooms.Given] = field(default_factory=dict)

    def fill(self, draft: Draft) -> Draft:
        """Write the message; an error instead when the text cannot be filled."""
        try:
            self._fill(draft)
        except DomainError as error:
            draft.error = error
        return draft

    def _fill(self, draft: Draft) -> None:
        text = self._text(draft.template)
        accounts = [line.account for line in draft.lines]
        theirs = self._translated(draft.template, draft.person.language)
        names = wording.names_in("\n".join((text.subject, text.body, theirs.body if theirs else "")))
        found = {**values.values_for(accounts, text.wording, names, self.sources, self.rules), **self.extra}
        if draft.first.pk in self.given:
            found |= self.given[draft.first.pk].values
        if draft.person.pk != accounts[0].person_id:
            found["destinataire"] = values.full_name(draft.person)
        points = self.points.get(draft.person.pk, [])
        route = routes.choose_again(draft.channel, draft.person, draft.home, points)
        if not route.channel and not self.preview:
            raise DomainError("unreachable", f"Injoignable : {route.reason_fr}.")
        draft.contact = route.contact
        draft.subject = wording.fill(text.subject, found)
        if draft.channel in LETTERS:
            draft.letter = self._letter(draft, text, found)
            if theirs is not None:
                joined = [*draft.letter.blocks, *translation.blocks(theirs, found)]
                draft.letter = replace(draft.letter, blocks=joined)
            return
        draft.body = wording.plain(text.body, found)
        if theirs is not None:
            draft.body = translation.below(draft.body, theirs, found)
        if draft.is_copy:
            draft.subject = f"Copie pour information : {draft.subject}"
            draft.body = f"{copy_sentence(draft)}\n\n{draft.body}"
        if draft.channel == Channel.SMS:
            draft.body = simplify(draft.body)

    def _translated(self, code: str, language: str) -> templates.Current | None:
        """The text in the person's language, read once for a batch; None for most."""
        key = (code, language)
        if key not in self.translations:
            self.translations[key] = templates.translated(self.office, code, language)
        return self.translations[key]

    def _text(self, code: str) -> templates.Current:
        if code not in self.texts:
            self.texts[code] = templates.current(self.office, code)
        return self.texts[code]

    def _letter(self, draft: Draft, text: templates.Current, found: dict) -> typeset.Letter:
        account, office = draft.first.account, self.office
        for name in ON_EVERY_LETTER:
            wording.text_value(name, found)
        term = "account" if len(draft.lines) == 1 else "account_plural"
        shown = {variable.name for variable in offered(office.kind)}
        holder = values.full_name(account.person) if draft.person.pk != account.person_id else ""
        references = [
            ("Titulaire", holder),
            (creditor_kind(office.kind).word(term).capitalize(), self._refs(draft)),
            ("Contrat", found["contrat"] if "contrat" in shown else ""),
            ("Logement", found["logement"] if "logement" in shown else ""),
            ("Dossier suivi par", found["charge_de_dossier"]),
            ("Téléphone", found["telephone"]),
            ("Courriel", found["courriel"]),
        ]
        blocks = wording.read(text.body, found)
        if draft.is_copy:
            blocks = [wording.Block("p", [(copy_sentence(draft), True)]), *blocks]
        marks = (REGISTERED if draft.channel == Channel.LRAR else "", COPY if draft.is_copy else "")
        quality = draft.addressee.quality_fr if draft.addressee is not None else ""
        address = routes.address_lines(draft.home, draft.contact)
        town = office.address.strip().splitlines()[-1].lstrip("0123456789 ") if office.address.strip() else ""
        date = french.long_date(self.sources.today)
        return typeset.Letter(
            id=str(draft.person.pk),
            recipient=tuple(line for line in (found["destinataire"], quality, *address) if line),
            references=tuple((label, value) for label, value in references if value),
            place_date=f"{town}, le {date}" if town else f"Le {date}",
            subject=draft.subject,
            blocks=blocks,
            signature=tuple(part for part in (f"Pour {office.name}", office.signatory) if part),
            notices=notices(office, text.wording.reader),
            mention=" · ".join(mark for mark in marks if mark),
        )

    @staticmethod
    def _refs(draft: Draft) -> str:
        refs = [line.account.ref for line in draft.lines]
        kept = ", ".join(refs[:MOST_REFS_SHOWN])
        return kept if len(refs) <= MOST_REFS_SHOWN else f"{kept}… (voir le tableau)"


def notices(office: Office, reader: str) -> tuple[wording.Runs, ...]:
    """The foot of a letter: to a person, no fee (DUN-01) and what the law asks to say about their data; to a
    partner, what these data were given for."""
    if reader == "partner":
        return (
            [
                ("Données personnelles. ", True),
                (
                    "Celles de ce courrier vous sont transmises pour l’instruction de ce dossier, "
                    "dans la limite de vos missions.",
                    False,
                ),
            ],
        )
    write_to = office.email or ", ".join(office.address.splitlines()) or office.name
    return (
        [("Cette lettre ne vous est pas facturée.", False)],
        [
            ("Vos données personnelles. ", True),
            (
                f"{office.name} les utilise pour suivre votre compte et les garde le temps prévu par la loi. "
                "Vous pouvez y accéder, les faire rectifier ou vous opposer à leur usage en écrivant à "
                f"{write_to}, et saisir la CNIL (www.cnil.fr).",
                False,
            ),
        ],
    )


def letterhead(office: Office) -> typeset.Letterhead:
    lines = [line.strip() for line in office.address.splitlines() if line.strip()]
    lines += [part for part in (office.phone, office.email, office.website) if part]
    return typeset.Letterhead(office.name, tuple(lines[:5]), office.name)


def copy_sentence(draft: Draft) -> str:
    """What a copy says first: whose letter it is, and why it comes here."""
    assert draft.addressee is not None
    to = values.full_name(draft.first.account.person)
    sources = " ; ".join(law.rule(rule).source for rule in draft.addressee.rules)
    return (
        f"Copie pour information : ce message est adressé ce jour à {to}. "
        f"Vous le recevez en qualité de {draft.addressee.quality_fr} ({sources})."
    )


def composer(
    office: Office,
    lines: Sequence[BatchLine],
    now: datetime,
    rules: Sequence[str],
    *,
    reserve: bool,
) -> Composer:
    """What writes these lines."""
    given = rooms.given_to(lines, now, reserve=reserve)
    for line in lines:
        if line.pk in given:
            line.template = given[line.pk].template
    accounts = [line.account for line in lines]
    persons = {line.person_id for line in lines}
    persons |= {one.person_id for line in lines for one in line.recipients.all()}
    return Composer(
        office,
        values.load(office, accounts, now.date()),
        rules,
        points=routes.contact_points(persons),
        given=given,
    )


def rules_of(book: Book, batch: Batch) -> tuple[str, ...]:
    """The legal rules of the batch's step, which the wordings quote."""
    for editions in book.editions.values():
        for edition in reversed(editions):
            if edition.procedure.code == batch.procedure_code:
                for step in edition.procedure.steps:
                    if step.code == batch.step:
                        return step.rules
    return ()


def written(
    batch: Batch,
    lines: Sequence[BatchLine],
    addressed: Mapping[int, Addressing],
    book: Book,
    now: datetime,
    *,
    reserve: bool = False,
) -> list[Draft]:
    """The messages of some lines of a batch as they would leave, `error` saying what stands in the way. Its
    preparation asks as its sending does: what the one would refuse, the other has told.

    reserve: they are about to leave, rooms may take what the text promises."""
    maker = composer(batch.office, lines, now, rules_of(book, batch), reserve=reserve)
    return [maker.fill(draft) for draft in messages(lines, addressed, now.date())]


def messages(lines: Sequence[BatchLine], addressed: Mapping[int, Addressing], on: date) -> list[Draft]:
    """One draft per person and message (see `sharing`): six canteen titres make one letter, and a curator of
    thirty people gets thirty copies. Those who owe come first, copies last."""
    made: dict[Hashable, Draft] = {}
    others: dict[Hashable, Draft] = {}
    keys = {line.pk: sharing.message_of(line, addressed[line.account_id], on) for line in lines}
    for line in lines:
        key = keys[line.pk]
        if key not in made:
            one = addressee_in(addressed[line.account_id], line.person_id)
            made[key] = Draft([], line.person, line.channel, line.template, one)
        made[key].lines.append(line)
    for line in lines:
        for row in line.recipients.all():
            if row.status != LineRecipient.Status.PLANNED:
                continue
            key = keys[line.pk], row.person_id, row.channel, row.template
            if key not in others:
                one = addressee_in(addressed[line.account_id], row.person_id)
                others[key] = Draft([], row.person, row.channel, row.template, one)
            others[key].lines.append(line)
            others[key].recipients.append(row)
    return [*made.values(), *sorted(others.values(), key=lambda draft: draft.is_copy)]


def addressee_in(found: Addressing, person_id: int) -> Addressee | None:
    return next((one for one in found.written if one.person.pk == person_id), None)


def title_of(draft: Draft) -> str:
    title = draft.subject[:1].upper() + draft.subject[1:]
    return (f"Copie : {title}" if draft.is_copy else title)[:160]


def message_key(draft: Draft) -> str:
    """What makes a message the only one of its batch: who gets it, by what, which text, about what first."""
    return f"{draft.person.pk}-{draft.channel}-{draft.template}-{draft.first.account_id}"


def posted_to(draft: Draft) -> str:
    """The home a letter without contact point goes to, as written on it."""
    if draft.letter is None or draft.contact is not None:
        return ""
    return "\n".join(routes.address_lines(draft.home, None))
