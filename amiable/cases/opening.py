"""A dossier begins: its pieces are looked for, its fields prefilled, its limits set. Once per event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import cases_of, open_dossier_for, tell, tell_all
from amiable.cases.models import CaseAccount, Dossier, DossierPiece, Partner
from amiable.cases.parties import first_parties, keep_partner
from amiable.cases.partners import partner_among, partners_of
from amiable.cases.pieces import (
    Checklist,
    check_pieces,
    first_pieces,
    request_missing,
    stage_of,
    write_pieces,
)
from amiable.core.access import require
from amiable.core.frames import append_rows
from amiable.core.models import Office, User
from amiable.diary.writing import open_for
from amiable.domain.cases.family import READY
from amiable.domain.cases.kind import Kind
from amiable.domain.cases.windows import duty_on
from amiable.domain.creditors import kind as creditor
from amiable.domain.decision import facts as vocabulary
from amiable.domain.decision.compiling import holds
from amiable.domain.decision.conditions import Condition, resolve
from amiable.domain.decision.policy import value_of
from amiable.domain.errors import DomainError
from amiable.limits.models import Limit
from amiable.limits.services import prepared, write_limits
from amiable.positions.facts import Rules, frame, rules


@dataclass(frozen=True)
class Wish:
    """What whoever opens a case says of it, beside what the office knows."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    event_on: date | None = None
    is_urgent: bool = False
    beside: tuple[Account, ...] = ()


@transaction.atomic
def open_dossier(
    *,
    account: Account,
    kind: str,
    actor: User | None,
    today: date,
    fields: Mapping[str, Any] | None = None,
    event_on: date | None = None,
    is_urgent: bool = False,
    beside: Sequence[Account] = (),
    version: int | None = None,
) -> Dossier:
    """The open case of that kind, or a new one prepared from what the office knows; a piece it lacks
    creates its request.

    event_on: the day it became due, found in the facts by default; the same event gives the same case.
    beside: the other accounts it covers. Raises DomainError when the kind does not fit the office,
    must not be made (departed tenant), or when another case of the kind covers one of them."""
    wanted = kind_of(kind)
    if actor is not None:
        require(actor, wanted.capability)
    others = [one for one in dict.fromkeys(beside) if one.pk != account.pk]
    open_for(account, actor=None, version=version)
    for one in others:
        open_for(one, actor=None, version=None)
    known = rules(account.office, today)
    ids = [account.pk, *(one.pk for one in others)]
    told = vocabulary.with_derived(frame(office=account.office, as_of=today, ids=ids, known=known), today)
    for row in told.iter_slices(1):
        check_may(wanted, row, known)
    _check_free(wanted, account, others)
    wish = Wish(fields or {}, event_on, is_urgent, tuple(others))
    present, made = _open(wanted, told, {account.pk: account}, known, actor=actor, wish=wish)
    for dossier in made.values():
        # Who opens one wants it complete; the night only proposes, and asks nobody for anything.
        request_missing(dossier, actor=actor, today=today)
    return (present | made)[account.pk]


@transaction.atomic
def open_proposed(kind: Kind, told: pl.DataFrame, accounts: Mapping[int, Account], known: Rules) -> int:
    """The night's `open_dossier` for many accounts at once; how many are new.

    told: every fact of accounts of one office for which that kind is due."""
    Account.objects.filter(pk__in=list(accounts)).update(version=F("version") + 1)
    _, made = _open(kind, told, accounts, known, actor=None, wish=Wish())
    return len(made)


def _open(
    kind: Kind,
    told: pl.DataFrame,
    accounts: Mapping[int, Account],
    known: Rules,
    *,
    actor: User | None,
    wish: Wish,
) -> tuple[dict[int, Dossier], dict[int, Dossier]]:
    """(those there already, the new ones), by account. told: the facts of accounts of one office,
    and of those that the only new one covers beside its own."""
    claimed = told
    told = told.filter(pl.col("account_id").is_in(list(accounts)))
    events = dict(zip(told["account_id"], _event_days(kind, told, wish.event_on), strict=True))
    present = _present(kind, events)
    told = told.filter(~pl.col("account_id").is_in(list(present)))
    partners = partners_of(kind, known.office)
    made: dict[int, Dossier] = {}
    for row in told.iter_rows(named=True):
        account, day = accounts[row["account_id"]], events[row["account_id"]]
        dossier = made[account.pk] = Dossier(
            office=known.office,
            account=account,
            kind=kind.code,
            partner=partner_among(partners, account),
            opened_on=known.as_of,
            event_on=day,
            regime=(row.get(kind.regime_fact) or "") if kind.regime_fact else "",
            is_urgent=wish.is_urgent,
            created_by=actor,
            key=_key(kind, account.pk, day),
        )
        dossier.fields = {**prefilled(dossier, row, known.as_of), **wish.fields}
    covered = _covered(made, wish.beside, claimed, known)
    _write(kind, made, told, known, actor=actor, covered=covered, wish=wish)
    return present, made


def _check_free(kind: Kind[Dossier], account: Account, others: Sequence[Account]) -> None:
    """DomainError when the accounts are not those of one debtor, or one is in another case of the kind."""
    for one in others:
        if one.office_id != account.office_id or one.person_id != account.person_id:
            raise DomainError(
                "case_of_two_people",
                f"Les comptes {account.ref} et {one.ref} ne sont pas du même débiteur : rien n’a été ouvert.",
            )
        begun = cases_of(one).filter(kind=kind.code, stage__in=kind.begun_stages)
        if taken := begun.exclude(covers__account=account).first():
            raise DomainError(
                "case_elsewhere",
                f"Le compte {one.ref} est déjà dans {taken} : terminez-le d’abord. Rien n’a été ouvert.",
            )


def _covered(
    made: Mapping[int, Dossier], beside: Sequence[Account], told: pl.DataFrame, known: Rules
) -> list[CaseAccount]:
    """The accounts of each new case, with what is to be claimed of them that day. told: all of them."""
    claims = dict(told.select("account_id", pl.col("actionable_cents").fill_null(0)).iter_rows())
    return [
        CaseAccount(case=case, account=account, claimed_cents=claims[account.pk], as_of=known.as_of)
        for case in made.values()
        for account in (case.account, *beside)
    ]


def _write(
    kind: Kind[Dossier],
    made: Mapping[int, Dossier],
    told: pl.DataFrame,
    known: Rules,
    *,
    actor: User | None,
    covered: list[CaseAccount],
    wish: Wish,
) -> None:
    """The new dossiers with their limits, their pieces and what is told of them, in few statements."""
    limits = _first_limits(kind, made, told, known)
    pieces = first_pieces(covered, kind, known.as_of)
    _meet_by_pieces(kind, limits, pieces, known.as_of)
    for limit in limits:
        dossier = made[limit.account_id]
        if limit.state == Limit.State.OPEN:
            dossier.limit_on = min(dossier.limit_on or limit.limit_on, limit.limit_on)
    held: dict[int, list[DossierPiece]] = {pk: [] for pk in made}
    for row, _ in pieces:
        held[row.dossier.account_id].append(row)
    for pk, dossier in made.items():
        dossier.stage = stage_of(dossier, held[pk])
    append_rows(made.values())
    for limit in limits:
        limit.case = made[limit.account_id]
    write_limits(limits, actor=actor, today=known.as_of)
    append_rows(covered)
    append_rows(first_parties(covered))
    write_pieces(pieces)
    events: list[tuple[Dossier, str, dict[str, Any]]] = []
    for dossier in made.values():
        typed = {"typed": sorted(wish.fields)} if wish.fields else {}
        events.append((dossier, "opened", {"regime": dossier.regime, **typed}))
        if dossier.stage == READY:
            events.append((dossier, READY, {}))
    tell_all(events, actor=actor, today=known.as_of)


def _meet_by_pieces(kind: Kind, limits: list[Limit], pieces: Checklist, today: date) -> None:
    """A limit that a paper meets is met from the start when the office holds it, dated in time."""
    codes = {rule.rule: rule.met_by for rule in kind.limits if rule.met_by}
    days = {
        (row.dossier.account_id, row.code): min(one.dated_on for one in documents)
        for row, documents in pieces
        if documents and row.code in codes.values()
    }
    for limit in limits:
        day = days.get((limit.account_id, codes.get(limit.rule, "")))
        if day is not None and day <= limit.limit_on:
            limit.state, limit.met_on, limit.closed_on = Limit.State.MET, day, today


def _event_days(kind: Kind, told: pl.DataFrame, event_on: date | None) -> list[date | None]:
    if event_on is not None or not kind.opens_fact:
        return [event_on] * told.height
    return told.get_column(kind.opens_fact).to_list()


def _key(kind: Kind, account_id: int, event_on: date | None) -> str | None:
    return f"{account_id}:{kind.code}:{event_on.isoformat()}" if event_on else None


def _present(kind: Kind, events: Mapping[int, date | None]) -> dict[int, Dossier]:
    """The dossiers there already: the same event's, else the one in the way."""
    covered = CaseAccount.objects.filter(account__in=events, case__kind=kind.code).order_by("case_id")
    begun = covered.filter(case__stage__in=kind.begun_stages).select_related("case__account__office")
    found = {one.account_id: one.case for one in begun}
    keys = [key for pk, day in events.items() if (key := _key(kind, pk, day))]
    same = Dossier.objects.filter(key__in=keys).select_related("account__office")
    return found | {one.account_id: one for one in same}


def check_may(kind: Kind, told: pl.DataFrame, known: Rules) -> None:
    """DomainError when this kind is not for this office, or what stops it holds. told: one account."""
    check_fits(kind, known.office)
    if is_stopped(kind, told, known):
        raise DomainError("dossier_stopped", f"« {kind.label_fr} » n’a pas lieu d’être ici : {kind.must_fr}")


def check_fits(kind: Kind, office: Office) -> None:
    """DomainError when this kind is not for this office."""
    if not creditor(office.kind).fits(kind.traits):
        raise DomainError("dossier_foreign", f"« {kind.label_fr} » n’existe pas pour ce type de créancier.")


def is_stopped(kind: Kind, told: pl.DataFrame, known: Rules) -> bool:
    """Whether what stops this kind holds. told: one account."""
    return bool(_held(kind.stops_condition, told, known).item())


def _held(condition: Condition, told: pl.DataFrame, known: Rules) -> pl.Series:
    """Whether it holds, account by account."""
    value = value_of(known.book.policy, known.as_of)
    return told.with_columns(_held=holds(resolve(condition, value))).get_column("_held")


def _first_limits(kind: Kind, made: Mapping[int, Dossier], told: pl.DataFrame, known: Rules) -> list[Limit]:
    """The limits each dossier opens with, not yet written: those that exist for it and have their date."""
    found = []
    for rule in kind.limits:
        for row, exists in zip(
            told.iter_rows(named=True), _held(rule.condition, told, known).to_list(), strict=True
        ):
            dossier = made[row["account_id"]]
            from_on = row[rule.from_fact] if rule.from_fact else dossier.event_on
            limit_on = row[rule.on_fact] if rule.on_fact else None
            if not exists or from_on is None or (rule.on_fact and limit_on is None):
                continue
            overrides = known.parameters.overrides
            if limit_on is None:
                limit_on = duty_on(rule.rule, from_on, dossier.office.territory, overrides)
            found.append(
                prepared(
                    dossier.account,
                    rule.rule,
                    from_on=from_on,
                    overrides=overrides,
                    limit_on=limit_on,
                )
            )
    return found


def prefilled(dossier: Dossier, row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the office knows of each field, as JSON keeps it."""
    kind = kind_of(dossier.kind)
    found: dict[str, Any] = {}
    for one in kind.fields:
        if one.source.startswith("account."):
            found[one.code] = getattr(dossier.account, one.source.removeprefix("account."))
        elif one.source:
            found[one.code] = row.get(one.source)
    found |= dict(kind.prefill(dossier, row, today)) if kind.prefill else {}
    return {code: _plain(value) for code, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def edit_fields(
    *,
    dossier: Dossier,
    fields: Mapping[str, Any],
    actor: User,
    today: date,
    partner: Partner | None = None,
    reference: str | None = None,
    version: int | None = None,
) -> Dossier:
    """The officer completes what the dossier says; unknown fields are refused."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    known = {one.code for one in kind.fields}
    if unknown := sorted(set(fields) - known):
        raise DomainError("field_unknown", f"Ce dossier n’a pas de champ « {unknown[0]} ».")
    given = {code: _plain(value) for code, value in fields.items()}
    typed = sorted(code for code, value in given.items() if value != dossier.fields.get(code))
    dossier.fields = {**dossier.fields, **given}
    dossier.partner = partner or dossier.partner
    dossier.reference = dossier.reference if reference is None else reference.strip()[:60]
    dossier.save(update_fields=["fields", "partner", "reference"])
    keep_partner(dossier)
    tell(dossier, "edited", actor=actor, today=today, data={"typed": typed} if typed else {})
    check_pieces(dossier, today=today)
    return dossier
