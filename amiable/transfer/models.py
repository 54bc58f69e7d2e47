"""Files handed over to the litigation desk: proposed, decided, received, returned, withdrawn."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.models import Hold, Note


class Transfer(models.Model):
    """One handing-over of one account, with its evidence as it stood that day."""

    ACCESS = ("office_id", "account__agency_id")

    class State(models.TextChoices):
        PROPOSED = "proposed", "À décider"
        DECIDED = "decided", "À recevoir"
        RECEIVED = "received", "Au contentieux"
        RETURNED = "returned", "Rendu"
        REFUSED = "refused", "Refusé"
        WITHDRAWN = "withdrawn", "Retiré"

    office = models.ForeignKey(Office, models.PROTECT, related_name="transfers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="transfers")
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    received_on = models.DateField(null=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    #: Why it was returned, refused or withdrawn; erasable.
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    claimed_cents = models.BigIntegerField(default=0)
    #: The evidence the head decided on; rebuilt for the same day it gives the same bytes.
    bundle = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+")
    #: Who followed the account before the desk did, to give it back to.
    former_officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "transmission au contentieux"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=["proposed", "decided", "received"]),
                name="transfer_one_open",
            )
        ]
        indexes = [models.Index(fields=["office", "state", "-id"], name="transfer_state_idx")]

    def __str__(self) -> str:
        return f"{self.account}, {self.get_state_display()}"


class Waiver(models.Model):
    """Why a friendly means was impossible on this account: what stands in its place at the gate."""

    ACCESS = ("account__office_id", "account__agency_id")

    account = models.ForeignKey(Account, models.CASCADE, related_name="waivers")
    check_code = models.CharField(max_length=20)
    reason = models.CharField("motif", max_length=300)
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)

    class Meta:
        verbose_name = "moyen impossible"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "check_code"],
                condition=models.Q(withdrawn_on__isnull=True),
                name="waiver_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_code} : {self.reason}"
