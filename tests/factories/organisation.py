"""Offices, agencies and users."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from amiable.core.models import Agency, Office, User

PASSWORD = "motdepasse-d-essai-42"
_numbers = count(1)


def office(code: str = "deux-rives", *, kind: str = "landlord", **fields: Any) -> Office:
    """The office of that code, made when it does not exist."""
    writes = {
        "address": "1 place de l’Essai\n45990 Deux-Rives",
        "signatory": "N. Essai, responsable",
        "payment_means": "carte bancaire en ligne",
    }
    defaults = {"name": f"Office {code}", "kind": kind, "territory": "FR"} | writes | fields
    return Office.objects.get_or_create(code=code, defaults=defaults)[0]


def agency(of: Office, code: str = "A1", *, name: str = "") -> Agency:
    """The agency of that code in this office, made when it does not exist."""
    return Agency.objects.get_or_create(office=of, code=code, defaults={"name": name or f"Agence {code}"})[0]


def user(
    of: Office | None, role: str = User.Role.OFFICER, *agencies: Agency, name: str = "", **fields: Any
) -> User:
    """A user who can log in with `PASSWORD` (one round of hashing), bound to the given agencies."""
    name = name or f"{role}-{next(_numbers)}"
    made = User(office=of, username=name, role=role, code=fields.pop("code", name), **fields)
    made.password = PBKDF2PasswordHasher().encode(PASSWORD, "sel-d-essai", iterations=1)
    made.save()
    made.agencies.set(agencies)
    return made
