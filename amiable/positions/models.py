"""One indexed row per account, rebuilt from the ledger; lists and pages read only this. And stale ones."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office


class AccountPosition(models.Model):
    """Where an account stands on `as_of`: figures (cents), next step, why. Rebuilt on each change."""

    ACCESS = ("office_id", "agency_id")

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="position")
    # Copied from the account so that a list is one indexed read:
    office = models.ForeignKey(Office, models.CASCADE, related_name="+", db_index=False)
    agency_id = models.BigIntegerField(null=True)
    officer_id = models.BigIntegerField(null=True)
    as_of = models.DateField()
    balance_cents = models.BigIntegerField(default=0)
    overdue_cents = models.BigIntegerField(default=0)
    frozen_cents = models.BigIntegerField(default=0)
    #: Owed, and asked of nobody: the last day to act has passed (TIME-01, PUB-09), out of the frozen part.
    prescribed_cents = models.BigIntegerField(default=0)
    #: What guarantors paid: owed to them, never asked here (AL-05).
    subrogated_cents = models.BigIntegerField(default=0)
    due_0_30_cents = models.BigIntegerField(default=0)
    due_31_60_cents = models.BigIntegerField(default=0)
    due_61_90_cents = models.BigIntegerField(default=0)
    due_over_90_cents = models.BigIntegerField(default=0)
    oldest_unpaid_on = models.DateField(null=True)
    age_days = models.IntegerField(null=True)
    unallocated_cents = models.BigIntegerField(default=0)
    unpaid_terms = models.IntegerField(default=0)
    months_of_rent = models.FloatField(null=True)
    pending_aid_cents = models.BigIntegerField(default=0)
    disputed_cents = models.BigIntegerField(default=0)
    actionable_cents = models.BigIntegerField(default=0)
    caf_debt_cents = models.BigIntegerField(default=0)
    caf_constituted_on = models.DateField(null=True)
    caf_rule = models.CharField(max_length=10, null=True)
    caf_limit_on = models.DateField(null=True)
    first_default_on = models.DateField(null=True)
    usual_payment_day = models.SmallIntegerField(null=True)
    payment_regularity = models.FloatField(null=True)
    steady_payer = models.BooleanField(default=False)
    last_payment_on = models.DateField(null=True)
    last_payment_cents = models.BigIntegerField(null=True)
    #: The next last day to act; the first day on which something is prescribed.
    prescribes_on = models.DateField(null=True)
    prescribed_on = models.DateField(null=True)
    # The decision; next_step is the next contact:
    next_step = models.CharField(max_length=60, null=True)
    next_step_on = models.DateField(null=True)
    step_mode = models.CharField(max_length=10, null=True)
    lane = models.CharField(max_length=20, null=True)
    priority = models.FloatField(default=0)
    deadline_on = models.DateField(null=True)
    #: The duties of the office beside the contact, as JSON text (see `positions.duties`), and the most
    #: pressing lane of those due.
    duties = models.TextField(default="[]")
    duty_lane = models.CharField(max_length=20, null=True)
    #: step, hold, case or undecided; null when nothing above the floor is owed.
    queue = models.CharField(max_length=10, null=True)
    held_by = models.CharField(max_length=40, null=True)
    holds = models.JSONField(default=list)
    review_on = models.DateField(null=True)
    #: The line's "why", in French, with the person's own numbers, and the rule ids it rests on.
    why = models.CharField(max_length=500, blank=True, default="")
    rules = models.CharField(max_length=120, blank=True, default="")
    procedure_version = models.IntegerField(null=True)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "position"
        # Each holds every column its list filters and counts on, so that a page never reads the wide rows.
        indexes = [
            models.Index(
                fields=[
                    "office", "-priority", "deadline_on", "account", "next_step_on", "next_step",
                    "lane", "duty_lane", "as_of", "step_mode", "agency_id", "officer_id", "unpaid_terms",
                ],
                condition=models.Q(priority__gt=0),
                name="position_day_idx",
            ),
            models.Index(
                fields=["office", "held_by", "agency_id", "officer_id"],
                condition=models.Q(held_by__isnull=False),
                name="position_held_idx",
            ),
            models.Index(
                fields=["office", "-overdue_cents", "account", "agency_id", "officer_id"],
                condition=models.Q(queue="undecided"),
                name="position_undecided_idx",
            ),
            models.Index(
                fields=[
                    "office", "-overdue_cents", "account", "agency_id", "officer_id", "balance_cents",
                    "actionable_cents",
                ],
                name="position_debt_idx",
            ),
            models.Index(
                fields=["office", "caf_limit_on"],
                condition=models.Q(caf_limit_on__isnull=False),
                name="position_caf_idx",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id} au {self.as_of}"

    @property
    def months_of_debt(self) -> float | None:
        """Months of rent in overdue_cents, to be shown beside it; None where a part of it is not asked, which
        months_of_rent leaves out."""
        return None if self.frozen_cents or self.prescribed_cents else self.months_of_rent


class StaleMark(models.Model):
    """The position of this account is behind (no account: of every account of the office). See `stale`."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", null=True)
    #: Until then it is left to the process that wrote it.
    not_before_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.account_id or self.office_id}"
