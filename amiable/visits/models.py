"""Home visits: what was decided, the rounds they are made in, what was seen, where addresses are."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Agency, Office, User
from amiable.correspondence.models import Document
from amiable.diary.models import DiaryEntry, Note
from amiable.domain.contact.visit_findings import OUTCOMES


class Place(models.Model):
    """Coordinates of one address of an office; without street, the centre of a town."""

    ACCESS = ("office_id", None)

    class Source(models.TextChoices):
        LIST = "list", "liste de l’office"
        SERVICE = "service", "service d’adresses"

    class Precision(models.TextChoices):
        HOUSE = "house", "au numéro"
        STREET = "street", "à la rue"
        TOWN = "town", "centre de la commune"

    office = models.ForeignKey(Office, models.CASCADE, related_name="places")
    #: domain.geography.address_key of what was given.
    key = models.CharField(max_length=300)
    lat = models.FloatField("latitude")
    lon = models.FloatField("longitude")
    source = models.CharField("source", max_length=8, choices=Source.choices)
    precision = models.CharField("précision", max_length=6, choices=Precision.choices)
    known_on = models.DateField("connu le")

    class Meta:
        verbose_name = "lieu"
        constraints = [
            models.UniqueConstraint(fields=["office", "key"], name="place_once"),
            models.CheckConstraint(
                condition=models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Round(models.Model):
    """The visits of one agent (two when safety asks for it) on one day, from an agency and back."""

    ACCESS = ("office_id", "agency_id")

    office = models.ForeignKey(Office, models.PROTECT, related_name="rounds")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="rounds")
    on = models.DateField("jour")
    agent = models.ForeignKey(User, models.PROTECT, related_name="rounds")
    second_agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    begins_at = models.TimeField("départ")
    ends_at = models.TimeField("retour")
    lunch_at = models.TimeField("pause", null=True)
    road_m = models.PositiveIntegerField("route (m)", default=0)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "tournée"
        constraints = [models.UniqueConstraint(fields=["agent", "on"], name="round_once_a_day")]
        indexes = [models.Index(fields=["office", "on"], name="round_day_idx")]

    def __str__(self) -> str:
        return f"Tournée du {self.on:%d/%m/%Y}, {self.agent}"


class Visit(models.Model):
    """A visit an officer decided on, from the procedure's proposal to the report."""

    ACCESS = ("office_id", "account__agency_id")

    class State(models.TextChoices):
        TO_PLAN = "to_plan", "À planifier"
        PLANNED = "planned", "Planifiée"
        DONE = "done", "Faite"
        CANCELLED = "cancelled", "Annulée"

    office = models.ForeignKey(Office, models.PROTECT, related_name="visits")
    account = models.ForeignKey(Account, models.PROTECT, related_name="visits")
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.TO_PLAN)
    #: The procedure's own words the day it was decided.
    why = models.CharField("motif", max_length=300, blank=True)
    from_at = models.TimeField("pas avant", null=True, blank=True)
    to_at = models.TimeField("pas après", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("durée (minutes)")
    needs_two = models.BooleanField("à deux agents", default=False)
    #: A useful fact for whoever goes (door code, best hour); erasable.
    note = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    decided_on = models.DateField("décidée le")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    round = models.ForeignKey(Round, models.SET_NULL, null=True, related_name="visits")
    rank = models.PositiveSmallIntegerField("ordre", null=True)
    arrives_at = models.TimeField("arrivée", null=True)
    leaves_at = models.TimeField("départ", null=True)
    #: Road from the stop before, or from the agency.
    road_m = models.PositiveIntegerField(default=0)
    ended_on = models.DateField("terminée le", null=True)
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "visite"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=["to_plan", "planned"]),
                name="visit_one_open",
            ),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="visit_lasts"),
        ]
        indexes = [models.Index(fields=["office", "state"], name="visit_state_idx")]

    def __str__(self) -> str:
        return f"Visite, {self.account}"


class Report(models.Model):
    """What one agent saw and heard. Never changed; two reports of one visit are both kept and flagged."""

    ACCESS = ("office_id", "visit__account__agency_id")

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="reports")
    #: Made by the telephone that wrote it: sending it twice keeps one.
    uuid = models.UUIDField(unique=True)
    agent = models.ForeignKey(User, models.PROTECT, related_name="+")
    visited_at = models.DateTimeField("visite faite le")
    received_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField("issue", max_length=12, choices=list(OUTCOMES.items()))
    #: Codes of domain.visit_findings.
    occupancy = models.JSONField(default=list)
    dwelling = models.JSONField(default=list)
    commitments = models.JSONField(default=list)
    #: What was said, in neutral words; erasable.
    said = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    notice_left = models.BooleanField("avis de passage laissé", default=False)
    #: Another report of the same visit had arrived before.
    is_second = models.BooleanField("second rapport", default=False)
    entry = models.OneToOneField(DiaryEntry, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "rapport de visite"
        indexes = [models.Index(fields=["visit"], name="visit_report_idx")]

    def __str__(self) -> str:
        return f"Rapport, {self.visit}"


class Photo(models.Model):
    """A photo of a report: the bytes are a Document, without what the camera adds (place, date, device)."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="photos")
    uuid = models.UUIDField(unique=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "photo"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Photo {self.pk}"
