"""A dossier begins: its pieces are looked for, its fields prefilled, its limits set. Once per event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from amiable.core.access import require
from amiable.core.models import User
from amiable.diary.writing import open_for
from amiable.domain import facts as vocabulary
from amiable.domain.compiling import holds
from amiable.domain.conditions import resolve
from amiable.domain.dossiers import OPEN, Kind, LimitRule
from amiable.domain.errors import DomainError
from amiable.domain.policy import value_of
from amiable.dossiers.kinds import kind_of
from amiable.dossiers.lifecycle import open_dossier_for, tell
from amiable.dossiers.limits import add_limit
from amiable.dossiers.models import Dossier, Partner
from amiable.dossiers.pieces import check_pieces
from amiable.ledger.models import Account
from amiable.positions.facts import frame, rules


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
    version: int | None = None,
) -> Dossier:
    """The open dossier of that kind, or a new one prepared from what the office knows.

    event_on: the day it became due, found in the facts by default; the same event gives the same dossier.
    Raises DomainError when the kind does not fit the office, or must not be made (departed tenant)."""
    wanted = kind_of(kind)
    if actor is not None:
        require(actor, wanted.capability)
    open_for(account, actor=None, version=version)
    known, row = facts_of(account, today)
    check_may(wanted, account, row, known.book.policy, today)
    event_on = event_on or (row.get(wanted.opens_fact) if wanted.opens_fact else None)
    key = f"{account.pk}:{kind}:{event_on.isoformat()}" if event_on and not wanted.several else None
    present = _present(account, wanted, key)
    if present is not None:
        return present
    made = Dossier.objects.create(
        office=account.office,
        account=account,
        kind=kind,
        partner=partner_of(account, kind),
        opened_on=today,
        event_on=event_on,
        regime=(row.get(wanted.regime_fact) or "") if wanted.regime_fact else "",
        is_urgent=is_urgent,
        created_by=actor,
        key=key,
    )
    made.fields = {**prefilled(made, row, today), **(fields or {})}
    made.save(update_fields=["fields"])
    for rule in wanted.limits:
        _first_limit(made, rule, row, known.book.policy, today)
    tell(made, "opened", actor=actor, today=today, data={"regime": made.regime})
    check_pieces(made, today=today)
    return made


def _present(account: Account, kind: Kind, key: str | None) -> Dossier | None:
    rows = Dossier.objects.filter(account=account, kind=kind.code)
    if key and (same := rows.filter(key=key).first()):
        return same
    return None if kind.several else rows.filter(stage__in=OPEN).order_by("-pk").first()


def facts_of(account: Account, today: date) -> tuple[Any, dict[str, Any]]:
    """(the office's rules, every fact of the account) on a day."""
    known = rules(account.office, today)
    told = frame(office=account.office, as_of=today, ids=[account.pk], known=known)
    return known, vocabulary.with_derived(told, today).row(0, named=True)


def check_may(
    kind: Kind, account: Account, row: Mapping[str, Any], policy: Mapping[str, Any], today: date
) -> None:
    """DomainError when this kind is not for this office, or what stops it holds."""
    if account.office.kind not in kind.creditors:
        raise DomainError("dossier_foreign", f"« {kind.label_fr} » n’existe pas pour ce type de créancier.")
    if _holds(kind.stops_condition, row, policy, today):
        raise DomainError("dossier_stopped", f"« {kind.label_fr} » n’a pas lieu d’être ici : {kind.must_fr}")


def _holds(condition: Any, row: Mapping[str, Any], policy: Mapping[str, Any], today: date) -> bool:
    import polars as pl

    schema = {name: vocabulary.get(name).dtype for name in row if name in vocabulary.FACTS}
    one = pl.DataFrame([{name: row[name] for name in schema}], schema=schema)
    return bool(one.select(holds(resolve(condition, value_of(policy, today))).alias("held")).item())


def _first_limit(
    dossier: Dossier, rule: LimitRule, row: Mapping[str, Any], policy: Mapping[str, Any], today: date
) -> None:
    from_on = row.get(rule.from_fact) if rule.from_fact else dossier.event_on
    limit_on = row.get(rule.on_fact) if rule.on_fact else None
    if (
        (rule.on_fact and limit_on is None)
        or from_on is None
        or not _holds(rule.condition, row, policy, today)
    ):
        return
    add_limit(
        dossier,
        rule.rule,
        from_on=from_on,
        limit_on=limit_on,
        label=rule.label_fr,
        consequence=rule.consequence_fr,
    )


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


def partner_of(account: Account, kind: str) -> Partner | None:
    """The partner of the home's department, else the office's only one for that kind."""
    asked = kind_of(kind).partner_kind or kind
    rows = list(Partner.objects.filter(office_id=account.office_id, kind=asked).select_related("person"))
    for row in rows:
        if any(account.postcode.startswith(each) for each in row.departments.split()):
            return row
    free = [row for row in rows if not row.departments]
    return free[0] if len(free) == 1 else None


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
    dossier.fields = {**dossier.fields, **{code: _plain(value) for code, value in fields.items()}}
    dossier.partner = partner or dossier.partner
    dossier.reference = dossier.reference if reference is None else reference.strip()[:60]
    dossier.save(update_fields=["fields", "partner", "reference"])
    tell(dossier, "edited", actor=actor, today=today)
    check_pieces(dossier, today=today)
    return dossier
