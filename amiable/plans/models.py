"""Plans d'apurement: what was agreed, version after version, and where each version stands."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.models import Hold, Note
from amiable.domain.plans.following import STATUS_FR
from amiable.parties.models import Person


class Plan(models.Model):
    """The agreement of one person on what they owe, over one or several of their accounts.

    It follows the person: `account` is where they live now, the others are those they left."""

    ACCESS = ("office_id", "accounts__agency_id")

    office = models.ForeignKey(Office, models.PROTECT, related_name="plans")
    person = models.ForeignKey(Person, models.PROTECT, related_name="plans")
    account = models.ForeignKey(Account, models.PROTECT, related_name="led_plans")
    accounts = models.ManyToManyField(Account, related_name="plans")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "plan d’apurement"
        indexes = [models.Index(fields=["office", "-id"], name="plan_office_idx")]

    def __str__(self) -> str:
        return f"Plan d’apurement {self.pk}, {self.person}"


class PlanVersion(models.Model):
    """One version of a plan: its debt, its schedule, how it was approved, signed and ended."""

    ACCESS = ("plan__office_id", "plan__accounts__agency_id")

    class State(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        TO_APPROVE = "to_approve", "À approuver"
        APPROVED = "approved", "Approuvé"
        TO_SIGN = "to_sign", "À signer"
        ACTIVE = "active", "En cours"
        COMPLETED = "completed", "Soldé"
        DENOUNCED = "denounced", "Dénoncé"
        REPLACED = "replaced", "Remplacé"
        CANCELLED = "cancelled", "Annulé"

    class Signature(models.TextChoices):
        NONE = "", "—"
        PAPER = "paper", "Papier"
        ELECTRONIC = "electronic", "Électronique"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.DRAFT)
    #: Why this version exists (a revision) or ended (cancelled, denounced); erasable.
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    statement_on = models.DateField("décompte arrêté au")
    debt_cents = models.BigIntegerField("montant du plan")
    #: The statement: [[entry_id, rest_cents], ...] and what was set apart, so that it can be shown again.
    statement = models.JSONField(default=list)
    #: Aid awaited on that day and left out of the debt.
    awaited_cents = models.BigIntegerField(default=0)
    #: What was typed in the simulator, to take it up again.
    asked = models.JSONField(default=dict)
    first_due_on = models.DateField()
    last_due_on = models.DateField()
    capacity_cents = models.BigIntegerField("capacité mensuelle", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    #: The plan to sign, as it was made; then the signed scan, or the evidence of the electronic signature.
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    signature = models.CharField(
        "signature", max_length=10, choices=Signature.choices, blank=True, default=""
    )
    signed_on = models.DateField(null=True)
    proof = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    holds = models.ManyToManyField(Hold, related_name="+")
    ended_on = models.DateField(null=True)
    # As followed each night, for lists and facts; the ledger tells it again at any moment.
    status = models.CharField("suivi", max_length=8, choices=list(STATUS_FR.items()), blank=True, default="")
    followed_on = models.DateField(null=True)
    expected_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    missing_cents = models.BigIntegerField(default=0)
    rent_missing_cents = models.BigIntegerField(default=0)
    days_late = models.IntegerField(default=0)
    rent_days_late = models.IntegerField(default=0)
    next_due_on = models.DateField(null=True)
    next_cents = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "version du plan"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state="active"), name="plan_one_active"
            ),
            models.CheckConstraint(condition=models.Q(debt_cents__gt=0), name="plan_debt_positive"),
        ]
        indexes = [models.Index(fields=["state", "status"], name="plan_state_idx")]

    @property
    def account(self) -> Account:
        """The account the plan is led by."""
        return self.plan.account

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"


class Instalment(models.Model):
    """One amount of a version, due on a day; paid by the ledger, never by hand."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField("échéance")
    amount_cents = models.BigIntegerField("montant")

    class Meta:
        verbose_name = "échéance du plan"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="instalment_once"),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number} : {self.amount_cents} pour le {self.due_on:%d/%m/%Y}"
