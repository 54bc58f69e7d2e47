"""An office's procedures: immutable published versions, their assignment, dated instructions."""

from django.db import models

from amiable.core.models import Office, User


class ProcedureVersion(models.Model):
    """One version of a procedure profile. A draft may change; a published version never does.

    An open case stays on the version it started under; `moves_open_cases` takes those of older versions over.
    """

    ACCESS = ("office_id", None)

    class Status(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        PUBLISHED = "published", "Publiée"

    office = models.ForeignKey(Office, models.CASCADE, related_name="procedures")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    source = models.TextField("YAML")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_on = models.DateField("publiée le", null=True, blank=True)
    moves_open_cases = models.BooleanField("reprend les dossiers ouverts", default=False)
    reason = models.CharField("motif", max_length=300, blank=True)

    class Meta:
        verbose_name = "version de procédure"
        constraints = [
            models.UniqueConstraint(fields=["office", "code", "version"], name="procedure_version_once"),
            models.UniqueConstraint(
                fields=["office", "code"],
                condition=models.Q(status="draft"),
                name="procedure_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ProcedureAssignment(models.Model):
    """Which profile an office applies to which nature of claim."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="procedure_assignments")
    nature = models.CharField(max_length=20)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "nature"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.nature} : {self.code}"


class Instruction(models.Model):
    """A dated instruction of a head, shown on the step it concerns until it ends."""

    ACCESS = ("office_id", None)

    office = models.ForeignKey(Office, models.CASCADE, related_name="instructions")
    step_code = models.CharField("étape", max_length=60, blank=True)
    text = models.TextField("consigne", max_length=1000)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)
    author = models.ForeignKey(User, models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "consigne"

    def __str__(self) -> str:
        return self.text[:60]


class Acknowledgement(models.Model):
    """An officer has read an instruction."""

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(User, models.CASCADE)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instruction", "user"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%d/%m/%Y}"
