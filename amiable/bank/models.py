"""What the bank says: its lines, and the accounts each could belong to."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.intake.models import Import
from amiable.ledger.models import Entry


class BankTransaction(models.Model):
    """A credit or a returned debit of a bank file, matched to an account or waiting for an officer."""

    ACCESS = ("office_id", None)

    class Status(models.TextChoices):
        TO_MATCH = "to_match", "À rapprocher"
        MATCHED = "matched", "Rapproché"
        SET_ASIDE = "set_aside", "Mis de côté"

    office = models.ForeignKey(Office, models.CASCADE, related_name="bank_transactions")
    batch = models.ForeignKey(Import, models.CASCADE, related_name="bank_transactions")
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    #: Credit positive (money received), debit negative.
    amount_cents = models.BigIntegerField()
    is_return = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=10, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    mandate_ref = models.CharField(max_length=40, blank=True)
    party_name = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    label = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.TO_MATCH)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True)
    matched_by = models.CharField(max_length=20, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "intake_banktransaction"  # it was born in that room: an upgrade touches no table
        verbose_name = "mouvement bancaire"
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="bank_transaction_once")]
        indexes = [models.Index(fields=["office", "status", "booked_on"], name="bank_to_match_idx")]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount_cents}"


class MatchSuggestion(models.Model):
    """An account this money could belong to, and why; an officer confirms."""

    transaction = models.ForeignKey(BankTransaction, models.CASCADE, related_name="suggestions")
    account = models.ForeignKey(Account, models.CASCADE, related_name="match_suggestions")
    score = models.PositiveSmallIntegerField()
    reason_fr = models.CharField(max_length=200)

    class Meta:
        db_table = "intake_matchsuggestion"
        constraints = [models.UniqueConstraint(fields=["transaction", "account"], name="suggestion_once")]
        ordering = ["-score"]

    def __str__(self) -> str:
        return f"{self.account} ({self.score})"
