"""Each kind of dossier at each stage it can stand at, on ordinary tenants, for a newcomer to look around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum

from amiable.accounts.models import Account, AccountParty
from amiable.cases import services
from amiable.cases.kinds import of_office
from amiable.cases.models import Dossier
from amiable.cases.pieces import DONE
from amiable.core.clock import PARIS
from amiable.core.models import Office, User
from amiable.correspondence import store
from amiable.demo.scans import SCAN
from amiable.demo.stories import REFS
from amiable.diary import situations
from amiable.diary.situations import Identity
from amiable.domain.cases.family import (
    ABANDONED,
    ACKNOWLEDGED,
    ANSWERED,
    CLOSED,
    FOLLOWED,
    IN_PREPARATION,
    READY,
    SENT,
    TO_PREPARE,
)
from amiable.domain.cases.kind import Kind
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.guarantees.action_logement.contracts import record_guarantee
from amiable.ledger.services import identity, post
from amiable.parties import services as parties

_STAGES = (TO_PREPARE, READY, SENT, ACKNOWLEDGED, ANSWERED, FOLLOWED, CLOSED, ABANDONED)
#: Tenants looked at for one stage: what was owed a month ago may not allow every document.
_TRIES = 4
_LATE = "Repris d’un dossier sur papier"
_SOCIAL = {
    "motif": "budget",
    "attendu": "Proposer un accompagnement budgétaire.",
    "consentement": "a_demander",
}
#: kind -> what an officer fills in.
_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "depart": {"depot": 32_000},
    "bdf": {"reference": "000126007715"},
    "fsl": {"consentement": "oui", "demande": "les_deux", "cause": "Baisse de revenus"},
    "social": _SOCIAL,
    "cil_pass": {"consentement": "oui", "emploi": "prive", "difficulte": "Heures réduites depuis l’été"},
}
#: kind -> stage -> the answers that lead there from a sent dossier.
_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "caf": {ANSWERED: ("suspension",), FOLLOWED: ("maintien",), CLOSED: ("regle",)},
    "caf_depart": {CLOSED: ("pris_en_compte",)},
    "depart": {ANSWERED: ("contestee",), CLOSED: ("introuvable",)},
    "ccapex": {FOLLOWED: ("avis",), CLOSED: ("sans_suite",)},
    "bdf": {ANSWERED: ("etat_du_passif",), FOLLOWED: ("moratoire",), CLOSED: ("recevabilite_annulee",)},
    "social": {ANSWERED: ("autre_service",), FOLLOWED: ("accompagnement",), CLOSED: ("plan_impossible",)},
    "fsl": {ANSWERED: ("ajournement",), FOLLOWED: ("subvention",), CLOSED: ("refus",)},
    "action_logement": {ANSWERED: ("pieces",), FOLLOWED: ("partiel",), CLOSED: ("refus",)},
    "cil_pass": {FOLLOWED: ("suivie",), CLOSED: ("sans_suite",)},
    "caution": {ANSWERED: ("contestee",), CLOSED: ("prise_en_compte",)},
    "caution_annuelle": {CLOSED: ("prise_en_compte",)},
    "caution_appel": {ANSWERED: ("delai",), FOLLOWED: ("partiel",), CLOSED: ("sans_suite",)},
}


@dataclass(frozen=True)
class _Tour:
    """Who acts, and which tenants are still free."""

    office: Office
    officer: User
    social: User
    today: date
    owing: Iterator[Account]
    helped: Iterator[Account]
    gone: Iterator[Account]

    def on(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def tenant(self, kind: Kind) -> Account | None:
        """The next tenant for that kind, with what it needs: an address of their own, a caution."""
        pools = {"depart": self.gone, "caf_depart": self.gone, "caf": self.helped}
        account = next(pools.get(kind.code, self.owing), None)
        if account is None:
            return None
        if kind.code == "depart":
            parties.add_contact_point(
                person=account.person, kind="address", value="8 quai Neuf\n42000 Valmont"
            )
        if kind.code == "action_logement":
            record_guarantee(
                account=account,
                scheme="visale",
                number=f"A2{account.pk:08d}",
                starts_on=self.on(700),
                is_student=True,
                has_clause=True,
                actor=self.officer,
                today=self.on(40),
            )
        if kind.code.startswith("caution"):
            self._with_caution(account)
        return Account.objects.select_related("office", "officer", "person", "agency").get(pk=account.pk)

    def _with_caution(self, account: Account) -> None:
        who = Identity(account.person.last_name, "Hélène", "9 chemin des Vignes\n42000 Valmont")
        situations.tie_person(
            account=account,
            role=AccountParty.Role.GUARANTOR,
            who=who,
            basis=AccountParty.Basis.STUDENT,
            from_on=account.entered_on,
            actor=self.officer,
            today=self.on(40),
        )


def every_stage(office: Office, today: date) -> int:
    """A dossier of each kind at each stage none of the demo's stories stands at; how many were made."""
    users = {user.username: user for user in User.objects.filter(office=office)}
    officer, social = users["c.morel"], users["s.lopez"]
    free = Account.objects.filter(
        office=office, holds=None, dossiers=None, guarantees=None, plans=None, parties=None,
        position__overdue_cents__gt=0,
    ).exclude(ref__in=REFS.values()).exclude(officer=officer)  # fmt: skip
    present = free.filter(status="present", position__overdue_cents__gt=20_000, position__age_days__gt=40)
    tour = _Tour(
        office,
        officer,
        social,
        today,
        iter(present.filter(position__caf_constituted_on=None).order_by("-ref")[:120]),
        iter(present.filter(position__caf_constituted_on__isnull=False).order_by("-ref")[:20]),
        iter(free.filter(status="parti", left_on__isnull=False).order_by("-left_on")[:20]),
    )
    made = 0
    for kind in of_office(office):
        known = set(Dossier.objects.filter(office=office, kind=kind.code).values_list("stage", flat=True))
        for stage in _STAGES:
            if stage not in known and _may_stand(kind, stage):
                made += _placed(tour, kind, stage)
    return made


def _placed(tour: _Tour, kind: Kind, stage: str) -> bool:
    """A dossier at that stage, for the first tenant whose own story allows it; False when none does."""
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                account = tour.tenant(kind)
                if account is None:
                    return False
                _walk(tour, kind, stage, account)
            return True
        except DomainError:
            continue
    return False


def _may_stand(kind: Kind, stage: str) -> bool:
    if stage == TO_PREPARE:
        return any(piece.required for piece in kind.pieces) or any(
            one.required and not one.source for one in kind.fields
        )
    if stage in (READY, SENT, ACKNOWLEDGED, ABANDONED):
        # A request to a colleague leaves as soon as it is worded.
        return not kind.internal or stage not in IN_PREPARATION
    return stage in _ANSWERS.get(kind.code, {})


def _walk(tour: _Tour, kind: Kind, stage: str, account: Account) -> None:
    """The dossier goes as far as the stage, each act on its own day."""
    actor = account.officer or tour.officer
    fields = {} if stage == TO_PREPARE and kind.code != "social" else _FIELDS.get(kind.code, {})
    dossier = services.open_dossier(
        account=account, kind=kind.code, fields=fields, actor=actor, today=tour.on(30)
    )
    if stage == TO_PREPARE:
        return
    if stage == ABANDONED:
        reason = "Ouvert par erreur sur ce compte"
        services.close_dossier(dossier=dossier, reason=reason, abandoned=True, actor=actor, today=tour.on(29))
        return
    dossier = _complete(dossier, actor, tour)
    if stage == READY:
        return
    way = "internal" if kind.internal else "post" if kind.recipients else "portal"
    at = datetime.combine(tour.on(25), time(10, 30), PARIS)
    dossier = services.send(dossier=dossier, way=way, actor=actor, now=at, late_reason=_LATE)
    if stage == ACKNOWLEDGED:
        services.acknowledge(dossier=dossier, on=tour.on(20), actor=actor, today=tour.on(20))
    for code in _ANSWERS.get(kind.code, {}).get(stage, ()):
        _answer(tour, dossier, code, actor)


def _complete(dossier: Dossier, actor: User, tour: _Tour) -> Dossier:
    """Every piece is brought; a recevabilité comes before its declaration."""
    if dossier.kind == "bdf":
        given = {"recevable_le": tour.on(29)}
        services.record_event(
            dossier=dossier, code="recevable", on=tour.on(28), values=given, actor=actor, today=tour.on(28)
        )
        dossier.refresh_from_db()
    for row in dossier.pieces.exclude(state__in=DONE):
        services.upload_piece(
            dossier=dossier, code=row.code, content=SCAN, media_type="application/pdf",
            actor=actor, today=tour.on(28),
        )  # fmt: skip
    return Dossier.objects.select_related("account__office", "office", "partner").get(pk=dossier.pk)


def _paid(account: Account, on: date) -> None:
    """A debt is told as settled once the ledger says so."""
    owed = account.entries.aggregate(owed=Sum("amount_cents"))["owed"] or 0
    if owed > 0:
        post(
            account=account,
            kind=EntryKind.ENCAISSEMENT,
            document_on=on,
            amount_cents=-owed,
            key=identity("demo", "settled", account.pk),
        )


def _answer(tour: _Tour, dossier: Dossier, code: str, actor: User) -> None:
    on = tour.on(10)
    if code == "regle":
        _paid(dossier.account, on)
    values: dict[str, dict[str, Any]] = {
        "partiel": {"montant": 5_000, "au_compte": "non"},
        "moratoire": {"decide_le": on, "mois": 12},
        "subvention": {"montant": 40_000, "verse_avant": tour.today + timedelta(days=30)},
    }
    letter = store.add_document(
        office=dossier.office, code="preuve_dossier", title="Réponse du partenaire", content=SCAN,
        dated_on=on, actor=actor, account=dossier.account, person=dossier.account.person, pages=1,
    )  # fmt: skip
    services.record_event(
        dossier=dossier, code=code, on=on, document=letter,
        values={**values.get(code, {}), "late_reason": _LATE},
        actor=tour.social if dossier.kind == "social" else actor, today=on,
    )  # fmt: skip
