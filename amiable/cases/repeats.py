"""A list that repeats what a dossier already posted: the landlord's own erasure, the guarantor's payment.

Nothing is dropped by itself: two equal sums may both be right. The night asks an officer to look; the answer
corrects the list's posting, so that the sum counts once.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from amiable.accounts.models import Account
from amiable.cases.effects import Happening, effect
from amiable.cases.kinds import every
from amiable.cases.models import Dossier
from amiable.core.models import Office
from amiable.diary.requests import raise_work
from amiable.domain.cases.event import OFFICE, Event, do
from amiable.domain.cases.family import FOLLOWED
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros
from amiable.ledger.models import Entry
from amiable.ledger.services import take_back

#: What the house posts -> how the landlord's list would tell the same.
_LIKE = {EntryKind.EFFACEMENT: EntryKind.REMISE, EntryKind.SUBROGATION: EntryKind.ENCAISSEMENT}
_ONCE = do("take_back_repeats")
#: A list may date it some days before the dossier's own day, and comes some weeks after.
_BEFORE, _AFTER = timedelta(days=15), timedelta(days=120)


def counted_once(*follows: str) -> Event:
    """The answer, shared by kinds, with which an officer says that both are one sum."""
    return Event(
        "double",
        "La liste importée répète ce montant",
        by=OFFICE,
        to=FOLLOWED,
        follows=follows,
        help_fr="L’écriture de la liste est annulée par une autre, pour n’être comptée qu’une fois.",
        effects=(_ONCE,),
    )


@effect("take_back_repeats")
def take_back_repeats(given: Happening) -> None:
    """Correct each posting of the list that repeats the dossier's. DomainError when there is none."""
    found = repeats_of(given.dossier.account)
    if not found:
        raise DomainError(
            "no_repeat",
            "Aucune écriture de la liste ne porte ce même montant autour de cette date : rien n’a changé.",
        )
    for entry in found:
        take_back(entry=entry, cents=-entry.amount_cents, on=given.today)


def repeats_of(account: Account) -> list[Entry]:
    """The postings of lists that look like what the house posted on the account: same sum, near days."""
    found: dict[int, Entry] = {}
    for mine, theirs in _LIKE.items():
        own: dict[str, list[Entry]] = {}
        for row in _standing(account, mine):
            own.setdefault(row.reference, []).append(row)
        for rows in own.values():
            sums = {sum(row.amount_cents for row in rows)}
            if mine == EntryKind.EFFACEMENT:
                # A list may erase item by item; a guarantor pays once, and rents of a month are alike.
                sums |= {row.amount_cents for row in rows}
            first, last = min(row.document_on for row in rows), max(row.document_on for row in rows)
            near = _standing(account, theirs).filter(
                amount_cents__in=sums, document_on__range=(first - _BEFORE, last + _AFTER)
            )
            found |= {entry.pk: entry for entry in near}
    return list(found.values())


def _standing(account: Account, kind: EntryKind) -> QuerySet[Entry]:
    return Entry.objects.filter(account=account, kind=kind, reversed_by=None).order_by("document_on", "pk")


def _posted() -> Q:
    """The last answer is one that posts: those that `counted_once` follows, kind by kind."""
    found = Q(pk__in=())
    for kind in every().values():
        posting = {code for one in kind.events if _ONCE in one.effects for code in one.follows}
        found |= Q(kind=kind.code, answer__in=posting)
    return found


def spot_repeats(*, office: Office, as_of: date) -> int:
    """Ask once per dossier to look at a sum that may be counted twice; how many were asked now."""
    recent = Dossier.objects.filter(_posted(), office=office, answered_on__range=(as_of - _AFTER, as_of))
    asked = 0
    for dossier in recent.select_related("account__office", "account__officer"):
        rows = repeats_of(dossier.account)
        if rows:
            said = ", ".join(f"{euros(-row.amount_cents)} le {row.document_on:%d/%m/%Y}" for row in rows)
            _, is_new = raise_work(
                account=dossier.account,
                code="montant_double",
                text=f"La liste répète peut-être ce que le dossier {dossier} a noté ({said}) : vérifier, "
                "puis le dire sur le dossier.",
                key=f"dossier:{dossier.pk}:double",
                assignee=dossier.account.officer,
                due_on=as_of,
            )
            asked += is_new
    return asked
