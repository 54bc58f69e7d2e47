"""The lines of the books and the closes of their months: a projection of the ledger, never a second pen."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.ledger.models import Entry


class Line(models.Model):
    """One side of an entry in double entry. Written once, rebuilt at will from the ledger and compared."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines", db_index=False)
    place = models.SmallIntegerField()
    journal = models.CharField(max_length=4)
    account_code = models.CharField(max_length=10)
    #: The debtor's account: on receivables only (BK-03).
    auxiliary = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    #: The period; the day it means for the debtor is `value_on`. They differ when the month was closed.
    booked_on = models.DateField()
    value_on = models.DateField()
    debit_cents = models.BigIntegerField()
    credit_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "ligne d’écriture"
        indexes = [models.Index(fields=["office", "booked_on"], name="line_office_day_idx")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "place"], name="line_once"),
            models.CheckConstraint(
                condition=models.Q(debit_cents__gt=0, credit_cents=0)
                | models.Q(debit_cents=0, credit_cents__gt=0),
                name="line_one_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.booked_on} {self.account_code}"


class Close(models.Model):
    """A month closed and sealed. What is posted afterwards for it is booked in the first open month."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.PROTECT, related_name="closes")
    #: First day of the month.
    period = models.DateField("mois")
    closed_on = models.DateField("clos le")
    #: Newest ledger entry when it was closed.
    upto_entry_id = models.BigIntegerField()
    lines = models.PositiveIntegerField("lignes")
    debit_cents = models.BigIntegerField("débits")
    #: SHA-256 of its lines and of the seal before it.
    seal = models.CharField("sceau", max_length=64)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "clôture"
        ordering = ["period"]
        constraints = [models.UniqueConstraint(fields=["office", "period"], name="close_once")]

    def __str__(self) -> str:
        return f"{self.period:%m/%Y}"
