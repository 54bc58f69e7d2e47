"""Accounts: who owes under which reference, on what terms from which date, and who else is tied to it."""

from django.db import models

from amiable.core.models import Agency, Office, User
from amiable.parties.models import Person

#: An office, then a text looked for by its beginning: unless its collation is « C », PostgreSQL's ordinary
#: index sorts and finds whole values, and serves no beginning. Other databases ignore it.
OF_PREFIX = ["int8_ops", "varchar_pattern_ops"]


class Account(models.Model):
    """What one debtor owes under one reference: a lease account, or a public claim (titre)."""

    ACCESS = ("office_id", "agency_id")

    class Status(models.TextChoices):
        PRESENT = "present", "présent"
        MUTE = "mute", "muté"
        PARTI = "parti", "parti"

    office = models.ForeignKey(Office, models.PROTECT, related_name="accounts")
    ref = models.CharField("compte", max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="accounts")
    officer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="accounts")
    #: loyer for a landlord; impot, amende, cantine, hopital, divers for a public accountant (amiable/kinds).
    nature = models.CharField(max_length=20)
    status = models.CharField("statut", max_length=10, choices=Status.choices, default=Status.PRESENT)
    contract_ref = models.CharField("contrat", max_length=60, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    entered_on = models.DateField("entrée", null=True, blank=True)
    left_on = models.DateField("sortie", null=True, blank=True)
    lease_on = models.DateField("bail du", null=True, blank=True)
    payment_mode = models.CharField("mode de paiement", max_length=40, blank=True)
    # A public claim only:
    fiscal_year = models.PositiveSmallIntegerField("exercice", null=True, blank=True)
    object_label = models.CharField("objet", max_length=200, blank=True)
    taken_charge_on = models.DateField("prise en charge", null=True, blank=True)
    notified_on = models.DateField("notification", null=True, blank=True)
    #: Date of the recevabilité (surendettement): items due up to it are part A, frozen (SUR-02).
    split_on = models.DateField(null=True, blank=True)
    #: Last day of the freeze, when the measures lapsed or the suspension ran out; A may then be paid again.
    split_ends_on = models.DateField(null=True, blank=True)
    #: Optimistic lock: a screen that saves gives back the version it read.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ledger_account"  # born in that room: an upgrade touches no table
        verbose_name = "compte"
        constraints = [models.UniqueConstraint(fields=["office", "ref"], name="account_ref_once")]
        indexes = [
            models.Index(fields=["office", "agency"], name="account_agency_idx"),
            models.Index(fields=["person"], name="account_person_idx"),
            models.Index(fields=["office", "city"], name="account_city_idx"),
            models.Index(fields=["office", "ref"], name="account_ref_prefix_idx", opclasses=OF_PREFIX),
        ]

    def __str__(self) -> str:
        return self.ref


class AccountAlias(models.Model):
    """Another name an account is known by; several may share one (titres are numbered anew each year)."""

    ACCESS = ("office_id", "account__agency_id")

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=60)

    class Meta:
        verbose_name = "autre référence"
        constraints = [models.UniqueConstraint(fields=["account", "alias"], name="account_alias_once")]
        indexes = [models.Index(fields=["office", "alias"], name="account_alias_idx", opclasses=OF_PREFIX)]

    def __str__(self) -> str:
        return self.alias


class AccountTerms(models.Model):
    """Rent, charges and aid in force from a date; the rules use the values in force at their own date."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="terms")
    effective_on = models.DateField()
    rent_cents = models.BigIntegerField(default=0)
    charges_cents = models.BigIntegerField(default=0)
    aid_cents = models.BigIntegerField(default=0)
    third_party = models.BooleanField("tiers payant", default=False)

    class Meta:
        db_table = "ledger_accountterms"
        constraints = [models.UniqueConstraint(fields=["account", "effective_on"], name="terms_once_a_day")]
        ordering = ["effective_on"]

    def __str__(self) -> str:
        return f"{self.account} {self.effective_on}"


class AccountParty(models.Model):
    """Somebody else tied to an account: who may be written to, owes with the holder, or answers for it."""

    ACCESS = ("account__office_id", "account__agency_id")

    class Role(models.TextChoices):
        CO_HOLDER = "co_holder", "co-titulaire du bail"
        SPOUSE = "spouse", "conjoint ou partenaire de PACS"
        ROOMMATE = "roommate", "colocataire"
        GUARANTOR = "guarantor", "caution"
        HEIR = "heir", "héritier"
        NOTARY = "notary", "notaire"
        OCCUPANT = "occupant", "occupant"

    class Basis(models.TextChoices):
        """Why a legal-person landlord may have taken this caution (DUN-07)."""

        STUDENT = "student", "pour un étudiant non boursier"
        BODY = "body", "organisme de garantie habilité"
        UNKNOWN = "unknown", "motif à vérifier"

    account = models.ForeignKey(Account, models.CASCADE, related_name="parties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    role = models.CharField("qualité", max_length=12, choices=Role.choices)
    from_on = models.DateField("depuis le", null=True, blank=True)
    #: They left, or their guarantee ended; joint liability may outlive it (amiable.accounts.addressees).
    to_on = models.DateField("jusqu’au", null=True, blank=True)
    #: Roommates: the day another one took their place, which ends their liability at once.
    replaced_on = models.DateField("remplacé le", null=True, blank=True)
    #: Guarantor: the roommate they answer for, when they do not answer for everybody.
    answers_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="guaranteed")
    #: Guarantor only; until it is known, nobody calls on them.
    basis = models.CharField("motif de la caution", max_length=10, choices=Basis.choices, blank=True)

    class Meta:
        db_table = "ledger_accountparty"
        verbose_name = "personne liée au compte"
        constraints = [
            models.UniqueConstraint(fields=["account", "person", "role"], name="account_party_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"
