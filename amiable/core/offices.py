"""The office's own card: letterhead, ways to pay, agencies, and its users once added."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from amiable.core.access import require
from amiable.core.announcing import announce
from amiable.core.journal import record
from amiable.core.models import Agency, Office, SensitiveChange, User
from amiable.core.second_look import GUARDED_ROLES, ask
from amiable.domain.errors import DomainError

#: Digits in the order of what they weigh in a SIREN's key, at odd and at even ranks.
_LUHN = ("0123456789", "0516273849")
#: What the screen may change of an office; its code and kind are for life.
OFFICE_FIELDS = (
    "name", "address", "phone", "email", "website", "signatory", "payment_means", "payment_iban", "territory",
    "principal_budget", "siren",
)  # fmt: skip


@transaction.atomic
def change_office(
    *, office: Office, values: Mapping[str, Any], actor: User, now: datetime
) -> SensitiveChange | None:
    """Change the letterhead and the ways to pay. Raises DomainError for an IBAN that cannot be one.

    Another account than the one that is paid today waits for a second person: that change is given back.
    """
    require(actor, "manage_users")
    given = {name: values[name] for name in OFFICE_FIELDS if name in values}
    if "payment_iban" in given:
        given["payment_iban"] = sound_iban(given["payment_iban"])
    if "siren" in given:
        given["siren"] = sound_siren(given["siren"])
    waits = None
    if office.payment_iban and given.get("payment_iban", office.payment_iban) != office.payment_iban:
        former, value = office.payment_iban, given.pop("payment_iban")
        what = SensitiveChange.What.IBAN
        waits = ask(office=office, what=what, former=former, value=value, actor=actor, now=now)
    changed = _set(office, given)
    if changed:
        office.save(update_fields=list(changed))
        record("office.changed", office=office, actor=actor, target=office, data={"changed": changed})
    return waits


def _set(row: Model, given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set these columns; {column: [former, new]} of those that differ, for the journal."""
    former = {name: getattr(row, name) for name in given}
    changed = {name: [former[name], value] for name, value in given.items() if former[name] != value}
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    return changed


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


def sound_siren(text: str) -> str:
    """The nine digits without spaces, empty allowed. Raises DomainError when its key is wrong (Luhn)."""
    siren = "".join(text.split())
    if not siren:
        return ""
    weighed = [_LUHN[rank % 2].find(digit) for rank, digit in enumerate(siren)]
    if len(siren) != 9 or -1 in weighed or sum(weighed) % 10:
        raise DomainError("bad_siren", "Ce SIREN n’est pas valable : neuf chiffres, dont une clé.")
    return siren


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
    changed = _set(agency, {"name": name, "address": address, "phone": phone})
    agency.save()
    record(verb, office=office, actor=actor, target=agency, data={"code": agency.code, "changed": changed})
    return agency


@transaction.atomic
def change_user(
    *,
    user: User,
    role: str,
    agencies: Iterable[Agency],
    full_name: str,
    email: str,
    actor: User,
    now: datetime,
) -> SensitiveChange | None:
    """Role, agencies and name of a user of the actor's office.

    A role that decides or confides waits for a second person: that change is given back.
    """
    _same_office(user, actor)
    if role not in User.Role.values:
        raise DomainError("unknown_role", "Ce rôle n’existe pas.")
    if user.pk == actor.pk and role != user.role:
        raise DomainError("own_role", "Personne ne change son propre rôle : demandez à un collègue.")
    _keep_a_manager(user, role=role, is_active=user.is_active)
    waits = None
    if role != user.role and role in GUARDED_ROLES:
        what = SensitiveChange.What.ROLE
        waits = ask(
            office=actor.office, what=what, former=user.role, value=role, actor=actor, now=now, user=user
        )
        role = user.role
    chosen = list(agencies)
    former = sorted(user.agencies.values_list("pk", flat=True))
    _announce_new_address(user, email)
    changed = _set(user, {"role": role})
    user.email = email
    user.first_name, _, user.last_name = full_name.rpartition(" ")
    user.save(update_fields=["role", "email", "first_name", "last_name"])
    user.agencies.set(chosen)
    changed["agencies"] = [former, sorted(agency.pk for agency in chosen)]
    record("user.changed", office=user.office, actor=actor, target=user, data={"changed": changed})
    return waits


def _announce_new_address(user: User, email: str) -> None:
    """The former address is told: what is announced to somebody must not be turned away in silence."""
    if user.email and user.email != email and user.office is not None:
        announce(
            office=user.office,
            only=user,
            subject="Votre adresse dans Amiable a changé",
            text="Les messages d’Amiable iront à une autre adresse. "
            "Si ce n’est pas prévu, dites-le à un responsable.",
        )


@transaction.atomic
def open_or_close(*, user: User, is_active: bool, actor: User, now: datetime) -> None:
    """Close or reopen somebody's access; their acts and accounts stay theirs.

    Reopened, a role that decides or confides is given again by two: a colleague until then.
    """
    _same_office(user, actor)
    if user.pk == actor.pk:
        raise DomainError("own_access", "Personne ne ferme son propre accès.")
    _keep_a_manager(user, role=user.role, is_active=is_active)
    guarded = is_active and not user.is_active and user.role in GUARDED_ROLES
    role = User.Role.COLLEAGUE if guarded else user.role
    User.objects.filter(pk=user.pk).update(is_active=is_active, role=role)
    if guarded:
        what = SensitiveChange.What.ROLE
        ask(office=actor.office, what=what, former=role, value=user.role, actor=actor, now=now, user=user)
    verb = "user.reactivated" if is_active else "user.deactivated"
    record(verb, office=user.office, actor=actor, target=user)


@transaction.atomic
def provisional_password(*, user: User, actor: User | None) -> str:
    """A new password to hand over, shown once; its owner is told, and changes it before anything.

    It opens no closed access. A head's is given by another head, or on the machine itself (`actor` None).
    """
    if actor is not None:
        _same_office(user, actor)
        if user.role == User.Role.SERVICE_HEAD and actor.role != User.Role.SERVICE_HEAD:
            raise DomainError(
                "head_password",
                "Le mot de passe d’un responsable de service se donne par un autre responsable, "
                "ou sur le serveur par « amiable user password ».",
            )
    if not user.is_active:
        raise DomainError("closed_access", "Cet accès est fermé : rouvrez-le d’abord.")
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record("user.password_reset", office=user.office, actor=actor, target=user)
    assert user.office is not None
    announce(
        office=user.office,
        only=user,
        subject="Votre mot de passe Amiable a été remplacé",
        text=f"{actor or 'L’administrateur du serveur'} vous a donné un mot de passe provisoire. "
        "Si vous ne l’avez pas demandé, prévenez un responsable.",
    )
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
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
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
