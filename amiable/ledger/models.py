"""The append-only entries, in integer cents, and their words."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.domain.settlement.entry_kinds import LABELS_FR, EntryKind


class Wording(models.Model):
    """The text of ledger rows, apart from them, so that it can be erased (a label may hold a name)."""

    office = models.ForeignKey(Office, models.CASCADE)
    heading = models.CharField("rubrique", max_length=80, blank=True)
    text = models.CharField("libellé", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "heading", "text"], name="wording_once")]

    def __str__(self) -> str:
        return self.text


class Entry(models.Model):
    """One posting. Never updated, never deleted: a correction is another posting that names it."""

    ACCESS = ("account__office_id", "account__agency_id")

    KINDS = [(kind.value, label) for kind, label in LABELS_FR.items()]

    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    kind = models.SmallIntegerField(choices=KINDS)
    document_on = models.DateField()
    due_on = models.DateField(null=True)
    #: First day of the month it relates to; for APL and RLS it steers the allocation (PAY-03).
    period = models.DateField(null=True)
    #: Debit positive, credit negative.
    amount_cents = models.BigIntegerField()
    #: A quittance already net of the aid: no aid is expected on top.
    is_net = models.BooleanField(default=False)
    #: REJET: the payment it undoes; ANNULATION: the row it cancels; a targeted kind: the item.
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversed_by", db_index=False
    )
    #: Identity of the row in its list (63-bit hash): posting it twice is impossible.
    key = models.BigIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    reason_code = models.CharField(max_length=10, blank=True)
    wording = models.ForeignKey(Wording, models.PROTECT, null=True, db_index=False)
    #: Import, bank file or hand that posted it (intake.Import id); null: posted by hand.
    import_id = models.BigIntegerField(null=True)
    posted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "écriture"
        # Returned debits and rows that undo another are few among millions: nothing is kept of the others.
        indexes = [
            models.Index(
                fields=["reverses"], condition=models.Q(reverses__isnull=False), name="entry_reverses_idx"
            ),
            models.Index(
                fields=["account", "document_on"], condition=models.Q(kind=20), name="entry_rejet_idx"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="entry_key_once"),
            models.CheckConstraint(condition=~models.Q(amount_cents=0), name="entry_not_zero"),
        ]

    @property
    def kind_enum(self) -> EntryKind:
        return EntryKind(self.kind)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_on:%d/%m/%Y} {self.amount_cents}"


class Posted(models.Model):
    """Entries just written, told in their own transaction: what reads the ledger piece by piece (the books)
    takes the ids between the two and forgets the mark. Ids of others may lie between: they have theirs."""

    after_id = models.BigIntegerField()
    upto_id = models.BigIntegerField()

    class Meta:
        verbose_name = "écritures à reprendre"

    def __str__(self) -> str:
        return f"{self.after_id + 1}-{self.upto_id}"
