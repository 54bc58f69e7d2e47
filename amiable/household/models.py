"""Interviews: the household's situation on a day, as it was told, with what it gives. Erasable, versioned."""

from typing import Any

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.models import DiaryEntry
from amiable.domain.household.orientation import CAUSES, ORIENTATIONS, STANCES
from amiable.parties.models import Person


class Assessment(models.Model):
    """One version of a household's situation. Never changed: a new talk is a new version.

    It is a personal record, not a line of the diary: it can be erased, and the diary only knows its id.
    """

    ACCESS = ("office_id", "account__agency_id")

    class Place(models.TextChoices):
        AGENCY = "agency", "À l’agence"
        PHONE = "phone", "Par téléphone"
        HOME = "home", "Au domicile"
        FILE = "file", "Sur pièces, sans entretien"

    class Commitment(models.TextChoices):
        NONE = "none", "Aucun pour l’instant"
        PROMISE = "promise", "Une somme à une date"
        PLAN = "plan", "Un plan d’apurement"

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="assessments")
    #: The household follows its person, who may hold another account of the office.
    person = models.ForeignKey(Person, models.CASCADE, related_name="assessments")
    number = models.PositiveIntegerField()
    assessed_on = models.DateField("date")
    place = models.CharField("lieu", max_length=8, choices=Place.choices, default=Place.AGENCY)
    cause = models.CharField(max_length=20, choices=list(CAUSES.items()), blank=True)
    stance = models.CharField("souhait", max_length=10, choices=list(STANCES.items()), blank=True)
    #: Members, resources, housing, charges, debts: the form of domain.household_reading, in cents.
    situation = models.JSONField()
    #: What the scales of that day gave, formulas included: a later scale changes nothing.
    results = models.JSONField()
    debt_cents = models.BigIntegerField("dette ce jour-là", default=0)
    resources_cents = models.BigIntegerField("ressources", default=0)
    net_rent_cents = models.BigIntegerField("loyer net", default=0)
    #: Per day and consumption unit; null: unknown that day.
    living_rest_cents = models.BigIntegerField("reste à vivre", null=True)
    capacity_cents = models.BigIntegerField("capacité", null=True)
    orientation_proposed = models.CharField(max_length=15, choices=list(ORIENTATIONS.items()), blank=True)
    #: The officer's own decision; the product only proposes (RGPD-04).
    orientation_decided = models.CharField(max_length=15, choices=list(ORIENTATIONS.items()), blank=True)
    commitment = models.CharField(max_length=8, choices=Commitment.choices, default=Commitment.NONE)
    commitment_cents = models.BigIntegerField("montant", null=True)
    commitment_on = models.DateField("pour le", null=True)
    #: Short facts said during the talk, checked by diary.free_text.
    summary = models.TextField("compte rendu", max_length=1000, blank=True)
    #: Its line in the diary: corrected there, the situation no longer counts.
    entry = models.OneToOneField(DiaryEntry, models.PROTECT, null=True, related_name="assessment")
    letter = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="+")
    sheet = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    #: Rights estimated with openfisca-france (household.rights), to check with the CAF; null: not asked.
    rights = models.JSONField(null=True)

    class Meta:
        verbose_name = "situation du ménage"
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="assessment_number_once")]
        indexes = [
            models.Index(fields=["person", "-assessed_on", "-id"], name="assessment_person_idx"),
            models.Index(fields=["office", "-assessed_on"], name="assessment_office_idx"),
        ]

    def __str__(self) -> str:
        return f"situation {self.number} du {self.assessed_on:%d/%m/%Y}"

    def result(self, code: str) -> dict[str, Any]:
        """One of the results kept that day; empty when it had none of that name."""
        return next((row for row in self.results if row["code"] == code), {})


class Draft(models.Model):
    """An interview under way: what one officer has typed, kept as it is typed until it is recorded."""

    ACCESS = ("account__office_id", "account__agency_id")

    account = models.ForeignKey(Account, models.CASCADE, related_name="interview_drafts")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    #: Field -> value, as the form sent them.
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = "entretien en cours"
        constraints = [models.UniqueConstraint(fields=["account", "author"], name="interview_draft_once")]

    def __str__(self) -> str:
        return f"entretien en cours, {self.account}"
