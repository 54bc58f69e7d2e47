"""The last look before something leaves: the same decision again, on today's facts, and the weekly cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from amiable.core.models import Office
from amiable.correspondence.models import OutboxItem
from amiable.diary.doings import REACHED
from amiable.diary.models import DiaryEntry
from amiable.domain.decision.guards import DISPATCH_LABELS, guards
from amiable.domain.text.french import plural
from amiable.outreach.models import BatchLine, LineRecipient
from amiable.parties.models import Person
from amiable.positions import facts
from amiable.procedures.in_force import Book, policy_of

#: What counts as a message already sent to the person this week.
GONE = (OutboxItem.Status.SENT, OutboxItem.Status.SENDING, OutboxItem.Status.UNCERTAIN)
#: Calls the person noticed; one nobody answered disturbed nobody.
HEARD = (*REACHED, DiaryEntry.Outcome.VOICEMAIL)
WEEK = timedelta(days=7)
Reason = tuple[str, str]
#: Why something stayed behind at the last moment: the code kept in the diary -> what a person reads.
SUPPRESSED_FR = {
    **DISPATCH_LABELS,
    "recipient_changed": "la personne à qui écrire a changé depuis la préparation",
    "restricted": "dossier restreint : un responsable écrit ou appelle lui-même",
    "unknown_measure": "mesure de protection inconnue",
    "death": "décès : seuls le notaire et les héritiers sont saisis",
    "copy_unreachable": "la copie due au curateur ne peut pas partir",
    "not_written": "la lettre dont c’est la copie n’est pas partie",
    "weekly_cap": "a déjà eu le nombre de contacts permis cette semaine",
    "opted_out": "ne veut plus de messages par ce canal",
    "contact_problem": "l’adresse ou le numéro ne convient plus",
    "statement_gap": "le décompte ne correspond pas à la dette",
    "payment_unknown": "l’office n’a pas dit comment le payer",
    "missing_value": "une information manque pour écrire la lettre",
}
#: What a message itself changes: no reason to keep it from the others it is also addressed to.
_BY_ITSELF = ("step_changed", "spaced")
TIRED: Reason = ("weekly_cap", SUPPRESSED_FR["weekly_cap"])


def facts_of(office: Office, ids: Sequence[int], today: date) -> pl.DataFrame:
    """Today's facts of some accounts, read again from the ledger and the diary."""
    return facts.frame(office=office, as_of=today, ids=list(ids))


def held_back(office: Office, lines: Sequence[BatchLine], book: Book, today: date) -> dict[int, Reason]:
    """Accounts whose line must not leave: account id -> (code, reason in French).

    One call of the decision for all of them, whatever their batches: a payment, an unmatched credit, a stale
    bank import, a hold, a step the procedure no longer asks for."""
    if not lines:
        return {}
    ids = [line.account_id for line in lines]
    frame = facts_of(office, ids, today)
    prepared = pl.DataFrame(
        {
            "account_id": ids,
            "prepared_step": [line.batch.step for line in lines],
            "prepared_balance_cents": [line.prepared_balance_cents for line in lines],
            "prepared_last_payment_on": [line.prepared_last_payment_on for line in lines],
        },
        schema={
            "account_id": pl.Int64,
            "prepared_step": pl.String,
            "prepared_balance_cents": pl.Int64,
            "prepared_last_payment_on": pl.Date,
        },
    )
    decided = book.block_dispatch(frame.join(prepared, on="account_id", how="left"), today)
    found = {row["account_id"]: row for row in decided.iter_rows(named=True)}
    holds = {guard.code: guard.label_fr for guard in guards(book.policy)}
    return {
        line.account_id: reason
        for line in lines
        if (reason := _reason(found.get(line.account_id), holds)) is not None
        and not (line.status == BatchLine.Status.SENT and reason[0] in _BY_ITSELF)
    }


def _reason(row: dict | None, holds: dict[str, str]) -> Reason | None:
    if row is None:
        return "unknown_account", "le compte n’est plus suivi"
    code = row["dispatch_block"]
    if code is None:
        return None
    if code == "held":
        return code, f"en attente : {holds.get(row['held_by'], row['held_by'])}"
    return code, DISPATCH_LABELS[code]


def contacts_this_week(persons: Iterable[int], now: datetime) -> Counter[int]:
    """How many times each person heard from the office in the last seven days, by any way and for any of
    their accounts: messages and letters that left, conversations, messages left on a machine. Two queries."""
    wanted, since = set(persons), now - WEEK
    sent = OutboxItem.objects.filter(person_id__in=wanted, status__in=GONE, sent_at__gt=since)
    calls = DiaryEntry.objects.filter(
        account__person_id__in=wanted,
        kind=DiaryEntry.Kind.CALL,
        outcome__in=HEARD,
        diaryentry=None,
        on__gt=since.date(),
    )
    return Counter(
        [*sent.values_list("person_id", flat=True), *calls.values_list("account__person_id", flat=True)]
    )


def over_cap(persons: Iterable[int], book: Book, now: datetime) -> set[int]:
    """Persons who already heard from the office as many times this week as it allows itself."""
    cap = int(book.policy["contacts_per_week"])
    return {person for person, count in contacts_this_week(persons, now).items() if count >= cap}


@dataclass(frozen=True)
class Heard:
    """What one person heard this week, for who is about to call or to write."""

    count: int
    cap: int

    @property
    def is_full(self) -> bool:
        return self.count >= self.cap

    @property
    def sentence_fr(self) -> str:
        return (
            f"Cette personne a déjà eu {plural(self.count, 'contact')} en sept jours, tous comptes et tous "
            f"moyens confondus ; l’office en permet {self.cap}. À vous de voir si celui-ci peut attendre."
        )


def heard_this_week(person: Person, now: datetime) -> Heard:
    """The same rule as the batches', told before a call or a single message: the officer decides."""
    cap = int(policy_of(person.office, now.date())["contacts_per_week"])
    return Heard(contacts_this_week([person.pk], now)[person.pk], cap)


def lines_of(items: Collection[OutboxItem]) -> dict[int, list[BatchLine]]:
    """The lines each item carries, whoever of their persons it goes to: several accounts of one debtor share
    one message."""
    found: dict[int, list[BatchLine]] = {item.pk: [] for item in items}
    related = ("batch__office", "account__person", "account__office")
    for line in BatchLine.objects.filter(outbox_item_id__in=found).select_related(*related):
        found[line.outbox_item_id].append(line)
    others = LineRecipient.objects.filter(outbox_item_id__in=found)
    for row in others.select_related(*(f"line__{name}" for name in related)):
        found[row.outbox_item_id].append(row.line)
    return found
