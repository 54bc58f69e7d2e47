"""The CAF after the signalement: what the tenant pays of the current expense (CAF-13), the penalty risked
(CAF-06), and the structured files of a signalement and of the six-monthly follow-up (CAF-12)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from amiable.cases.models import Dossier
from amiable.cases.telling import terms_on
from amiable.domain import law
from amiable.domain.cases.family import FOLLOWED
from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.spreadsheets import neutral
from amiable.ledger.models import Entry

#: Columns of both files, documented in docs/guide/dossiers.md.
SIGNALEMENT = (
    "reference", "caisse", "allocataire", "nom", "prenom", "compte", "adresse", "code_postal", "ville",
    "regle", "premier_impaye_le", "constitue_le", "dette_cents", "loyer_cents", "charges_cents", "aide_cents",
    "tiers_payant", "limite_le",
)  # fmt: skip
FOLLOW_UP = (
    "reference", "reference_caisse", "caisse", "allocataire", "nom", "prenom", "compte", "reponse",
    "reponse_le", "dette_cents", "depense_courante_cents", "paye_cents", "part_payee", "moitie_payee",
    "courant_paye",
)  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """Over a period, in cents: what was left to the tenant to pay, what they paid."""

    expense_cents: int
    paid_cents: int

    @property
    def percent(self) -> int:
        return 100 if not self.expense_cents else self.paid_cents * 100 // self.expense_cents

    @property
    def is_current_paid(self) -> bool:
        return self.paid_cents >= self.expense_cents

    def is_half_paid(self, on: date) -> bool:
        """CAF-13: at least the law's share of the net expense."""
        return self.percent >= law.get("CAF-13", on, "paid_share").number


_DUE = [EntryKind.QUITTANCE, EntryKind.REGULARISATION, EntryKind.SLS]
_AID = [EntryKind.APL, EntryKind.RLS]
_PAID = [EntryKind.ENCAISSEMENT, EntryKind.REJET]


def paid_over(account_ids: Sequence[int], on: date) -> dict[int, Paid]:
    """What each tenant paid of the net expense since the CAF last looked (CAF-12's period). One query."""
    months = int(law.get("CAF-12", on, "every").number)
    since = add_months(on, -months)
    rows = Entry.objects.filter(account_id__in=account_ids, document_on__gt=since, document_on__lte=on)
    summed = (
        rows.order_by()
        .values("account_id")
        .annotate(
            due=Sum("amount_cents", filter=Q(kind__in=_DUE), default=0),
            aid=Sum("amount_cents", filter=Q(kind__in=_AID), default=0),
            paid=Sum("amount_cents", filter=Q(kind__in=_PAID), default=0),
        )
    )
    found = {row["account_id"]: Paid(max(0, row["due"] + row["aid"]), max(0, -row["paid"])) for row in summed}
    return {pk: found.get(pk, Paid(0, 0)) for pk in account_ids}


@dataclass(frozen=True)
class Risk:
    """What a late signalement may cost: at most so many cents, the law's cap; `outdated_fr` of an old cap."""

    most_cents: int
    cap_cents: int
    months: int
    outdated_fr: str


def penalty_risk(dossier: Dossier, today: date) -> Risk | None:
    """CAF-06 for a signalement whose limit is past: a share of the aid paid since; None when in time."""
    limit = dossier.limits.filter(rule="CAF-04").first()
    if limit is None:
        return None
    until = dossier.sent_on or today
    if until <= limit.limit_on:
        return None
    terms = terms_on(dossier.account, today)
    months = 1 + (until - limit.limit_on - timedelta(days=1)).days // 30
    undue = months * (terms.aid_cents if terms else 0)
    most = undue * int(law.get("CAF-06", until, "rate").number) // 100
    cap = law.estimate("CAF-06", until, "cap")
    return Risk(min(most, cap.cents), cap.cents, months, cap.outdated_fr)


def signalement_row(dossier: Dossier) -> dict[str, Any]:
    """One signalement as its structured file says it."""
    account, fields = dossier.account, dossier.fields
    terms = terms_on(account, dossier.event_on or dossier.opened_on)
    limit = dossier.limits.filter(rule="CAF-04").first()
    return {
        "reference": str(dossier),
        "caisse": dossier.partner.code if dossier.partner else "",
        "allocataire": fields.get("allocataire", ""),
        "nom": account.person.last_name,
        "prenom": account.person.first_name,
        "compte": account.ref,
        "adresse": account.address,
        "code_postal": account.postcode,
        "ville": account.city,
        "regle": dossier.regime,
        "premier_impaye_le": fields.get("premier_impaye_le", ""),
        "constitue_le": fields.get("constitue_le", ""),
        "dette_cents": fields.get("dette", 0),
        "loyer_cents": fields.get("loyer", 0),
        "charges_cents": fields.get("charges", 0),
        "aide_cents": fields.get("aide", 0),
        "tiers_payant": bool(terms and terms.third_party),
        "limite_le": limit.limit_on.isoformat() if limit else "",
    }


def followed() -> QuerySet[Dossier]:
    """The signalements whose plan the caisse checks, caisse by caisse."""
    rows = Dossier.objects.filter(kind="caf", stage=FOLLOWED)
    return rows.select_related("account__person", "account__position", "partner").order_by("partner", "pk")


def follow_up_rows(dossiers: Sequence[Dossier], on: date) -> list[dict[str, Any]]:
    """The state of every plan the CAF checks (CAF-12). Two queries, whatever their number."""
    paid = paid_over([one.account_id for one in dossiers], on)
    rows = []
    for one in dossiers:
        mine = paid[one.account_id]
        position = getattr(one.account, "position", None)
        rows.append(
            {
                "reference": str(one),
                "reference_caisse": one.reference,
                "caisse": one.partner.code if one.partner else "",
                "allocataire": one.fields.get("allocataire", ""),
                "nom": one.account.person.last_name,
                "prenom": one.account.person.first_name,
                "compte": one.account.ref,
                "reponse": one.answer,
                "reponse_le": one.answered_on.isoformat() if one.answered_on else "",
                "dette_cents": position.caf_debt_cents if position else 0,
                "depense_courante_cents": mine.expense_cents,
                "paye_cents": mine.paid_cents,
                "part_payee": mine.percent,
                "moitie_payee": mine.is_half_paid(on),
                "courant_paye": mine.is_current_paid,
            }
        )
    return rows


def as_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    """Semicolons, UTF-8 with a mark; a cell a spreadsheet would run stays text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return neutral(value) if isinstance(value, str) else value


def as_json(rows: Iterable[dict[str, Any]]) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


def signalements_csv(dossiers: Iterable[Dossier]) -> bytes:
    return as_csv(SIGNALEMENT, map(signalement_row, dossiers))


def signalements_json(dossiers: Iterable[Dossier]) -> bytes:
    return as_json(map(signalement_row, dossiers))
