"""People who owe, and how to reach them. Personal text lives here, where it can be erased."""

from django.db import models

from amiable.core.models import Office, User


class Person(models.Model):
    """A debtor, natural or legal person; may hold several accounts."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.PROTECT, related_name="persons")
    #: `personne` of the lists, when they give it: links the accounts of one person.
    ref = models.CharField(max_length=60, blank=True)
    last_name = models.CharField("nom", max_length=120)
    first_name = models.CharField("prénom", max_length=120, blank=True)
    is_company = models.BooleanField("personne morale", default=False)
    born_on = models.DateField("date de naissance", null=True, blank=True)
    language = models.CharField("langue", max_length=5, default="fr")
    email_opt_out = models.BooleanField("ne veut pas de courriel", default=False)
    sms_opt_out = models.BooleanField("ne veut pas de SMS", default=False)
    preferred_channel = models.CharField("canal préféré", max_length=10, blank=True)
    #: Lower case, without accents: "durand samira"; what the search reads.
    search_key = models.CharField(max_length=260, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        verbose_name = "personne"
        indexes = [
            models.Index(fields=["office", "last_name", "first_name"], name="person_name_idx"),
            models.Index(fields=["office", "search_key"], name="person_search_idx"),
            # By its beginning: PostgreSQL's ordinary index (sorted as the French sort) serves none.
            models.Index(
                fields=["office", "search_key"],
                name="person_prefix_idx",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "ref"], condition=~models.Q(ref=""), name="person_ref_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


class ContactPoint(models.Model):
    """A phone number (E.164), an e-mail address or a postal address (lines separated by newlines)."""

    ACCESS = ("person__office_id", None)

    class Kind(models.TextChoices):
        PHONE = "phone", "Téléphone"
        EMAIL = "email", "Courriel"
        ADDRESS = "address", "Adresse"

    class Problem(models.TextChoices):
        NONE = "", "—"
        INVALID = "invalid", "Invalide"
        BOUNCED = "bounced", "Courriel revenu"
        NPAI = "npai", "N’habite pas à l’adresse indiquée"
        WRONG = "wrong", "Mauvais numéro"
        UNDELIVERED = "undelivered", "Non distribué"

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=300)
    is_mobile = models.BooleanField(default=False)
    problem = models.CharField(max_length=15, choices=Problem.choices, blank=True, default="")
    problem_on = models.DateField(null=True, blank=True)
    last_success_on = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "moyen de contact"
        indexes = [
            models.Index(
                fields=["kind", "value"],
                name="contact_value_idx",
                opclasses=["varchar_ops", "varchar_pattern_ops"],
            )
        ]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "value"], name="contact_point_once")]

    def __str__(self) -> str:
        return self.value


class PersonIban(models.Model):
    """An IBAN this person has paid from, learned from a confirmed match."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="ibans")
    iban = models.CharField(max_length=34)
    learned_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "iban"], name="person_iban_once")]
        indexes = [models.Index(fields=["iban"], name="iban_idx")]

    def __str__(self) -> str:
        return f"{self.iban[:4]}…{self.iban[-4:]}"


class MergeProposal(models.Model):
    """Two persons who look like one; a human decides, never the product."""

    ACCESS = ("office_id", None)

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposée"
        ACCEPTED = "accepted", "Acceptée"
        REFUSED = "refused", "Refusée"

    office = models.ForeignKey(Office, models.CASCADE)
    first = models.ForeignKey(Person, models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="merge_pair_once")]

    def __str__(self) -> str:
        return f"{self.first} = {self.second} ?"


class LegalProtection(models.Model):
    """A measure protecting an adult: who must be written to, or copied. Unknown measure: nothing leaves."""

    ACCESS = ("person__office_id", None)

    class Measure(models.TextChoices):
        UNKNOWN = "unknown", "mesure inconnue"
        TUTELLE = "tutelle", "tutelle"
        CURATELLE = "curatelle", "curatelle"
        CURATELLE_RENFORCEE = "curatelle_renforcee", "curatelle renforcée"
        SAUVEGARDE = "sauvegarde", "sauvegarde de justice"
        HABILITATION = "habilitation", "habilitation familiale, représentation"
        HABILITATION_ASSIST = "habilitation_assist", "habilitation familiale, assistance"
        MANDAT = "mandat", "mandat de protection future"

    person = models.ForeignKey(Person, models.CASCADE, related_name="protections")
    measure = models.CharField("mesure", max_length=20, choices=Measure.choices, default=Measure.UNKNOWN)
    guardian = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="wards")
    judgment_ref = models.CharField("référence du jugement", max_length=80, blank=True)
    started_on = models.DateField("depuis le")
    ended_on = models.DateField("jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "mesure de protection"
        indexes = [models.Index(fields=["person", "ended_on"], name="protection_idx")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_measure_display()}"


class Death(models.Model):
    """A death and who settles the estate. What is due up to it is the estate's, not the transferee's."""

    ACCESS = ("person__office_id", None)

    person = models.OneToOneField(Person, models.CASCADE, related_name="death")
    died_on = models.DateField("décès le", null=True, blank=True)
    learned_on = models.DateField("appris le")
    notary = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="estates")

    class Meta:
        verbose_name = "décès"

    def __str__(self) -> str:
        return f"{self.person}, décès"


class PersonFlag(models.Model):
    """Something whoever meets this person must know. A threat restricts the file: the head calls back."""

    ACCESS = ("person__office_id", None)

    class Kind(models.TextChoices):
        THREAT = "threat", "menace"
        CONFLICT = "conflict", "conflit"
        FRAGILE = "fragile", "ménage fragile"

    person = models.ForeignKey(Person, models.CASCADE, related_name="flags")
    kind = models.CharField("nature", max_length=10, choices=Kind.choices)
    reason = models.CharField("motif", max_length=300)
    raised_on = models.DateField("depuis le")
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_on = models.DateField("levé le", null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "signal"
        indexes = [models.Index(fields=["person", "lifted_on"], name="person_flag_idx")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_kind_display()}"
