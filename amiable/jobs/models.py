"""Background work: one durable row per piece of work, with its progress."""

from django.db import models


class Job(models.Model):
    """A piece of work that survives the process: claimed with a lease, resumed by the same function."""

    ACCESS = ("office_id", None)

    class Status(models.TextChoices):
        WAITING = "waiting", "En attente"
        RUNNING = "running", "En cours"
        DONE = "done", "Terminé"
        FAILED = "failed", "Échoué"

    task = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    #: Two requests for the same work give one job: unique while it waits or runs.
    lock_key = models.CharField(max_length=200, blank=True)
    office_id = models.BigIntegerField(null=True, blank=True)
    created_by_id = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error_fr = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before_at = models.DateTimeField(null=True, blank=True)
    lease_until_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tâche de fond"
        verbose_name_plural = "tâches de fond"
        indexes = [models.Index(fields=["status", "id"], name="job_status_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "lock_key"],
                condition=models.Q(status__in=["waiting", "running"]) & ~models.Q(lock_key=""),
                name="job_one_open_per_lock",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.get_status_display()})"


class Heartbeat(models.Model):
    """A worker's last sign of life (`amiable.jobs.heartbeat`)."""

    #: machine:process
    worker = models.CharField(max_length=80, unique=True)
    beat_at = models.DateTimeField()
    #: It was asked to stop and did; null while it works, or died.
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.worker} {self.beat_at:%d/%m/%Y %H:%M}"
