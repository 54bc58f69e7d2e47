"""A legal limit while it runs and once it is over; what happened to it, append-only."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.diary.models import Note
from amiable.domain import law


class Limit(models.Model):
    """One delay of the law on one account. What it is called and what follows it are the law's own words."""

    ACCESS = ("office_id", "account__agency_id")

    class State(models.TextChoices):
        OPEN = "open", "En cours"
        SUSPENDED = "suspended", "Suspendue"
        MET = "met", "Tenue"
        CLOSED = "closed", "Close"

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="limits")
    #: The dossier it belongs to, which lives in a room above; null: the account's own.
    case = models.ForeignKey("dossiers.Dossier", models.CASCADE, null=True, related_name="limits")
    rule = models.CharField("règle", max_length=20)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.OPEN)
    #: The event it was opened by.
    from_on = models.DateField("depuis le", null=True)
    #: Where the law leaves a delay to somebody: the first day of the act.
    first_on = models.DateField("acte possible à partir du", null=True)
    limit_on = models.DateField("au plus tard le")
    #: What its count hangs on beside the event, as the law takes it: the lease's date, its clause.
    conditions = models.JSONField(default=dict)
    met_on = models.DateField("tenue le", null=True)
    closed_on = models.DateField("close le", null=True)
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "limite légale"
        ordering = ["limit_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "case", "rule", "from_on", "limit_on"], name="limit_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["office", "limit_on", "account"],
                condition=models.Q(state="open"),
                name="limit_open_idx",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.limit_on:%d/%m/%Y}"

    @property
    def label(self) -> str:
        return law.limit_words(self.rule).label

    @property
    def consequence(self) -> str:
        return law.limit_words(self.rule).consequence


class LimitEvent(models.Model):
    """What happened to a limit, on which day, why and who noted it. Append-only."""

    ACCESS = ("limit__office_id", "limit__account__agency_id")

    class Event(models.TextChoices):
        OPENED = "opened", "Ouverte"
        POSTPONED = "postponed", "Reportée"
        SUSPENDED = "suspended", "Suspendue"
        RESUMED = "resumed", "Reprise"
        INTERRUPTED = "interrupted", "Interrompue"
        MET = "met", "Tenue"
        CLOSED = "closed", "Close"

    limit = models.ForeignKey(Limit, models.CASCADE, related_name="events")
    event = models.CharField(max_length=12, choices=Event.choices)
    on = models.DateField()
    #: The last day once that happened.
    limit_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "événement d’une limite"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_event_display()} le {self.on:%d/%m/%Y}"
