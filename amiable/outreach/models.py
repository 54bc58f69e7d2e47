"""Batches of reminders: proposed, looked at, approved, dispatched, proven."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence.models import Document, OutboxItem
from amiable.parties.models import Person


class Batch(models.Model):
    """The day's accounts for one step of one procedure."""

    ACCESS = ("office_id", "agency_id")

    class Status(models.TextChoices):
        PROPOSED = "proposed", "À approuver"
        APPROVED = "approved", "Approuvé"
        DISPATCHING = "dispatching", "Envoi en cours"
        DONE = "done", "Envoyé"
        CANCELLED = "cancelled", "Annulé"

    office = models.ForeignKey(Office, models.CASCADE, related_name="batches")
    agency_id = models.BigIntegerField(null=True)
    procedure_code = models.CharField(max_length=40)
    step = models.CharField(max_length=60)
    step_label = models.CharField(max_length=120)
    template = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    prepared_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    not_before_at = models.DateTimeField(null=True, blank=True)
    job_id = models.BigIntegerField(null=True, blank=True)
    merged_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    deposit_list = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "lot de relances"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "agency_id", "procedure_code", "step", "on"],
                name="batch_once_a_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.step_label} {self.on:%d/%m/%Y}"


class BatchLine(models.Model):
    """One account of a batch, its channel and why, or why it stays behind."""

    ACCESS = ("batch__office_id", "batch__agency_id")

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposé"
        EXCLUDED = "excluded", "Exclu"
        REMOVED = "removed", "Retiré"
        APPROVED = "approved", "Approuvé"
        SENT = "sent", "Envoyé"
        SUPPRESSED = "suppressed", "Retenu au départ"
        FAILED = "failed", "Échec"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    reason_code = models.CharField(max_length=40, blank=True)
    reason_fr = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    template = models.CharField(max_length=40, blank=True)
    channel_reason_fr = models.CharField(max_length=200, blank=True)
    amount_cents = models.BigIntegerField(default=0)
    #: The account one message names first: the lines it carries together have the same.
    message = models.BigIntegerField(null=True)
    #: What was known when the line was prepared: a payment since then holds the sending back.
    prepared_balance_cents = models.BigIntegerField(default=0)
    prepared_last_payment_on = models.DateField(null=True, blank=True)
    outbox_item = models.ForeignKey(OutboxItem, models.PROTECT, null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "account"], name="batch_line_once")]
        indexes = [models.Index(fields=["account", "status"], name="batch_line_account_idx")]

    def __str__(self) -> str:
        return f"{self.batch} {self.account}"


class LineRecipient(models.Model):
    """Somebody who gets the message of a line besides its first addressee: who owes too, or is copied."""

    ACCESS = ("line__batch__office_id", "line__batch__agency_id")

    class Status(models.TextChoices):
        PLANNED = "planned", "Prévu"
        APPROVED = "approved", "En cours"
        SENT = "sent", "Envoyé"
        SUPPRESSED = "suppressed", "Retenu"
        FAILED = "failed", "Échec"

    line = models.ForeignKey(BatchLine, models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_copy = models.BooleanField(default=False)
    #: « co-titulaire du bail », « curatelle : copie pour information »: read when the line was prepared.
    why_fr = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, blank=True)
    template = models.CharField(max_length=40, blank=True)
    channel_reason_fr = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED)
    reason_fr = models.CharField(max_length=300, blank=True)
    outbox_item = models.ForeignKey(OutboxItem, models.PROTECT, null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "person"], name="line_recipient_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.why_fr}"
