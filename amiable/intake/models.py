"""Files in: their sources, what each import did, what it refused."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.intake.readers.table import place_fr
from amiable.ledger.models import Entry


class ImportSource(models.Model):
    """A known layout: how its columns map to ours, whether its quittances are net of aid."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE, related_name="sources")
    name = models.CharField("source", max_length=60)
    list_kind = models.CharField(max_length=20)
    mapping = models.JSONField(default=dict)
    net_of_aid = models.BooleanField("quittances nettes d’APL", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name", "list_kind"], name="source_once")]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One file, committed whole or not at all; its hash makes a second import impossible."""

    ACCESS = ("office_id", "created_by__agencies")

    class Status(models.TextChoices):
        PREVIEW = "preview", "À vérifier"
        COMMITTING = "committing", "En cours"
        COMMITTED = "committed", "Importé"
        REFUSED = "refused", "Refusé"

    office = models.ForeignKey(Office, models.CASCADE, related_name="imports")
    list_kind = models.CharField(max_length=20)
    source = models.ForeignKey(ImportSource, models.PROTECT, null=True, blank=True)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PREVIEW)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    debit_cents = models.BigIntegerField(default=0)
    credit_cents = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    refusal_fr = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    #: The bank's or list's own date: what "bank imported on" shows.
    dated_on = models.DateField(null=True, blank=True)
    job_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "import"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "list_kind", "sha256"],
                condition=models.Q(status="committed"),
                name="file_committed_once",
            )
        ]
        indexes = [models.Index(fields=["office", "-created_at"], name="import_office_idx")]

    def __str__(self) -> str:
        return self.filename


class ImportReject(models.Model):
    """A row that was not taken: its physical line, the reason, the row itself to fix and import alone."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField()
    reason_fr = models.CharField(max_length=300)
    row = models.JSONField(default=dict)

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"{place_fr(self.line)} : {self.reason_fr}"


class SnapshotLine(models.Model):
    """One line of an état des restes: a control total, never adopted."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="snapshot_lines")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    closed_on = models.DateField()
    balance_cents = models.BigIntegerField()
    ages_cents = models.JSONField(null=True, blank=True)
    ledger_cents = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "account"], name="snapshot_line_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.closed_on}"


class ToldRow(models.Model):
    """A row of a list whose money is known already, or may be: it waits for an officer, posted by nobody."""

    ACCESS = ("office_id", "account__agency_id")

    class Status(models.TextChoices):
        WAITS = "waits", "À rapprocher"
        SAME = "same", "Déjà connu"
        POSTED = "posted", "Inscrit à part"

    office = models.ForeignKey(Office, models.CASCADE, related_name="told_rows")
    batch = models.ForeignKey(Import, models.CASCADE, related_name="told_rows")
    line = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITS)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    #: The posting this row is, or may be.
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="told_rows")
    key = models.BigIntegerField()
    kind = models.SmallIntegerField()
    document_on = models.DateField()
    period = models.DateField(null=True, blank=True)
    amount_cents = models.BigIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    reason_fr = models.CharField(max_length=200)
    #: Its own posting, once an officer has said that it is another.
    posted = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    #: What posting it apart would write.
    row = models.JSONField(default=dict)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "ligne déjà connue"
        indexes = [
            models.Index(fields=["account", "key"], name="told_row_key_idx"),
            models.Index(fields=["office", "status"], name="told_row_status_idx"),
        ]

    def __str__(self) -> str:
        return f"{place_fr(self.line)} : {self.reason_fr}"
