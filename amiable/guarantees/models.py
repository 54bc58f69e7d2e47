"""The rent guarantees an account has."""

from django.db import models

from amiable.accounts.models import Account
from amiable.core.models import User


class Guarantee(models.Model):
    """A rent guarantee of Action Logement on an account (AL-01, AL-03)."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Scheme(models.TextChoices):
        VISALE = "visale", "Visale"
        LOCAPASS = "locapass", "LOCA-PASS"

    account = models.ForeignKey(Account, models.PROTECT, related_name="guarantees")
    scheme = models.CharField("garantie", max_length=10, choices=Scheme.choices)
    number = models.CharField("numéro", max_length=40)
    starts_on = models.DateField("prise d’effet")
    #: Last day covered; null: as long as the lease.
    ends_on = models.DateField("fin", null=True, blank=True)
    #: How many terms the guarantor pays at most, and how much of each.
    instalments = models.PositiveSmallIntegerField("mensualités garanties")
    cap_cents = models.BigIntegerField("plafond d’une mensualité", null=True, blank=True)
    #: AL-01: student or alternant; null: not known.
    is_student = models.BooleanField("étudiant ou alternant", null=True)
    has_clause = models.BooleanField("clause résolutoire au bail", null=True)
    #: Entered by mistake.
    cancelled_on = models.DateField("annulée le", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "dossiers_guarantee"  # made by the room of cases (docs/adr/0011)
        verbose_name = "garantie Action Logement"
        ordering = ["-starts_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} n° {self.number}"
