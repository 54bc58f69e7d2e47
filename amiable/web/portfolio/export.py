"""The filtered list as a file: what its rows say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from amiable.core import clock
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.creditors import kind
from amiable.positions import lists
from amiable.positions.models import AccountPosition
from amiable.web.kit.perform import reads
from amiable.web.kit.sheets import csv_response, xlsx_response
from amiable.web.kit.steps import held_labels, step_label, steps_of_office
from amiable.web.kit.words import person_name
from amiable.web.portfolio.forms import PortfolioForm

HEADERS = (
    "Compte", "Nom", "Adresse", "Code postal", "Ville", "Agence", "Suivi par", "Statut", "Nature",
    "Solde", "Dette exigible", "0 à 30 jours", "31 à 60 jours", "61 à 90 jours", "Plus de 90 jours",
    "Mois de loyer", "Ancienneté (jours)", "Plus ancienne échéance", "Dernier paiement",
    "Prochaine étape", "Le", "Pourquoi", "Retenue", "Limite CAF", "Situation au",
)  # fmt: skip
_CHUNK = 2_000


@reads("read_accounts")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The filtered list for a spreadsheet."""
    return csv_response(*_rows(request, "csv"))


@reads("read_accounts")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a workbook."""
    return xlsx_response(*_rows(request, "xlsx"), "Portefeuille")


def _rows(request: HttpRequest, extension: str) -> tuple[Iterator[tuple[Any, ...]], str]:
    """The rows to write, header first, and the file's name; the export itself is written in the journal."""
    user: User = request.user
    assert user.office is not None
    form = PortfolioForm(user, request.GET)
    rows = lists.portfolio(user, form.narrow())
    record(
        "portfolio.exported",
        office=user.office,
        actor=user,
        data={"format": extension, "accounts": rows.count()},
    )
    name = f"portefeuille-{user.office.code}-{clock.today():%Y-%m-%d}.{extension}"
    return _cells(user, lists.in_order(rows, form.order, user)), name


def _cells(user: User, rows: Any) -> Iterator[tuple[Any, ...]]:
    assert user.office is not None
    steps, held = steps_of_office(user.office.pk), held_labels(user.office.kind)
    natures = {code: nature.label for code, nature in kind(user.office.kind).natures.items()}
    yield HEADERS
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), _CHUNK):
        for position in lists.lines(ids[start : start + _CHUNK]):
            yield _row(position, step_label(steps, position.next_step), held, natures)


def _row(
    position: AccountPosition, step: str, held: dict[str, str], natures: dict[str, str]
) -> tuple[Any, ...]:
    account = position.account
    return (
        account.ref,
        person_name(account.person),
        account.address,
        account.postcode,
        account.city,
        account.agency.name if account.agency else "",
        str(account.officer) if account.officer else "",
        account.get_status_display(),
        natures.get(account.nature, account.nature),
        position.balance_cents / 100,
        position.overdue_cents / 100,
        position.due_0_30_cents / 100,
        position.due_31_60_cents / 100,
        position.due_61_90_cents / 100,
        position.due_over_90_cents / 100,
        position.months_of_debt,
        position.age_days,
        position.oldest_unpaid_on,
        position.last_payment_on,
        step,
        position.next_step_on,
        position.why,
        held.get(position.held_by or "", position.held_by or ""),
        position.caf_limit_on,
        position.as_of,
    )
