"""Creating users: from the command line, from the screen, from a list."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from amiable.core.journal import record
from amiable.core.models import Agency, Office, SensitiveChange, User
from amiable.core.second_look import GUARDED_ROLES, ask
from amiable.domain.errors import DomainError


@dataclass(frozen=True)
class Newcomer:
    """Who is given an access: `name` to log in with, codes of the agencies they are bound to."""

    name: str
    role: str
    agency_codes: Sequence[str] = ()
    full_name: str = ""
    email: str = ""


@transaction.atomic
def add_user(
    *,
    office: Office,
    newcomer: Newcomer,
    password: str | None,
    actor: User | None,
    now: datetime,
) -> tuple[User, str | None]:
    """A user who can log in, and the provisional password when none was given.

    A role that decides or confides, given from a screen, waits for a second person: a colleague until then.

    An officer already known from a list (same code, no log-in) becomes this user, so that
    the accounts they follow are found at once.
    """
    name, role, agency_codes = newcomer.name, newcomer.role, newcomer.agency_codes
    if role not in User.Role.values:
        choices = ", ".join(User.Role.values)
        raise DomainError("unknown_role", f"Rôle « {role} » inconnu. Rôles possibles : {choices}.")
    if User.objects.filter(username=name).exists():
        raise DomainError("user_exists", f"Un utilisateur « {name} » existe déjà.")
    agencies = list(Agency.objects.filter(office=office, code__in=agency_codes))
    missing = set(agency_codes) - {agency.code for agency in agencies}
    if missing:
        raise DomainError("unknown_agency", f"Agence inconnue : {', '.join(sorted(missing))}.")
    generated = None if password else secrets.token_urlsafe(12)
    # Never somebody whose access was closed: only who was named by a list and never had one.
    listed = User.objects.filter(office=office, code=name, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    user = listed.filter(is_active=False).first() or User(office=office, code=name)
    asked = role if actor is not None and role in GUARDED_ROLES else ""
    user.username, user.role, user.is_active = name, User.Role.COLLEAGUE if asked else role, True
    user.email, user.must_change_password = newcomer.email or user.email, generated is not None
    if newcomer.full_name:
        user.first_name, _, user.last_name = newcomer.full_name.rpartition(" ")
    try:
        validate_password(password or generated or "", user)
    except ValidationError as error:
        raise DomainError("weak_password", " ".join(error.messages)) from None
    user.set_password(password or generated)
    user.save()
    user.agencies.set(agencies)
    record("user.added", office=office, actor=actor, target=user, data={"role": user.role})
    if actor is not None and asked:
        what = SensitiveChange.What.ROLE
        ask(office=office, what=what, former=user.role, value=asked, actor=actor, now=now, user=user)
    return user, generated


def officer_from_list(*, office: Office, code: str) -> tuple[User, bool]:
    """The officer a list names; created without log-in when unknown. Returns (user, created)."""
    found = User.objects.filter(office=office, code=code).first()
    if found:
        return found, False
    user = User(
        office=office,
        code=code,
        username=f"{office.code}/{code}"[:150],
        last_name=code[:150],
        role=User.Role.OFFICER,
        is_active=False,
    )
    user.set_unusable_password()
    user.save()
    return user, True
