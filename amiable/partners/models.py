"""What the social worker keeps of a request, for herself."""

from django.db import models

from amiable.cases.models import Dossier
from amiable.core.models import User


class SocialNote(models.Model):
    """What the social worker writes for herself: nobody else reads it, whatever their role. Erasable."""

    ACCESS = ("dossier__office_id", "dossier__account__agency_id")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="social_notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField("note", max_length=2000)
    written_on = models.DateField("écrite le")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "dossiers_socialnote"  # made by the room of cases (docs/adr/0011)
        verbose_name = "note de la conseillère"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.dossier} {self.written_on:%d/%m/%Y}"
