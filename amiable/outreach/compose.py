"""An approved batch becomes messages: one per person, letters in one PDF, each with its key in the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from amiable.channels.sms.parts import simplify
from amiable.core.models import Office, User
from amiable.correspondence import store, templates, typeset, wording
from amiable.correspondence.models import Document, OutboxItem
from amiable.correspondence.parcels import deposit_rows
from amiable.correspondence.variables import offered
from amiable.domain import french
from amiable.domain.errors import DomainError
from amiable.domain.kinds import kind as creditor_kind
from amiable.outreach import checks, proof, routes, values
from amiable.outreach.models import Batch, BatchLine
from amiable.parties.models import ContactPoint
from amiable.procedures.book import Book

Channel: Any = OutboxItem.Channel
Status: Any = BatchLine.Status
REGISTERED = "LETTRE RECOMMANDÉE AVEC AVIS DE RÉCEPTION"
#: References listed beside the address: more would run into the letter's text.
MOST_REFS_SHOWN = 8
LETTERS = (Channel.POST, Channel.LRAR)


@dataclass
class Draft:
    """One message to one person: its lines, its text or its letter."""

    lines: list[BatchLine]
    contact: ContactPoint | None = None
    subject: str = ""
    body: str = ""
    letter: typeset.Letter | None = None
    error: DomainError | None = None

    @property
    def first(self) -> BatchLine:
        return self.lines[0]


@dataclass
class Composer:
    """What the drafts of one batch share: the office's texts, read once, and the figures, read in bulk."""

    office: Office
    sources: values.Sources
    rules: Sequence[str] = ()
    #: A preview shows the letter even when no address is known yet.
    preview: bool = False
    texts: dict[str, templates.Current] = field(default_factory=dict)
    points: dict[int, list[ContactPoint]] = field(default_factory=dict)
    #: Values of a room's own variables, over the others (see outreach.issue).
    extra: Mapping[str, Any] = field(default_factory=dict)

    def draft(self, lines: list[BatchLine]) -> Draft:
        """The message for the lines of one person; an error instead when the text cannot be filled."""
        draft = Draft(lines)
        try:
            self._fill(draft)
        except DomainError as error:
            draft.error = error
        return draft

    def _fill(self, draft: Draft) -> None:
        first = draft.first
        account = first.account
        text = self._text(first.template)
        accounts = [line.account for line in draft.lines]
        names = wording.names_in(f"{text.subject}\n{text.body}")
        found = {**values.values_for(accounts, text.wording, names, self.sources, self.rules), **self.extra}
        if first.person_id != account.person_id:
            found["destinataire"] = values.full_name(first.person)
        points = self.points.get(first.person_id, [])
        route = routes.choose_again(first.channel, first.person, account, points)
        if not route.channel and not self.preview:
            raise DomainError("unreachable", f"Injoignable : {route.reason_fr}.")
        draft.contact = route.contact
        draft.subject = wording.fill(text.subject, found)
        if first.channel in LETTERS:
            draft.letter = self._letter(draft, text, found)
            return
        draft.body = wording.plain(text.body, found)
        if first.channel == Channel.SMS:
            draft.body = simplify(draft.body)

    def _text(self, code: str) -> templates.Current:
        if code not in self.texts:
            self.texts[code] = templates.current(self.office, code)
        return self.texts[code]

    def _letter(self, draft: Draft, text: templates.Current, found: dict) -> typeset.Letter:
        account, office = draft.first.account, self.office
        term = "account" if len(draft.lines) == 1 else "account_plural"
        shown = {variable.name for variable in offered(office.kind)}
        references = [
            (creditor_kind(office.kind).word(term).capitalize(), self._refs(draft)),
            ("Contrat", found["contrat"] if "contrat" in shown else ""),
            ("Logement", found["logement"] if "logement" in shown else ""),
            ("Dossier suivi par", found["charge_de_dossier"]),
            ("Téléphone", found["telephone"]),
            ("Courriel", found["courriel"]),
        ]
        town = office.address.strip().splitlines()[-1].lstrip("0123456789 ") if office.address.strip() else ""
        date = french.long_date(self.sources.today)
        return typeset.Letter(
            id=str(draft.first.person_id),
            recipient=(found["destinataire"], *routes.address_lines(account, draft.contact)),
            references=tuple((label, value) for label, value in references if value),
            place_date=f"{town}, le {date}" if town else f"Le {date}",
            subject=draft.subject,
            blocks=wording.read(text.body, found),
            signature=tuple(part for part in (f"Pour {office.name}", office.signatory) if part),
            notices=notices(office),
            mention=REGISTERED if draft.first.channel == Channel.LRAR else "",
        )

    @staticmethod
    def _refs(draft: Draft) -> str:
        refs = [line.account.ref for line in draft.lines]
        kept = ", ".join(refs[:MOST_REFS_SHOWN])
        return kept if len(refs) <= MOST_REFS_SHOWN else f"{kept}… (voir le tableau)"


def notices(office: Office) -> tuple[wording.Runs, ...]:
    """The foot of every letter: no fee (DUN-01), and what the law asks to say about personal data."""
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


def composer(
    office: Office, lines: Sequence[BatchLine], now: datetime, rules: Sequence[str] = ()
) -> Composer:
    accounts = [line.account for line in lines]
    points = routes.contact_points({line.person_id for line in lines})
    return Composer(office, values.load(office, accounts, now.date()), rules, points=points)


def by_person(lines: Sequence[BatchLine]) -> list[list[BatchLine]]:
    """Lines of one person and channel together: six canteen titres make one letter."""
    groups: dict[tuple[int, str, str], list[BatchLine]] = {}
    for line in lines:
        groups.setdefault((line.person_id, line.channel, line.template), []).append(line)
    return list(groups.values())


def lines_with_accounts(batch: Batch) -> list[BatchLine]:
    related = ("account__person", "account__agency", "account__officer", "person", "batch")
    return list(batch.lines.select_related(*related).order_by("pk"))


def compose(batch: Batch, *, book: Book, rules: Sequence[str], actor: User | None, now: datetime) -> int:
    """Turn every approved line that has no message yet into one; how many messages were made.

    The figures are read again and the guards asked again: what is written is today's truth. Everything is
    kept in one transaction, after the PDF's bytes are on disk: killed before, nothing is; killed after, the
    lines have their messages and are not composed twice."""
    approved = [line for line in lines_with_accounts(batch) if line.status == Status.APPROVED]
    waiting = [line for line in approved if line.outbox_item_id is None]
    if not waiting:
        return 0
    held = checks.held_back(batch.office, waiting, batch.step, book, now.date())
    tired = checks.over_cap([line.person_id for line in waiting], book, now)
    held |= {line.account_id: checks.TIRED for line in waiting if line.person_id in tired} | held
    kept = [line for line in waiting if line.account_id not in held]
    maker = composer(batch.office, kept, now, rules)
    drafts = [maker.draft(lines) for lines in by_person(kept)]
    letters = [draft for draft in drafts if draft.letter is not None and draft.error is None]
    groups = [letters[i : i + typeset.MOST_LETTERS] for i in range(0, len(letters), typeset.MOST_LETTERS)]
    typed = typeset.typeset_all(
        f"{batch.step_label}, {batch.on:%d/%m/%Y}",
        letterhead(batch.office),
        [[draft.letter for draft in group if draft.letter is not None] for group in groups],
    )
    with transaction.atomic():
        for line in waiting:
            if line.account_id in held:
                proof.suppress(line, *held[line.account_id], now)
        for draft in drafts:
            if draft.error is not None:
                for line in draft.lines:
                    proof.suppress(line, draft.error.code, draft.error.message_fr, now)
        messages = [draft for draft in drafts if draft.error is None and draft.letter is None]
        items = _keep_items(batch, messages, actor)
        printed: list[OutboxItem] = []
        for number, (group, pdf) in enumerate(zip(groups, typed, strict=True), start=1):
            printed += _keep_letters(batch, number, group, pdf, actor, now)
        if printed:
            listed = _deposit_list(batch, printed, actor, now)
            merged = printed[0].document.parent if printed[0].document else None
            Batch.objects.filter(pk=batch.pk).update(merged_document=merged, deposit_list=listed)
        items += printed
    return len(items)


def _keep_letters(
    batch: Batch, number: int, letters: list[Draft], typed: typeset.Typeset, actor: User | None, now: datetime
) -> list[OutboxItem]:
    """One merged PDF to print, the `number`-th of the batch, and each letter as its range of pages."""
    whole = store.add_document(
        office=batch.office,
        code="lot",
        title=f"{batch.step_label} : {len(letters)} lettres à imprimer",
        content=typed.pdf,
        dated_on=now.date(),
        actor=actor,
        pages=sum(count for _, count in typed.ranges),
    )
    documents = [
        Document(
            office=batch.office,
            account=draft.first.account,
            person=draft.first.person,
            code=draft.first.template,
            title=draft.subject[:1].upper() + draft.subject[1:160],
            sha256=whole.sha256,
            size=whole.size,
            pages=pages,
            parent=whole,
            first_page=first_page,
            dated_on=now.date(),
            created_by=actor,
        )
        for draft, (first_page, pages) in zip(letters, typed.ranges, strict=True)
    ]
    kept = Document.objects.bulk_create(documents, batch_size=500)
    return _keep_items(batch, letters, actor, kept, parcel=f"lot-{batch.pk}-{number}")


def _keep_items(
    batch: Batch,
    drafts: list[Draft],
    actor: User | None,
    documents: Sequence[Document] = (),
    parcel: str = "",
) -> list[OutboxItem]:
    """One outbox item per draft (with its document for letters), and the lines that point to it."""
    pairs = list(zip(drafts, documents, strict=True)) if documents else [(draft, None) for draft in drafts]
    items = OutboxItem.objects.bulk_create(
        (_outbox_item(batch, draft, actor, document, parcel) for draft, document in pairs), batch_size=500
    )
    lines = []
    for item, (draft, document) in zip(items, pairs, strict=True):
        for line in draft.lines:
            line.outbox_item, line.document = item, document
            lines.append(line)
    BatchLine.objects.bulk_update(lines, ["outbox_item", "document"], batch_size=250)
    return items


def _deposit_list(batch: Batch, items: list[OutboxItem], actor: User | None, now: datetime) -> Document:
    rows = deposit_rows(items)
    title = f"Liste de dépôt, {batch.step_label}, {batch.on:%d/%m/%Y}"
    summary = f"{french.plural(len(items), 'lettre')}, {french.plural(sum(r.pages for r in rows), 'page')}"
    return store.add_document(
        office=batch.office,
        code="depot",
        title=title,
        content=typeset.deposit_list(title, batch.office.name, summary, rows),
        dated_on=now.date(),
        actor=actor,
    )


def _outbox_item(
    batch: Batch, draft: Draft, actor: User | None, document: Document | None, parcel: str
) -> OutboxItem:
    first = draft.first
    return OutboxItem(
        office=batch.office,
        idempotency_key=f"lot-{batch.pk}-{first.person_id}-{first.channel}-{first.template}",
        channel=first.channel,
        person=first.person,
        account=first.account,
        contact_point=draft.contact,
        document=document,
        subject=draft.subject[:200],
        body=draft.body,
        origin="batch",
        step=batch.step,
        parcel=parcel,
        created_by=actor,
    )
