"""The office's own card: letterhead, ways to pay, agencies, and its users once added."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import Agency, Office, User
from amiable.domain.errors import DomainError

#: What the screen may change of an office; its code and kind are for life.
OFFICE_FIELDS = (
    "name", "address", "phone", "email", "website", "signatory", "payment_means", "payment_iban", "territory",
)  # fmt: skip


@transaction.atomic
def change_office(*, office: Office, values: Mapping[str, Any], actor: User) -> Office:
    """Change the letterhead and the ways to pay. Raises DomainError for an IBAN that cannot be one."""
    require(actor, "manage_users")
    changed = [name for name in OFFICE_FIELDS if name in values and getattr(office, name) != values[name]]
    for name in changed:
        setattr(office, name, values[name])
    if "payment_iban" in changed:
        office.payment_iban = sound_iban(office.payment_iban)
    if changed:
        office.save(update_fields=changed)
        record("office.changed", office=office, actor=actor, target=office, data={"fields": changed})
    return office


def sound_iban(text: str) -> str:
    """The IBAN without spaces, empty allowed; a wrong one would send payments nowhere."""
    iban = "".join(text.split()).upper()
    if not iban:
        return ""
    try:
        IBAN(iban, validate_bban=False)
    except SchwiftyException:
        raise DomainError(
            "bad_iban", "Cet IBAN n’est pas valable : recopiez-le depuis un relevé d’identité bancaire."
        ) from None
    return iban


@transaction.atomic
def save_agency(
    *, office: Office, agency: Agency | None, code: str, name: str, address: str, phone: str, actor: User
) -> Agency:
    """Add an agency, or change its card; its code in the lists stays."""
    require(actor, "manage_users")
    if agency is None:
        if Agency.objects.filter(office=office, code=code).exists():
            raise DomainError("agency_exists", f"L’agence « {code} » existe déjà.")
        agency, verb = Agency(office=office, code=code), "agency.added"
    else:
        verb = "agency.changed"
    agency.name, agency.address, agency.phone = name, address, phone
    agency.save()
    record(verb, office=office, actor=actor, target=agency, data={"code": agency.code})
    return agency


@transaction.atomic
def change_user(
    *, user: User, role: str, agencies: Iterable[Agency], full_name: str, email: str, actor: User
) -> User:
    """Role, agencies and name of a user of the actor's office."""
    _same_office(user, actor)
    if role not in User.Role.values:
        raise DomainError("unknown_role", "Ce rôle n’existe pas.")
    if user.pk == actor.pk and role != user.role:
        raise DomainError("own_role", "Personne ne change son propre rôle : demandez à un collègue.")
    _keep_a_manager(user, role=role, is_active=user.is_active)
    user.role, user.email = role, email
    user.first_name, _, user.last_name = full_name.rpartition(" ")
    user.save(update_fields=["role", "email", "first_name", "last_name"])
    chosen = list(agencies)
    user.agencies.set(chosen)
    data = {"role": role, "agencies": [agency.pk for agency in chosen]}
    record("user.changed", office=user.office, actor=actor, target=user, data=data)
    return user


@transaction.atomic
def open_or_close(*, user: User, is_active: bool, actor: User) -> None:
    """Close or reopen somebody's access; their acts and accounts stay theirs."""
    _same_office(user, actor)
    if user.pk == actor.pk:
        raise DomainError("own_access", "Personne ne ferme son propre accès.")
    _keep_a_manager(user, role=user.role, is_active=is_active)
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    verb = "user.reactivated" if is_active else "user.deactivated"
    record(verb, office=user.office, actor=actor, target=user)


@transaction.atomic
def provisional_password(*, user: User, actor: User) -> str:
    """A new password to hand over, shown once; the former one no longer works."""
    _same_office(user, actor)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    record("user.password_reset", office=user.office, actor=actor, target=user)
    return password


@transaction.atomic
def change_own_password(*, user: User, present: str, chosen: str) -> None:
    """Replace one's own password. Raises DomainError when the present one is wrong or the new one weak."""
    if not user.check_password(present):
        raise DomainError("wrong_password", "Le mot de passe actuel n’est pas le bon.")
    try:
        validate_password(chosen, user)
    except ValidationError as error:
        raise DomainError("weak_password", " ".join(error.messages)) from None
    user.set_password(chosen)
    user.save(update_fields=["password"])
    record("user.password_changed", office=user.office, actor=user, target=user)


def _same_office(user: User, actor: User) -> None:
    require(actor, "manage_users")
    if user.office_id != actor.office_id:
        raise DomainError("other_office", "Cet utilisateur n’est pas de votre office.")


def _keep_a_manager(user: User, *, role: str, is_active: bool) -> None:
    """An office always keeps somebody who can manage its users."""
    managers = (User.Role.ADMIN, User.Role.SERVICE_HEAD)
    if is_active and role in managers:
        return
    others = User.objects.filter(office_id=user.office_id, role__in=managers, is_active=True)
    if user.role in managers and not others.exclude(pk=user.pk).exists():
        raise DomainError("last_manager", "Il faut au moins un administrateur ou un responsable de service.")
