"""Offices, agencies, users, office policy, law overrides and the audit journal."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Office(models.Model):
    """A creditor's office. Its kind (data, see amiable/kinds) selects law, vocabulary and procedures."""

    code = models.CharField("code", max_length=30, unique=True)
    name = models.CharField("nom", max_length=120)
    kind = models.CharField("nature du créancier", max_length=30)
    territory = models.CharField("territoire", max_length=10, default="FR")
    address = models.TextField("adresse", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("courriel", blank=True)
    website = models.CharField("site", max_length=120, blank=True)
    signatory = models.CharField("signataire", max_length=120, blank=True)
    payment_means = models.TextField("moyens de paiement", blank=True)
    payment_iban = models.CharField("IBAN d’encaissement", max_length=34, blank=True)
    #: A public accountant's titres are numbered within a budget and a year; a list that names none means it.
    principal_budget = models.CharField("budget principal", max_length=15, default="BP")
    siren = models.CharField("SIREN", max_length=9, blank=True)

    class Meta:
        verbose_name = "office"
        verbose_name_plural = "offices"

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    ACCESS = ("office_id", "id")

    office = models.ForeignKey(Office, models.PROTECT, related_name="agencies")
    code = models.CharField("code", max_length=60)
    name = models.CharField("nom", max_length=120)
    address = models.TextField("adresse", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        verbose_name = "agence"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["office", "code"], name="agency_code_once")]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody of the office. A user without log-in (known from a list) has `can_log_in` false."""

    ACCESS = ("office_id", None)

    class Role(models.TextChoices):
        OFFICER = "officer", "Chargé·e de recouvrement"
        AGENCY_HEAD = "agency_head", "Responsable d’agence"
        SERVICE_HEAD = "service_head", "Responsable de service"
        LITIGATION = "litigation", "Contentieux"
        SOCIAL_WORKER = "social_worker", "Conseiller·ère social·e"
        COLLEAGUE = "colleague", "Collègue (accueil, gardien, technique)"
        AUDITOR = "auditor", "Auditeur (lecture seule)"
        ADMIN = "admin", "Administrateur"

    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="users")
    role = models.CharField("rôle", max_length=20, choices=Role.choices, default=Role.OFFICER)
    agencies = models.ManyToManyField(Agency, blank=True, related_name="users", verbose_name="agences")
    code = models.CharField("code dans les listes", max_length=60, blank=True)
    #: The password was given by somebody else: its owner chooses another before anything.
    must_change_password = models.BooleanField("mot de passe à changer", default=False)

    class Meta:
        verbose_name = "utilisateur"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "code"], condition=~models.Q(code=""), name="user_code_once_per_office"
            )
        ]

    @property
    def can_log_in(self) -> bool:
        return self.is_active and self.has_usable_password()

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class PolicyValue(models.Model):
    """One value of the office's policy; history is kept: the newest `from_on` not in the future counts."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE, related_name="policy_values")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    reason = models.CharField("motif", max_length=300, blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    from_on = models.DateField("à partir du")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["office", "key", "from_on"], name="policy_lookup_idx")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class SensitiveChange(models.Model):
    """A change one person does not make alone: the account that is paid, a role that decides or confides."""

    ACCESS = ("office_id", None)

    class What(models.TextChoices):
        IBAN = "iban", "Compte d’encaissement"
        ROLE = "role", "Rôle"

    class Status(models.TextChoices):
        WAITING = "waiting", "À confirmer"
        DONE = "done", "Fait"
        DROPPED = "dropped", "Abandonné"

    office = models.ForeignKey(Office, models.CASCADE, related_name="sensitive_changes")
    what = models.CharField(max_length=10, choices=What.choices)
    #: Whose role; null for the office's own account.
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    former = models.CharField("ancienne valeur", max_length=60, blank=True)
    value = models.CharField("nouvelle valeur", max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    #: When it happens by itself, nobody else being there to confirm; null: it waits for somebody.
    effective_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "changement à confirmer"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "what"],
                condition=models.Q(status="waiting", user=None),
                name="sensitive_change_of_office",
            ),
            models.UniqueConstraint(
                fields=["user", "what"],
                condition=models.Q(status="waiting"),
                name="sensitive_change_of_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} : {self.former or '—'} → {self.value or '—'}"


class LawOverride(models.Model):
    """An office's own value for a rule still « à vérifier » (S1 or M); the law files stay as they are."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE, related_name="law_overrides")
    rule_id = models.CharField("règle", max_length=20)
    key = models.CharField("paramètre", max_length=60, blank=True)
    value = models.JSONField("valeur")
    reason = models.CharField("motif", max_length=300)
    source = models.CharField("source", max_length=300)
    author = models.ForeignKey(User, models.PROTECT)
    from_on = models.DateField("du")
    to_on = models.DateField("au", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.rule_id} {self.key} = {self.value}"


class AuditEvent(models.Model):
    """Who wrote what, when. Append-only; ids and codes only, so that it never has to be erased."""

    ACCESS = ("office_id", None)

    at = models.DateTimeField(auto_now_add=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["office", "-at"], name="audit_office_idx"),
            models.Index(fields=["account_id", "-at"], name="audit_account_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.verb}"


class OpenErasure(models.Model):
    """The erasure going on: a row of this table, seen by its own transaction only, lets personal columns of
    what is written once be blanked (`amiable.core.append_only`). Empty at all other times."""

    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.event}"


class SavedFilter(models.Model):
    """A list somebody comes back to: its filters and order, as the address holds them."""

    ACCESS = ("user__office_id", None)

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    name = models.CharField("nom", max_length=60)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "filtre enregistré"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name


class PrivateLink(models.Model):
    """A private address (a calendar feed) that stands for a user without log-in; another one revokes it."""

    ACCESS = ("user__office_id", None)

    user = models.ForeignKey(User, models.CASCADE, related_name="private_links")
    #: What it opens: limits_mine, limits_office...
    purpose = models.CharField(max_length=30)
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "adresse privée"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=models.Q(revoked_at=None), name="private_link_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.purpose}"
