"""Who pays for the debtor is owed it from then on (AL-05): set on the items they paid, and no other.

A guarantor, a caution: whatever the kind of dossier, its `asked` says what was asked of them.
"""

from __future__ import annotations

from datetime import date, timedelta

from amiable.accounts.models import Account
from amiable.cases.effects import Happening, effect
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import tell
from amiable.cases.models import Dossier
from amiable.cases.repeats import counted_once
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import FOLLOWED
from amiable.domain.cases.guarantee import share_out
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros
from amiable.ledger.models import Entry
from amiable.ledger.services import Named, settle_by_name, take_back

#: A list may date a payment some days before or after the guarantor's own notice.
_NEAR = timedelta(days=15)
_PAYMENT = (
    Field("montant", "Montant reçu", "money", required=True),
    Field(
        "au_compte",
        "Ce versement figure-t-il déjà au compte ?",
        "choice",
        required=True,
        choices=(("non", "Non, l’inscrire"), ("oui", "Oui, dans la liste ou le relevé importé")),
        help_fr="S’il y figure déjà, il est corrigé pour n’être compté qu’une fois.",
    ),
)


def payments(who_fr: str) -> tuple[Event, ...]:
    """The answers of whoever pays for the debtor, named `who_fr`; shared by kinds that have an `asked`."""
    return (
        Event(
            "paye",
            f"{who_fr} a tout payé",
            to=FOLLOWED,
            fields=_PAYMENT,
            help_fr="Ce qui est ainsi payé est dû au garant : jamais plus relancé ici (AL-05).",
            effects=(do("subrogate", whole=True),),
        ),
        Event(
            "partiel",
            f"{who_fr} a payé une partie",
            to=FOLLOWED,
            fields=_PAYMENT,
            help_fr="Cette part est due au garant : jamais plus relancée ici (AL-05).",
            effects=(do("subrogate", whole=False),),
        ),
        counted_once("paye", "partiel"),
        Event(
            "reprise",
            "Paiement repris, ou noté par erreur",
            to=FOLLOWED,
            follows=("paye", "partiel", "double"),
            help_fr="La somme est de nouveau due à l’office, et de nouveau réclamée.",
            effects=(do("take_back_subrogation"),),
        ),
    )


@effect("subrogate")
def subrogate(given: Happening, *, whole: bool) -> None:
    """The payment settles what was asked, the oldest first. A payment the list already brought is corrected,
    so that it is counted once. Raises DomainError above what is still unpaid of what was asked."""
    dossier, paid, on = given.dossier, int(given.values["montant"]), given.on
    if paid <= 0:
        raise DomainError("no_amount", "Le montant reçu doit être positif. Rien n’a été enregistré.")
    if given.values.get("au_compte") == "oui":
        entry = _received(dossier.account, paid, on)
        take_back(entry=entry, cents=paid, on=entry.document_on)
        on = entry.document_on
    claimed = kind_of(dossier.kind).asked
    assert claimed is not None
    parts = claimed(dossier, given.today)
    asked = sum(cents for _, cents in parts)
    if paid > asked:
        raise DomainError(
            "guarantee_above_call",
            f"Le garant a versé {euros(paid)} ; il reste {euros(asked)} d’impayé sur ce qui lui est demandé. "
            "Rendez-lui la différence, puis notez ce que vous gardez. Rien n’a été enregistré.",
        )
    if whole and paid < asked:
        raise DomainError(
            "guarantee_partial",
            f"Il reste {euros(asked - paid)} sur ce qui lui est demandé : notez un paiement partiel. "
            "Rien n’a été enregistré.",
        )
    settled = dict(share_out(parts, paid))
    posted = Entry.objects.filter(pk__in=settled).values_list("pk", "document_on")
    lines = [Named(pk, settled[pk], max(on, document_on)) for pk, document_on in posted.order_by("pk")]
    settle_by_name(
        account=dossier.account, kind=EntryKind.SUBROGATION, lines=lines, reference=_reference(dossier)
    )
    tell(dossier, "subrogated", actor=given.actor, today=given.today, on=on, data={"cents": paid})


@effect("take_back_subrogation")
def take_back_subrogation(given: Happening) -> None:
    """The guarantor took the payment back, or it was noted by mistake: the terms are owed here again."""
    dossier, total = given.dossier, 0
    for entry in _postings(dossier):
        left = -entry.amount_cents - sum(one.amount_cents for one in entry.reversed_by.all())
        if left > 0:
            take_back(entry=entry, cents=left, on=given.on)
            total += left
    if not total:
        raise DomainError("nothing_subrogated", "Aucun paiement de ce garant n’est noté. Rien n’a changé.")
    tell(dossier, "unsubrogated", actor=given.actor, today=given.today, on=given.on, data={"cents": total})


def _received(account: Account, cents: int, on: date) -> Entry:
    """The payment of exactly that sum the ledger holds near that day, still standing."""
    near = Entry.objects.filter(
        account=account,
        kind=EntryKind.ENCAISSEMENT,
        amount_cents=-cents,
        document_on__range=(on - _NEAR, on + _NEAR),
        reversed_by=None,
    )
    found = min(near, key=lambda entry: (abs(entry.document_on - on), entry.pk), default=None)
    if found is None:
        raise DomainError(
            "guarantee_not_received",
            f"Le compte ne porte aucun encaissement de {euros(cents)} autour du {on:%d/%m/%Y} : importez-le "
            "d’abord, ou notez que ce versement n’y figure pas. Rien n’a été enregistré.",
        )
    return found


def _postings(dossier: Dossier) -> list[Entry]:
    rows = Entry.objects.filter(
        account=dossier.account, kind=EntryKind.SUBROGATION, reference=_reference(dossier)
    )
    return list(rows.prefetch_related("reversed_by").order_by("pk"))


def _reference(dossier: Dossier) -> str:
    return f"GARANT-{dossier.pk}"
