"""Dossiers: what was prepared for a partner, its pieces, its limits, and what happened (append-only)."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.models import Note, Task
from amiable.domain.cases.family import ABANDONED, CLOSED, STAGE_LABELS
from amiable.parties.models import Person


class Partner(models.Model):
    """A body dossiers are sent to: a CAF, an MSA, a CCAPEX, a fund. Its address is that of `person`."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE, related_name="partners")
    #: Kind of dossier it receives.
    kind = models.CharField("type de dossier", max_length=20)
    code = models.CharField("code", max_length=30)
    name = models.CharField("nom", max_length=120)
    #: Two or three digits, separated by spaces; empty: every home of the office.
    departments = models.CharField("départements", max_length=60, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "partenaire"
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["office", "kind", "code"], name="partner_once")]

    def __str__(self) -> str:
        return self.name


class Dossier(models.Model):
    """One case: of an account, and of those it covers beside it (`CaseAccount`), for one partner."""

    ACCESS = ("office_id", "account__agency_id")

    office = models.ForeignKey(Office, models.PROTECT, related_name="dossiers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="dossiers")
    kind = models.CharField("type", max_length=20)
    stage = models.CharField("étape", max_length=12, choices=list(STAGE_LABELS.items()), default="to_prepare")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="dossiers")
    opened_on = models.DateField("ouvert le")
    #: The day it became due: the constitution of the impayé, the recevabilité...
    event_on = models.DateField("fait générateur", null=True)
    #: The rule in force that day (CAF-02): the dossier keeps it whatever changes later.
    regime = models.CharField("régime", max_length=10, blank=True)
    #: What the dossier says, by field code: cents, ISO dates, codes, texts. Erasable with the dossier.
    fields = models.JSONField(default=dict)
    reference = models.CharField("référence du partenaire", max_length=60, blank=True)
    is_urgent = models.BooleanField("urgent", default=False)
    sent_on = models.DateField("envoyé le", null=True)
    acknowledged_on = models.DateField("reçu le", null=True)
    answer = models.CharField("réponse", max_length=40, blank=True)
    answered_on = models.DateField("réponse du", null=True)
    closed_on = models.DateField("terminé le", null=True)
    closing = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    #: The nearest limit still open, kept for lists; the limits themselves say which.
    limit_on = models.DateField("limite", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    #: Same event, same dossier: proposing it twice is impossible.
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = "dossier"
        indexes = [
            models.Index(fields=["account", "kind", "-id"], name="dossier_account_idx"),
            models.Index(
                fields=["office", "limit_on", "id"],
                condition=~models.Q(stage__in=[CLOSED, ABANDONED]),
                name="dossier_limit_idx",
            ),
            models.Index(fields=["office", "kind", "stage"], name="dossier_kind_idx"),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk}"


class CaseAccount(models.Model):
    """An account a case covers, with what is claimed of it; the case's own account is one of them."""

    ACCESS = ("case__office_id", "account__agency_id")

    case = models.ForeignKey(Dossier, models.CASCADE, related_name="covers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="covered_by")
    #: What was to be claimed of it on `as_of`; null: the case is older than this record.
    claimed_cents = models.BigIntegerField("montant réclamé", null=True)
    as_of = models.DateField("arrêté au")

    class Meta:
        verbose_name = "compte du dossier"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "account"], name="case_account_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.account.ref}"


class CaseParty(models.Model):
    """Somebody an act is notified to: who, in what role, when it was, and the proof of it."""

    ACCESS = ("case__office_id", "case__account__agency_id")

    case = models.ForeignKey(Dossier, models.CASCADE, related_name="parties")
    #: A role the kind names: debtor, third_party, court…
    role = models.CharField("rôle", max_length=20)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    served_on = models.DateField("notifié le", null=True)
    proof = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "partie"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(partner__isnull=False),
                name="case_party_is_somebody",
            ),
            models.UniqueConstraint(
                fields=["case", "role", "person"],
                condition=models.Q(person__isnull=False),
                name="case_party_person_once",
            ),
            models.UniqueConstraint(
                fields=["case", "role", "partner"],
                condition=models.Q(partner__isnull=False),
                name="case_party_partner_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.role} {self.person or self.partner}"


class DossierPiece(models.Model):
    """One piece of the checklist: held, asked for, missing, or not needed."""

    ACCESS = ("dossier__office_id", "dossier__account__agency_id")

    class State(models.TextChoices):
        HELD = "held", "Détenue"
        UPLOADED = "uploaded", "Déposée"
        REQUESTED = "requested", "Demandée"
        MISSING = "missing", "Manquante"
        WAIVED = "waived", "Écartée"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pieces")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MISSING)
    #: Where it comes from: « décompte du 25/11/2026 », « 4 courriers et leurs preuves ».
    origin = models.CharField("origine", max_length=200, blank=True)
    documents = models.ManyToManyField(Document, related_name="+")
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    reason = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "pièce"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["dossier", "code"], name="dossier_piece_once")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.code}"


class DossierEvent(models.Model):
    """What happened to a dossier. Append-only: codes, ids, dates and cents."""

    ACCESS = ("dossier__office_id", "dossier__account__agency_id")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="events")
    event = models.CharField(max_length=40)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "événement du dossier"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["dossier", "-on", "-id"], name="dossier_event_idx")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.event} {self.on:%d/%m/%Y}"
