"""Versioned wordings, immutable documents, and the outbox everything leaves by."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.parties.models import ContactPoint, Person


class TemplateVersion(models.Model):
    """One version of an office's wording of a document; the highest version counts."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    subject = models.CharField("objet", max_length=200, blank=True)
    body = models.TextField("texte")
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "code", "version"], name="template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Document(models.Model):
    """Immutable bytes under AMIABLE_HOME/documents, named by their SHA-256."""

    ACCESS = ("office_id", "account__agency_id")

    office = models.ForeignKey(Office, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="documents")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    media_type = models.CharField(max_length=60, default="application/pdf")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(default=0)
    #: A letter of a batch is a range of pages of the merged document, whose bytes it shares.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="letters")
    first_page = models.PositiveIntegerField(default=0)
    dated_on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = "document"
        indexes = [models.Index(fields=["account", "-dated_on"], name="document_account_idx")]

    def __str__(self) -> str:
        return self.title


class OutboxItem(models.Model):
    """One message to one person by one channel. The idempotency key makes a second sending impossible."""

    ACCESS = ("office_id", "account__agency_id")

    class Channel(models.TextChoices):
        POST = "post", "Courrier"
        LRAR = "lrar", "Lettre recommandée"
        EMAIL = "email", "Courriel"
        SMS = "sms", "SMS"

    class Status(models.TextChoices):
        WAITING = "waiting", "À envoyer"
        SENDING = "sending", "En cours"
        SENT = "sent", "Envoyé"
        FAILED = "failed", "Échec"
        CANCELLED = "cancelled", "Annulé"
        BOUNCED = "bounced", "Revenu"
        UNCERTAIN = "uncertain", "À vérifier"

    office = models.ForeignKey(Office, models.PROTECT)
    idempotency_key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    person = models.ForeignKey(Person, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True)
    contact_point = models.ForeignKey(ContactPoint, models.SET_NULL, null=True, blank=True)
    #: Where a letter goes when the person has no address of their own: a home, its lines by newlines.
    address = models.CharField(max_length=300, blank=True)
    #: For information: somebody else is the one it is written to.
    is_copy = models.BooleanField(default=False)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    #: Who asked, so that the last check and the proof are theirs (correspondence.origins).
    origin = models.CharField(max_length=20, blank=True)
    #: The procedure's step the message accomplishes, if any.
    step = models.CharField(max_length=60, blank=True)
    #: Letters of one batch leave together, as one file to print.
    parcel = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    not_before_at = models.DateTimeField(null=True, blank=True)
    lease_until_at = models.DateTimeField(null=True, blank=True)
    #: The claimant's mark: only the one who claimed the item may write its outcome.
    claim = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=20, blank=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    tracking_number = models.CharField("numéro LRAR", max_length=40, blank=True)
    proof = models.JSONField(default=dict, blank=True)
    error_fr = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "envoi"
        indexes = [
            models.Index(fields=["status", "not_before_at"], name="outbox_due_idx"),
            models.Index(fields=["office", "-created_at"], name="outbox_office_idx"),
            models.Index(fields=["person", "sent_at"], name="outbox_person_idx"),
            models.Index(fields=["parcel"], condition=~models.Q(parcel=""), name="outbox_parcel_idx"),
            models.Index(
                fields=["provider_ref"], condition=~models.Q(provider_ref=""), name="outbox_ref_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key
