"""Writes of the procedures room: shipped profiles, drafts, publication, assignment, policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.lifecycle import move_all
from amiable.core.models import Office, PolicyValue, User
from amiable.correspondence.catalogue import catalogue
from amiable.domain.creditors import kind
from amiable.domain.decision import legality, policy, procedure
from amiable.domain.decision.conditions import resolve
from amiable.domain.decision.procedure import Procedure, StepError
from amiable.domain.errors import DomainError
from amiable.procedures import in_force
from amiable.procedures.in_force import policy_of
from amiable.procedures.lifecycle import VERSION
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion

Status = ProcedureVersion.Status


@lru_cache(maxsize=1)
def shipped_profiles() -> Mapping[str, str]:
    """Text of every profile shipped with the product, by code; read once."""
    folder = resources.files("amiable").joinpath("procedures/profiles")
    texts = (e.read_text(encoding="utf-8") for e in folder.iterdir() if e.name.endswith(".yaml"))
    return MappingProxyType({in_force.read(text).code: text for text in sorted(texts)})


@transaction.atomic
def install_defaults(*, office: Office, today: date, actor: User | None = None) -> list[str]:
    """Publish the shipped profiles of the office's kind it does not have yet, assign each nature its own.

    Safe to run again: what the office published or assigned is left alone. Returns the codes installed.
    """
    known = set(ProcedureVersion.objects.filter(office=office).values_list("code", flat=True))
    installed = []
    for code, text in shipped_profiles().items():
        profile = in_force.read(text)
        if not kind(office.kind).fits(kind(profile.kind).traits) or code in known:
            continue
        legality.check(profile, today)
        ProcedureVersion.objects.create(
            office=office,
            code=code,
            version=1,
            source=text,
            status=Status.PUBLISHED,
            author=actor,
            published_at=timezone.now(),
            published_on=today,
            reason="Profil livré",
        )
        installed.append(code)
    for nature in kind(office.kind).natures.values():
        ProcedureAssignment.objects.get_or_create(
            office=office, nature=nature.code, defaults={"code": nature.profile}
        )
    if installed:
        record("procedure.installed", office=office, actor=actor, data={"codes": installed})
    return installed


def newest(*, office: Office, code: str) -> ProcedureVersion:
    """The last published version of a code. Raises DomainError when there is none."""
    found = (
        ProcedureVersion.objects.filter(office=office, code=code, status=Status.PUBLISHED)
        .order_by("-version")
        .first()
    )
    if found is None:
        raise DomainError("procedure_unknown", f"La procédure « {code} » n’existe pas pour cet office.")
    return found


@transaction.atomic
def open_draft(*, office: Office, code: str, actor: User) -> ProcedureVersion:
    """The office's draft of a code, made from the last published version when there is none yet."""
    draft = ProcedureVersion.objects.filter(office=office, code=code, status=Status.DRAFT).first()
    if draft is not None:
        return draft
    base = newest(office=office, code=code)
    draft = ProcedureVersion.objects.create(
        office=office, code=code, version=base.version + 1, source=base.source, author=actor
    )
    record("procedure.draft_opened", office=office, actor=actor, target=draft, data={"code": code})
    return draft


def seen(draft: ProcedureVersion) -> str:
    """Mark of a draft's text as a page showed it; given back, it tells whether somebody changed it since."""
    return sha256(draft.source.encode()).hexdigest()[:16]


def check_seen(draft: ProcedureVersion, mark: str) -> None:
    """Raise DomainError when the draft is no longer the one the user looked at."""
    if mark != seen(draft):
        raise DomainError(
            "stale",
            f"Ce brouillon a été modifié entre-temps par {draft.author} : rien n’a été enregistré. "
            "Rechargez la page pour voir ses changements, puis reprenez les vôtres.",
        )


@transaction.atomic
def save_draft(*, draft: ProcedureVersion, data: dict[str, Any], actor: User) -> Procedure:
    """Write a draft's new content. Raises DomainError when it cannot be read, when it is no longer a draft,
    or when its text is no longer the one `draft` was loaded with.

    A draft may be harsher than the law while it is worked on; `publish` refuses it.
    """
    read = procedure.from_data(data)
    if read.code != draft.code:
        raise DomainError("procedure_code", "Le code d’une procédure ne change pas d’une version à l’autre.")
    same = ProcedureVersion.objects.filter(pk=draft.pk, status=Status.DRAFT, source=draft.source)
    if same.update(source=procedure.dump(data), author=actor) != 1:
        raise DomainError(
            "moved", "Ce brouillon a été publié ou modifié entre-temps : rien n’a été enregistré."
        )
    record("procedure.draft_saved", office=draft.office, actor=actor, target=draft)
    return read


@transaction.atomic
def discard_draft(*, draft: ProcedureVersion, actor: User) -> None:
    """Give a draft up; a published version cannot be."""
    pk = draft.pk
    deleted, _ = ProcedureVersion.objects.filter(pk=pk, status=Status.DRAFT).delete()
    if not deleted:
        raise DomainError("moved", "Cette version est publiée : elle ne peut pas être supprimée.")
    record("procedure.draft_discarded", office=draft.office, actor=actor, data={"version": pk})


@transaction.atomic
def publish(
    *, draft: ProcedureVersion, actor: User, today: date, reason: str = "", move_open_cases: bool = False
) -> ProcedureVersion:
    """Make a draft the version new cases follow; open cases follow it only when asked.

    Raises DomainError naming the article when it is harsher than the law, or when it is no longer a draft.
    """
    read = procedure.load(draft.source)
    legality.check(read, today)
    _check_references(read, draft.office, today)
    _check_wordings(read)
    last = ProcedureVersion.objects.filter(
        office=draft.office, code=draft.code, status=Status.PUBLISHED
    ).aggregate(n=Max("version"))["n"]
    changed = move_all(
        ProcedureVersion.objects.filter(pk=draft.pk, source=draft.source),
        Status.PUBLISHED,
        VERSION,
        version=(last or 0) + 1,
        published_at=timezone.now(),
        published_on=today,
        moves_open_cases=move_open_cases,
        reason=reason,
        author=actor,
    )
    if changed != 1:
        raise DomainError("moved", "Ce brouillon a été publié ou modifié entre-temps : rien n’a été changé.")
    draft.refresh_from_db()
    record(
        "procedure.published",
        office=draft.office,
        actor=actor,
        target=draft,
        data={"code": draft.code, "version": draft.version, "moves_open_cases": move_open_cases},
    )
    return draft


def _check_references(read: Procedure, office: Office, today: date) -> None:
    value = policy.value_of(policy.effective(office.kind, {}), today)
    for step in read.active:
        resolve(step.condition, value)


def _check_wordings(read: Procedure) -> None:
    """Every sending has a wording made for its channel and this creditor, saying what the step declares."""
    known = catalogue()
    for step in read.active:
        for channel in step.channels:
            wording = known.get(step.templates[channel])
            if wording is None or not kind(read.kind).fits(wording.traits):
                raise StepError(step.code, f"le modèle « {step.templates[channel]} » n’existe pas")
            if wording.media != channel and not (wording.is_letter and channel in ("letter", "lrar")):
                raise StepError(step.code, f"le modèle « {wording.label_fr} » n’est pas fait pour ce canal")
            missing = set(step.mentions) - {mention.id for mention in wording.mentions}
            if wording.is_letter and missing:
                raise StepError(
                    step.code, f"« {wording.label_fr} » ne porte pas la mention « {min(missing)} »"
                )


@transaction.atomic
def assign(*, office: Office, nature: str, code: str, actor: User) -> ProcedureAssignment:
    """Choose which procedure follows a nature of claim. DomainError when it does not fit that nature."""
    kind(office.kind).nature(nature)
    read = procedure.load(newest(office=office, code=code).source)
    if nature not in read.natures:
        raise DomainError(
            "procedure_nature", f"La procédure « {read.label_fr} » ne convient pas à cette nature."
        )
    found, _ = ProcedureAssignment.objects.update_or_create(
        office=office, nature=nature, defaults={"code": code}
    )
    record(
        "procedure.assigned", office=office, actor=actor, target=found, data={"nature": nature, "code": code}
    )
    return found


@transaction.atomic
def set_policy(
    *, office: Office, key: str, value: Any, actor: User, today: date, reason: str = ""
) -> PolicyValue:
    """Record an office's own value of a setting from today on; history stays. DomainError: out of bounds."""
    checked = policy.check(office.kind, key, value)
    former = policy_of(office, today).get(key)
    found = PolicyValue.objects.create(
        office=office, key=key, value=checked, reason=reason, author=actor, from_on=today
    )
    record(
        "policy.set",
        office=office,
        actor=actor,
        target=found,
        data={"key": key, "changed": {key: [former, checked]}},
    )
    return found
