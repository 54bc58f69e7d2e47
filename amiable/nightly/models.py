"""The night's work, one durable row per step and partition: killed anywhere, it resumes."""

from django.db import models

from amiable.core.models import Office


class NightlyStep(models.Model):
    """One step of one night on one slice of accounts; done once."""

    office = models.ForeignKey(Office, models.CASCADE)
    as_of = models.DateField()
    step = models.CharField(max_length=40)
    partition = models.CharField(max_length=40, default="")
    done_at = models.DateTimeField(null=True)
    lease_until_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "as_of", "step", "partition"], name="nightly_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.step} {self.partition}"
