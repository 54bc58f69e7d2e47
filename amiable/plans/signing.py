"""Signing: on paper with its scan, or electronically with its evidence (PLAN-02); then the plan runs."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from amiable.core.models import User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary.holds import HoldKind, record_hold
from amiable.diary.interruptions import record_interruption
from amiable.diary.writing import open_for
from amiable.domain.errors import DomainError
from amiable.domain.text.french import search_key
from amiable.plans.deciding import check_statement
from amiable.plans.documents import make_plan_document
from amiable.plans.ending import acknowledgement_key, lift_holds
from amiable.plans.following import follow_versions
from amiable.plans.lifecycle import State, transition
from amiable.plans.models import PlanVersion
from amiable.procedures.in_force import policy_of

Signature: Any = PlanVersion.Signature
#: What a scan may be, by its first bytes.
_SCANS = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_MAX_SCAN = 10 * 1024 * 1024
CONSENT_FR = (
    "Je reconnais la dette détaillée dans ce plan d’apurement, j’en accepte l’échéancier et je consens à le "
    "signer sous forme électronique."
)


@transaction.atomic
def ready_to_sign(*, version: PlanVersion, actor: User, now: datetime) -> PlanVersion:
    """Make the document both parties will sign, once the version is approved."""
    today = now.date()
    open_for(version.plan.account, actor=actor, version=None)
    if version.state != State.APPROVED:
        raise DomainError("plan_not_approved", "Ce plan n’est pas encore approuvé.")
    check_statement(version)
    document = make_plan_document(version, actor=actor, now=now)
    return transition(version, State.TO_SIGN, actor=actor, today=today, document=document)


@transaction.atomic
def sign_on_paper(
    *, version: PlanVersion, scan: bytes, signed_on: date, actor: User, now: datetime
) -> PlanVersion:
    """The signed paper, scanned (PDF, PNG or JPEG): the plan runs from `signed_on`."""
    today = now.date()
    open_for(version.plan.account, actor=actor, version=None)
    media_type = next((kind for start, kind in _SCANS.items() if scan.startswith(start)), "")
    if not media_type or len(scan) > _MAX_SCAN:
        raise DomainError(
            "plan_bad_scan",
            "Joignez le plan signé en PDF, PNG ou JPEG, de 10 Mo au plus. Rien n’a été enregistré.",
        )
    if not version.statement_on <= signed_on <= today:
        raise DomainError("plan_bad_day", "La date de signature est entre celle du décompte et aujourd’hui.")
    proof = _add(version, "plan_signe", "Plan d’apurement signé", scan, media_type, actor, today)
    return _start(version, Signature.PAPER, signed_on, proof, None, actor, today)


@transaction.atomic
def take_over(*, version: PlanVersion, signed_on: date, actor: User, today: date) -> PlanVersion:
    """An approved plan whose signed paper stayed with the former tool: it runs, without a document here."""
    open_for(version.plan.account, actor=actor, version=None)
    ready = transition(version, State.TO_SIGN, actor=actor, today=today)
    return _start(ready, Signature.PAPER, signed_on, None, None, actor, today)


@transaction.atomic
def sign_electronically(
    *,
    version: PlanVersion,
    typed_name: str,
    consents: bool,
    sha256: str,
    actor: User,
    now: datetime,
    station: str = "",
) -> PlanVersion:
    """The debtor signs at the desk, identified by the officer: name typed, consent given, document sealed.

    sha256: of the document the debtor had on screen; it must be the one made. station: the address of the
    workstation. The evidence (who, when, what) is kept as a document of its own."""
    today = now.date()
    open_for(version.plan.account, actor=actor, version=None)
    document = version.document
    if version.state != State.TO_SIGN or document is None:
        raise DomainError("plan_not_to_sign", "Ce plan n’est pas prêt à être signé.")
    # The one the document is made out to: the holder, or the guardian who represents them.
    person = document.person or version.plan.person
    if not consents:
        raise DomainError("plan_no_consent", "Cochez le consentement : sans lui, rien n’est signé.")
    if search_key(person.last_name) not in search_key(typed_name):
        raise DomainError("plan_wrong_name", f"Le nom saisi n’est pas celui du signataire ({person}).")
    if document.sha256 != sha256:
        raise DomainError("stale", "Le document a changé depuis son affichage : relisez-le d’abord.")
    store.read(document)
    told = _evidence(version, document, typed_name.strip(), actor, now, station)
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    title = "Preuve de signature électronique"
    evidence = _add(version, "plan_preuve", title, content, "application/json", actor, today)
    return _start(version, Signature.ELECTRONIC, today, document, evidence, actor, today)


def _evidence(
    version: PlanVersion, document: Document, typed_name: str, actor: User, now: datetime, station: str
) -> dict[str, Any]:
    """Who, when, what: everything a judge would ask of a simple electronic signature."""
    plan = version.plan
    return {
        "what": {
            "title": document.title,
            "document_id": document.pk,
            "sha256": document.sha256,
            "size": document.size,
            "plan_id": plan.pk,
            "version": version.number,
            "debt_cents": version.debt_cents,
        },
        "who": {
            "person_id": document.person_id,
            "name": str(document.person or plan.person),
            "typed_name": typed_name,
            "identified_by": {"user": actor.username, "name": str(actor)},
        },
        "when": now.isoformat(),
        "how": {
            "level": "signature électronique simple",
            "rule": "PLAN-02",
            "consent": CONSENT_FR,
            "station": station,
            "place": plan.account.agency.name if plan.account.agency else plan.office.name,
        },
    }


def _add(
    version: PlanVersion,
    code: str,
    title: str,
    content: bytes,
    media_type: str,
    actor: User,
    today: date,
) -> Document:
    plan = version.plan
    return store.add_document(
        office=plan.office,
        code=code,
        title=title,
        content=content,
        dated_on=today,
        actor=actor,
        account=plan.account,
        person=plan.person,
        media_type=media_type,
    )


def _start(
    version: PlanVersion,
    signature: str,
    signed_on: date,
    proof: Document | None,
    evidence: Document | None,
    actor: User,
    today: date,
) -> PlanVersion:
    """The version is in force; the one before it is replaced, and its holds with it.

    Signing acknowledges the debt in writing: the prescription starts again on each account (TIME-02)."""
    if version.state != State.TO_SIGN:
        raise DomainError("plan_not_to_sign", "Ce plan n’est pas prêt à être signé.")
    before = version.plan.versions.filter(state=State.ACTIVE).first()
    if before is not None:
        lift_holds(before, actor=actor, today=today)
        transition(before, State.REPLACED, actor=actor, today=today, ended_on=today)
    tolerance = int(policy_of(version.plan.office, today)["plan_tolerance_days"])
    ends_on = max(version.last_due_on, today) + timedelta(days=tolerance)
    for account in version.plan.accounts.order_by("pk"):
        hold = record_hold(
            account=account,
            kind=HoldKind.PLAN,
            reason=f"plan d’apurement signé le {signed_on:%d/%m/%Y}",
            starts_on=signed_on,
            ends_on=ends_on,
            actor=actor,
            today=today,
        )
        version.holds.add(hold)
        record_interruption(
            account=account,
            act="acknowledgement",
            on=signed_on,
            actor=actor,
            today=today,
            key=acknowledgement_key(version, account),
        )
    signed: dict[str, Any] = {
        "signature": signature,
        "signed_on": signed_on,
        "proof": proof,
        "evidence": evidence,
    }
    done = transition(version, State.ACTIVE, actor=actor, today=today, event="signed", **signed)
    follow_versions(version.plan.office, [done], today)
    done.refresh_from_db()
    return done
