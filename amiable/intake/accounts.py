"""Committing an accounts list: what is new is created, what changed is updated with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from amiable.accounts.models import Account, AccountTerms
from amiable.accounts.references import bearers
from amiable.core.frames import append_rows
from amiable.core.journal import record_all
from amiable.core.models import Agency, AuditEvent, Office, User
from amiable.core.users import officer_from_list
from amiable.intake.movements import Posted, lost_zeros
from amiable.intake.people import People, Row, chunks, propose_merges
from amiable.intake.readers.table import LINE

#: Terms given without any date are taken as always in force: no earlier value is known.
ALWAYS = date(1990, 1, 1)
_FIELDS = {
    "contract_ref": ("contract", 60),
    "address": ("address", 200),
    "postcode": ("postcode", 10),
    "city": ("town", 80),
    "status": ("status", 10),
    "payment_mode": ("payment_mode", 40),
    "entered_on": ("entered_on", 0),
    "left_on": ("left_on", 0),
    "lease_on": ("lease_on", 0),
    "fiscal_year": ("year", 0),
    "object_label": ("subject", 200),
    "taken_charge_on": ("document_on", 0),
    "notified_on": ("notified_on", 0),
    "nature": ("nature", 20),
}


@dataclass
class Directory:
    """Agencies and officers by code; the unknown ones are created and reported."""

    office: Office
    agencies: dict[str, Agency] = field(default_factory=dict)
    officers: dict[str, User] = field(default_factory=dict)
    new_agencies: list[str] = field(default_factory=list)
    new_officers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Codes are compared without case: « Nord » and « NORD » are one agency of one list.
        self.agencies = {a.code.casefold(): a for a in Agency.objects.filter(office=self.office)}

    def agency(self, code: str | None) -> Agency | None:
        if not code:
            return None
        found = self.agencies.get(code.casefold())
        if found is None:
            found = Agency.objects.create(office=self.office, code=code[:60], name=code[:120])
            self.agencies[code.casefold()] = found
            self.new_agencies.append(code)
        return found

    def officer(self, code: str | None) -> User | None:
        if not code:
            return None
        if code not in self.officers:
            self.officers[code], created = officer_from_list(office=self.office, code=code[:60])
            if created:
                self.new_officers.append(code)
        return self.officers[code]


@dataclass
class _Changes:
    created: list[Account] = field(default_factory=list)
    updated: dict[int, Account] = field(default_factory=dict)
    unchanged: int = 0
    #: account id -> names of the fields that changed
    names: dict[int, list[str]] = field(default_factory=dict)
    #: what was new in the list: to propose merges
    persons: list[Any] = field(default_factory=list)


def commit_accounts(
    *, office: Office, good: pl.DataFrame, actor: User | None, today: date, import_id: int
) -> Posted:
    """Create and update the accounts of a checked list, inside the caller's transaction.

    Accounts the list does not name stay untouched. A row repeated in the file is a duplicate.
    """
    posted = Posted(duplicates=int(good["repeats"].sum()))
    good = _without_lost_zeros(office, good, posted)
    # A row without date of effect comes first: for a new account it is the one in force since the entry.
    rows = good.filter(~pl.col("repeats")).sort("effective_on", LINE, nulls_last=False).to_dicts()
    changes, touched = write_accounts(office, rows, actor, today, import_id, posted, nature="loyer")
    terms = _write_terms(rows, touched, today)
    posted.accepted = len(rows)
    posted.account_ids = [a.pk for a in touched.values()]
    report_changes(posted, changes, terms)
    journal_changes(office, actor, import_id, changes, terms)
    return posted


def _without_lost_zeros(office: Office, good: pl.DataFrame, posted: Posted) -> pl.DataFrame:
    """`good` without the rows that would create the twin of an account known with zeros before its number."""
    padded = lost_zeros(office, good["account"])
    known = set(bearers(office, list(padded))["name"]) if padded else set()
    lost = {number: ref for number, ref in padded.items() if number not in known}
    marked = good.with_columns(
        pl.col("account").replace_strict(lost, default=None, return_dtype=pl.String).alias("_known")
    )
    reason = pl.format(
        "numéro de compte « {} » sans ses zéros de tête : « {} » est connu", "account", "_known"
    )
    posted.errors.append(marked.filter(pl.col("_known").is_not_null()).select(LINE, reason.alias("reason")))
    return marked.filter(pl.col("_known").is_null()).drop("_known")


def write_accounts(
    office: Office,
    rows: Sequence[Row],
    actor: User | None,
    today: date,
    import_id: int,
    posted: Posted,
    *,
    nature: str,
) -> tuple[_Changes, dict[str, Account]]:
    """Persons, agencies, officers, accounts. Returns what changed and the accounts by reference."""
    existing = _existing(office, {r["account"] for r in rows})
    directory = Directory(office)
    people = People(office, today)
    people.load({r["person"] for r in rows if r["person"]})
    changes = _Changes()
    fresh: dict[str, Account] = {}
    for row in rows:
        account = existing.get(row["account"]) or fresh.get(row["account"])
        person = people.person_of(row, account.person if account else None)
        row["nature"] = row.get("nature") or (account.nature if account else nature)
        values = _values(row, directory)
        if account is None:
            fresh[row["account"]] = account = Account(office=office, ref=row["account"])
            changes.created.append(account)
        changed = [n for n, v in values.items() if v is not None and getattr(account, n) != v]
        if account.person_id is None or account.person is not person:
            changed.append("person")
            account.person = person
        for name in changed:
            if name != "person":
                setattr(account, name, values[name])
        if account.pk and changed:
            changes.updated[account.pk] = account
            changes.names[account.pk] = sorted(
                {*changes.names.get(account.pk, []), *(n.removesuffix("_id") for n in changed)}
            )
    people.save()
    _save(changes)
    changes.unchanged = len(existing) - len(changes.updated)
    posted.details["merge_proposals"] = propose_merges(office, [p for p in people.created if p.pk])
    posted.details |= {"new_agencies": directory.new_agencies, "new_officers": directory.new_officers}
    return changes, existing | fresh


def _existing(office: Office, refs: set[str]) -> dict[str, Account]:
    """The accounts known by these references, their own or another name."""
    named = bearers(office, refs).filter(pl.col("name").is_in(list(refs)))
    by_id: dict[int, Account] = {}
    for part in chunks(named["account_id"].unique().to_list()):
        by_id |= {a.pk: a for a in Account.objects.filter(pk__in=part).select_related("person")}
    return {name: by_id[pk] for name, pk in named.select("name", "account_id").iter_rows()}


def _values(row: Row, directory: Directory) -> dict[str, Any]:
    """The account's fields as the row gives them; None: the row does not say."""
    values: dict[str, Any] = {}
    for name, (column, width) in _FIELDS.items():
        value = row.get(column)
        values[name] = value[:width] if width and isinstance(value, str) else value
    agency, officer = directory.agency(row["agency"]), directory.officer(row["officer"])
    values["agency_id"] = agency.pk if agency else None
    values["officer_id"] = officer.pk if officer else None
    return values


def _save(changes: _Changes) -> None:
    for account in changes.created:
        account.person_id = account.person.pk  # the person was saved after being linked
    append_rows(changes.created)
    for account in changes.updated.values():
        account.person_id = account.person.pk
        account.version += 1
    Account.objects.bulk_update(
        changes.updated.values(), [*_FIELDS, "person", "agency", "officer", "version"], batch_size=200
    )


def _write_terms(rows: Sequence[Row], accounts: dict[str, Account], today: date) -> dict[int, dict[str, Any]]:
    """Rent, charges and aid, dated. Returns the changes by account id, for the journal.

    `date_effet` dates them; without it, the first terms start on entry and later ones on the day of the
    import,
    only when they differ from those in force.
    """
    history: dict[int, dict[date, AccountTerms]] = {}
    for part in chunks([a.pk for a in accounts.values()]):
        for terms in AccountTerms.objects.filter(account_id__in=part).order_by("effective_on"):
            history.setdefault(terms.account_id, {})[terms.effective_on] = terms
    created: list[AccountTerms] = []
    updated: list[AccountTerms] = []
    changed: dict[int, dict[str, Any]] = {}
    for row in rows:
        account = accounts[row["account"]]
        known = history.setdefault(account.pk, {})
        if all(row[c] is None for c in ("rent_cents", "charges_cents", "aid_cents", "third_party")):
            continue
        effective = row["effective_on"] or (
            today if known else account.entered_on or account.lease_on or ALWAYS
        )
        before = [known[d] for d in sorted(known) if d <= effective]
        wanted = _terms(row, before[-1] if before else None)
        if before and _figures(before[-1]) == wanted:
            continue
        at = known.get(effective)
        if at is None:
            at = AccountTerms(account=account, effective_on=effective)
            known[effective] = at
            created.append(at)
        else:
            updated.append(at)
        if before:
            changed[account.pk] = {
                "effective_on": effective.isoformat(),
                "from": _figures(before[-1]),
                "to": wanted,
            }
        at.rent_cents, at.charges_cents, at.aid_cents, at.third_party = wanted
    append_rows(created)
    AccountTerms.objects.bulk_update(
        [t for t in updated if t.pk],
        ["rent_cents", "charges_cents", "aid_cents", "third_party"],
        batch_size=500,
    )
    return changed


def _figures(terms: AccountTerms) -> tuple[int, int, int, bool]:
    return terms.rent_cents, terms.charges_cents, terms.aid_cents, terms.third_party


def _terms(row: Row, before: AccountTerms | None) -> tuple[int, int, int, bool]:
    """The row's figures; a cell left empty keeps the earlier value."""
    base = _figures(before) if before else (0, 0, 0, False)
    given = (row["rent_cents"], row["charges_cents"], row["aid_cents"], row["third_party"])
    rent, charges, aid, third_party = (b if g is None else g for g, b in zip(given, base, strict=True))
    return int(rent), int(charges), int(aid), bool(third_party)


def report_changes(posted: Posted, changes: _Changes, terms: dict[int, dict[str, Any]]) -> None:
    posted.details |= {
        "created": len(changes.created),
        "updated": len(changes.updated),
        "unchanged": changes.unchanged,
        "terms_changed": len(terms),
    }


def journal_changes(
    office: Office, actor: User | None, import_id: int, changes: _Changes, terms: dict[int, dict[str, Any]]
) -> None:
    """One event per changed account: a bulk writer writes the journal itself (names of fields, never their
    text).
    """
    events = [
        AuditEvent(
            office=office, actor=actor, verb="account.updated", object_type="account", object_id=pk,
            account_id=pk,
            data={"import": import_id, "fields": names},
        )
        for pk, names in changes.names.items()
    ] + [
        AuditEvent(
            office=office, actor=actor, verb="account.terms_changed", object_type="account", object_id=pk,
            account_id=pk, data={"import": import_id, **change},
        )
        for pk, change in terms.items()
    ]  # fmt: skip
    record_all(events)
