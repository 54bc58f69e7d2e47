"""The two offices of the demo and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from amiable.core import clock
from amiable.core.models import Agency, Office, User
from amiable.core.users import Newcomer, add_user
from amiable.demo import bank
from amiable.demo.people import names
from amiable.operations.setup import ensure_office
from amiable.procedures.services import install_defaults

#: The same for everybody: the demo is nobody's real work, nothing leaves it.
PASSWORD = "deux-rives-demo"
LANDLORD, TREASURY = "deux-rives", "valmont"


@dataclass(frozen=True)
class Colleague:
    username: str
    full_name: str
    role: str
    agencies: tuple[str, ...] = ()


#: As the personas list them: officers first, so that the demo prints them first.
LANDLORD_STAFF = (
    Colleague("c.morel", "Camille Morel", "officer", ("RIVE-GAUCHE", "COTEAUX")),
    Colleague("a.benali", "Amir Benali", "officer", ("RIVE-DROITE",)),
    Colleague("j.petit", "Jeanne Petit", "agency_head", ("RIVE-GAUCHE",)),
    Colleague("n.garnier", "Nadine Garnier", "service_head"),
    Colleague("s.lopez", "Sofia Lopez", "social_worker"),
    Colleague("contentieux", "Bureau du contentieux", "litigation"),
    Colleague("auditeur", "Paul Audibert", "auditor"),
)
TREASURY_STAFF = (
    Colleague("h.roche", "Hélène Roche", "officer"),
    Colleague("comptable", "Le comptable de Valmont", "service_head"),
)


@transaction.atomic
def open_landlord(today: date) -> Office:
    """Habitat des Deux Rives with its three agencies and its staff."""
    office = _office(LANDLORD, "Habitat des Deux Rives", "landlord", today)
    office.address = "18 place du Vieux-Lavoir\n45990 Deux-Rives"
    office.phone, office.email, office.website = "02 61 91 00 00", "recouvrement@exemple.fr", "www.exemple.fr"
    office.signatory = "Nadine Garnier, responsable du recouvrement"
    office.payment_means = "Prélèvement, virement, chèque, carte bancaire à l’agence"
    office.payment_iban = bank.iban(42)
    office.save()
    for place in names()["agencies"]:
        address = f"{place['street']}\n{place['postcode']} {place['city']}"
        Agency.objects.create(
            office=office, code=place["code"], name=place["name"], address=address, phone=place["phone"]
        )
    _staff(office, LANDLORD_STAFF)
    return office


@transaction.atomic
def open_treasury(today: date) -> Office:
    """The trésorerie of Valmont: one officer, the comptable."""
    office = _office(TREASURY, "Trésorerie de Valmont", "local_accountant", today)
    office.address = "2 place de la Mairie\n73990 Valmont-le-Haut"
    office.phone, office.email = "04 65 71 00 00", "tresorerie@exemple.fr"
    office.signatory = "Hélène Vasseur, comptable publique"
    office.payment_means = "Virement, carte bancaire en ligne, chèque, espèces au guichet"
    office.payment_iban = bank.iban(43)
    office.save()
    _staff(office, TREASURY_STAFF)
    return office


def _office(code: str, name: str, kind: str, today: date) -> Office:
    ensure_office(kind=kind, code=code, name=name, territory="FR")
    office = Office.objects.get(code=code)
    install_defaults(office=office, today=today)
    return office


def _staff(office: Office, staff: tuple[Colleague, ...]) -> None:
    for one in staff:
        user, _ = add_user(
            office=office,
            newcomer=Newcomer(one.username, one.role, one.agencies, one.full_name),
            password=PASSWORD,
            actor=None,
            now=clock.now(),
        )
        # The code the lists use for the officer in charge.
        User.objects.filter(pk=user.pk).update(code=one.username)


def log_ins() -> list[tuple[str, str, str]]:
    """(user name, who, office) of everybody who can log in."""
    return [
        *[(one.username, one.full_name, "Habitat des Deux Rives") for one in LANDLORD_STAFF],
        *[(one.username, one.full_name, "Trésorerie de Valmont") for one in TREASURY_STAFF],
    ]
