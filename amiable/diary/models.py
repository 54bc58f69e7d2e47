"""What was done (append-only) and what is to do: holds, promises, tasks."""

from enum import StrEnum

from django.db import models

from amiable.accounts.models import Account
from amiable.core import rooms
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.parties.models import ContactPoint, Person


class Note(models.Model):
    """Free text, apart from the diary so that it can be erased."""

    ACCESS = ("office_id", "account__agency_id")

    office = models.ForeignKey(Office, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, null=True)
    text = models.TextField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text[:60]


class DiaryEntry(models.Model):
    """One thing done or noticed on an account. Never changed; a correction is another entry that names it."""

    ACCESS = ("office_id", "account__agency_id")

    class Kind(StrEnum):
        """Lines that lower rooms and the diary know by name; the French of each is its room's (`room.py`)."""

        CALL = "call"
        EMAIL = "email"
        SMS = "sms"
        LETTER = "letter"
        LRAR = "lrar"
        CONVOCATION = "convocation"
        NO_SHOW = "no_show"
        INTERVIEW = "interview"
        VISIT = "visit"
        NOTE = "note"
        HOLD = "hold"
        HOLD_END = "hold_end"
        PROMISE = "promise"
        PROMISE_KEPT = "promise_kept"
        PROMISE_BROKEN = "promise_broken"
        PROMISE_CANCELLED = "promise_cancelled"
        DISPUTE = "dispute"
        TASK = "task"
        TASK_ANSWER = "task_answer"
        REJECTED_DEBIT = "rejected_debit"
        CONTACT_PROBLEM = "contact_problem"
        SUPPRESSED = "suppressed"
        STEP_DONE = "step_done"
        STEP_SKIPPED = "step_skipped"
        APPOINTMENT = "appointment"
        HOUSEHOLD = "household"
        SITUATION = "situation"
        PLAN = "plan"
        DOSSIER = "dossier"
        TRANSFER = "transfer"
        INTERRUPTION = "interruption"
        NOTIFIED = "notified"
        CORRECTION = "correction"

    class Outcome(models.TextChoices):
        NONE = "", "—"
        REACHED = "reached", "Joint"
        VOICEMAIL = "voicemail", "Message laissé"
        NO_ANSWER = "no_answer", "Sans réponse"
        WRONG_NUMBER = "wrong_number", "Mauvais numéro"
        THIRD_PARTY = "third_party", "Un tiers a répondu"
        REFUSED = "refused", "Refuse de parler"
        SENT = "sent", "Envoyé"
        FAILED = "failed", "Échec"

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="diary")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=rooms.lines)
    #: The procedure's step this entry accomplishes, if any: where a case stands is read from here.
    step = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True, default="")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(Note, models.SET_NULL, null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    outbox_item_id = models.BigIntegerField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True)
    #: Ids, codes, cents and ISO dates only.
    data = models.JSONField(default=dict)
    #: Same effect, same key: writing it twice is impossible.
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = "ligne du fil"
        indexes = [
            models.Index(fields=["account", "-on", "-id"], name="diary_account_idx"),
            models.Index(fields=["office", "-id"], name="diary_office_idx"),
            # What the procedure reads each night: the last time each step was done.
            models.Index(
                fields=["account", "step", "on"], condition=~models.Q(step=""), name="diary_step_idx"
            ),
            # What the gap between two contacts looks at: the last days of the whole office.
            models.Index(fields=["office", "on"], condition=~models.Q(step=""), name="diary_recent_step_idx"),
            models.Index(
                fields=["account", "on"],
                condition=models.Q(kind="interruption"),
                name="diary_interruption_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class Hold(models.Model):
    """Something that stops dunning, with its reason and its end."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Kind(models.TextChoices):
        PAUSE = "pause", "Pause"
        DISPUTE = "dispute", "Contestation"
        PLAN = "plan", "Plan d’apurement"
        PROTECTION = "protection", "Majeur protégé, mesure inconnue"
        DEATH = "death", "Décès"
        SURENDETTEMENT = "surendettement", "Surendettement"
        COURT = "court", "Contestation en justice"
        LITIGATION = "litigation", "Transmis au contentieux"

    account = models.ForeignKey(Account, models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField("motif", max_length=300)
    starts_on = models.DateField("du")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    #: DISPUTE only: the part set apart; the rest goes on. Null: the whole debt.
    disputed_cents = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_on = models.DateField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "mise en attente"
        indexes = [models.Index(fields=["account", "lifted_on", "ends_on"], name="hold_active_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.reason}"


class Dispute(models.Model):
    """What the person contests, who answers by when, and what was decided. Its hold sets the money apart."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Motive(models.TextChoices):
        CHARGES = "charges", "Régularisation de charges"
        RENT = "rent", "Montant du loyer ou de l’aide"
        WORKS = "works", "Travaux ou troubles dans le logement"
        PAYMENT = "payment", "Paiement non retrouvé"
        SLS = "sls", "Supplément de loyer (SLS)"
        GROUND = "ground", "Bien-fondé de la créance"
        OTHER = "other", "Autre motif"

    class Decision(models.TextChoices):
        NONE = "", "À trancher"
        FOUNDED = "founded", "Fondée"
        PARTLY = "partly", "Fondée en partie"
        UNFOUNDED = "unfounded", "Non fondée"
        WITHDRAWN = "withdrawn", "Retirée"

    account = models.ForeignKey(Account, models.CASCADE, related_name="disputes")
    hold = models.OneToOneField(Hold, models.CASCADE, related_name="dispute")
    motive = models.CharField("motif", max_length=10, choices=Motive.choices)
    received_on = models.DateField("reçue le")
    answer_by_on = models.DateField("réponse pour le")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="disputes")
    exhibits = models.ManyToManyField(Document, related_name="disputes")
    decision = models.CharField("décision", max_length=10, choices=Decision.choices, blank=True, default="")
    #: What is recognised as not owed; null: the whole debt was contested and found not owed.
    founded_cents = models.BigIntegerField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "contestation"
        indexes = [models.Index(fields=["decision", "answer_by_on"], name="dispute_due_idx")]

    def __str__(self) -> str:
        return f"{self.get_motive_display()}, reçue le {self.received_on:%d/%m/%Y}"


class Promise(models.Model):
    """A promise to pay, followed by the ledger itself: kept or broken by what was received."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Status(models.TextChoices):
        PENDING = "pending", "En cours"
        KEPT = "kept", "Tenue"
        BROKEN = "broken", "Non tenue"
        CANCELLED = "cancelled", "Annulée"

    account = models.ForeignKey(Account, models.CASCADE, related_name="promises")
    made_on = models.DateField()
    due_on = models.DateField("pour le")
    amount_cents = models.BigIntegerField("montant")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    received_cents = models.BigIntegerField(default=0)
    settled_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "promesse de paiement"
        indexes = [models.Index(fields=["status", "due_on"], name="promise_due_idx")]

    def __str__(self) -> str:
        return f"{self.amount_cents} pour le {self.due_on:%d/%m/%Y}"


class Callback(models.Model):
    """A call promised for a day, and an hour when one was said: it comes back in the day then."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Status(models.TextChoices):
        PENDING = "pending", "À rappeler"
        DONE = "done", "Rappelé"
        CANCELLED = "cancelled", "Annulé"

    account = models.ForeignKey(Account, models.CASCADE, related_name="callbacks")
    #: Whom to ask for, and at which number; null: the holder, any number.
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, models.SET_NULL, null=True, blank=True, related_name="+")
    #: Who promised to call.
    officer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("rappeler le")
    #: Local time of the office; null: any time that day.
    due_time = models.TimeField("à", null=True, blank=True)
    #: Nothing is sent to somebody one has promised to call.
    hold = models.ForeignKey(Hold, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    settled_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "rappel promis"
        indexes = [models.Index(fields=["status", "due_on"], name="callback_due_idx")]

    def __str__(self) -> str:
        at = f" à {self.due_time:%H:%M}" if self.due_time else ""
        return f"{self.due_on:%d/%m/%Y}{at}"


class Presence(models.Model):
    """Who has an account open, so that a second officer knows before both call the same person."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at:%d/%m/%Y %H:%M}"


class Task(models.Model):
    """A question or a task given to a colleague, or work the product found (a bad address...)."""

    ACCESS = ("office_id", "account__agency_id")

    class Status(models.TextChoices):
        OPEN = "open", "À faire"
        DONE = "done", "Fait"
        CANCELLED = "cancelled", "Annulé"

    office = models.ForeignKey(Office, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="tasks")
    code = models.CharField(max_length=40, default="question")
    text = models.TextField("demande", max_length=1000)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tasks")
    due_on = models.DateField("pour le", null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField("réponse", max_length=1000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = "demande"
        indexes = [models.Index(fields=["office", "status", "assignee"], name="task_open_idx")]

    def __str__(self) -> str:
        return self.text[:60]
