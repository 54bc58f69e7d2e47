"""Who receives when, who is away, and the appointments."""

from datetime import datetime, timedelta

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Agency, Office, User
from amiable.diary.models import Hold, Note
from amiable.outreach.models import BatchLine
from amiable.parties.models import Person


class Hours(models.Model):
    """Hours of one day of the week at which an officer receives at an agency."""

    ACCESS = ("officer__office_id", "agency_id")

    officer = models.ForeignKey(User, models.CASCADE, related_name="hours")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField("jour")
    starts = models.TimeField("de")
    ends = models.TimeField("à")

    class Meta:
        verbose_name = "plage de réception"
        ordering = ["officer", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "weekday", "starts"], name="hours_once"),
            models.CheckConstraint(condition=models.Q(starts__lt=models.F("ends")), name="hours_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.weekday} {self.starts:%H:%M}"


class Absence(models.Model):
    """Days an officer does not receive, both ends included."""

    ACCESS = ("officer__office_id", "officer__agencies")

    officer = models.ForeignKey(User, models.CASCADE, related_name="absences")
    from_on = models.DateField("du")
    to_on = models.DateField("au")
    label = models.CharField("motif", max_length=60, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "absence"
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "from_on", "to_on"], name="absence_once"),
            models.CheckConstraint(
                condition=models.Q(from_on__lte=models.F("to_on")), name="absence_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.from_on:%d/%m/%Y}"


class Appointment(models.Model):
    """One appointment of one person about one account."""

    ACCESS = ("office_id", "agency_id")

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposé"
        BOOKED = "booked", "Pris"
        KEPT = "kept", "Honoré"
        NO_SHOW = "no_show", "Absent"
        MOVED = "moved", "Déplacé"
        CANCELLED = "cancelled", "Annulé"

    class Origin(models.TextChoices):
        OFFICER = "officer", "Pris avec la personne"
        LETTER = "letter", "Convocation"

    office = models.ForeignKey(Office, models.PROTECT, related_name="appointments")
    account = models.ForeignKey(Account, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="appointments")
    officer = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField("le")
    minutes = models.PositiveSmallIntegerField("durée")
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.BOOKED)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.OFFICER)
    #: A convocation: the line whose letter says this time; sent, the time is taken; suppressed, it is freed.
    line = models.ForeignKey(BatchLine, models.SET_NULL, null=True, related_name="appointments")
    #: Reminders wait for the talk: the existing mechanism, lifted when the appointment ends.
    hold = models.ForeignKey(Hold, models.SET_NULL, null=True, related_name="+")
    moved_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="moved_from")
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    #: Same convocation, same appointment.
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        verbose_name = "rendez-vous"
        constraints = [
            # The database itself refuses two people at the same time, whoever books first.
            models.UniqueConstraint(
                fields=["officer", "starts_at"],
                condition=models.Q(state__in=["proposed", "booked"]),
                name="appointment_slot_once",
            )
        ]
        indexes = [
            models.Index(fields=["office", "starts_at"], name="appointment_day_idx"),
            models.Index(fields=["account", "-starts_at"], name="appointment_account_idx"),
            models.Index(fields=["state", "starts_at"], name="appointment_state_idx"),
        ]

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%d/%m/%Y %H:%M}"
