"""What the bank says: its lines, and the accounts each could belong to."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.intake.models import Import
from amiable.ledger.models import Entry


class BankTransaction(models.Model):
    """A credit or a returned debit of a bank file, matched to an account or waiting for an officer."""

    ACCESS = ("office_id", "entry__account__agency_id")

    class Status(models.TextChoices):
        TO_MATCH = "to_match", "À rapprocher"
        MATCHED = "matched", "Rapproché"
        SET_ASIDE = "set_aside", "Mis de côté"
        #: One movement for several accounts: its parts are lines of their own (`part_of`).
        SPLIT = "split", "Réparti"
        #: The same money as `same_as`, or as a row that a list brought: told again, posted once.
        SAME = "same", "Déjà connu"
        #: The office's own payments and the bank's fees.
        OTHER = "other", "Sans débiteur"

    office = models.ForeignKey(Office, models.CASCADE, related_name="bank_transactions")
    batch = models.ForeignKey(Import, models.CASCADE, related_name="bank_transactions")
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    #: Credit positive (money received), debit negative.
    amount_cents = models.BigIntegerField()
    #: A debit that takes a debtor's payment back.
    is_return = models.BooleanField(default=False)
    #: What the bank undoes: a transfer taken back (a debit), the office's own money come back (a credit).
    reversal = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=10, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    mandate_ref = models.CharField(max_length=40, blank=True)
    party_name = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    label = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.TO_MATCH)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True)
    matched_by = models.CharField(max_length=20, blank=True)
    #: Who told it: the format of its file. The office's own bank account, RIB and IBAN alike.
    teller = models.CharField(max_length=12, blank=True)
    bank_account = models.CharField(max_length=34, blank=True)
    end_to_end = models.CharField(max_length=140, blank=True)
    servicer_ref = models.CharField(max_length=140, blank=True)
    #: Balances of its statement before and after that day's movements.
    day_opening_cents = models.BigIntegerField(null=True, blank=True)
    day_closing_cents = models.BigIntegerField(null=True, blank=True)
    line = models.PositiveIntegerField(default=0)
    #: The movement or the posting it is (SAME) or may be (TO_MATCH), and why.
    same_as = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="tellings")
    same_entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    #: A part of a movement that an officer split between accounts; what the bank told is the whole.
    part_of = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    identity_fr = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    @property
    def nature_fr(self) -> str:
        """What it is, when it is no ordinary payment received."""
        if self.is_return:
            return "paiement repris par la banque" if self.reversal else "prélèvement rejeté"
        return "argent de l’office revenu" if self.reversal else ""

    class Meta:
        db_table = "intake_banktransaction"  # it was born in that room: an upgrade touches no table
        verbose_name = "mouvement bancaire"
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="bank_transaction_once")]
        indexes = [
            models.Index(fields=["office", "status", "booked_on"], name="bank_to_match_idx"),
            models.Index(fields=["office", "booked_on"], name="bank_booked_idx"),
            models.Index(
                fields=["office", "servicer_ref"],
                condition=~models.Q(servicer_ref=""),
                name="bank_servicer_idx",
            ),
            models.Index(fields=["office", "iban"], condition=~models.Q(iban=""), name="bank_iban_idx"),
        ]

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
