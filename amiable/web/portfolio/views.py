"""Portefeuille: every account of the office one may see, found, narrowed, sorted, added up."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.accounts.models import Account
from amiable.accounts.references import bearers
from amiable.core import clock
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.creditors import kind
from amiable.positions import lists
from amiable.web.kit.lines import lines_of
from amiable.web.kit.perform import reads
from amiable.web.kit.request import page_number
from amiable.web.kit.steps import steps_of_office
from amiable.web.portfolio.forms import PortfolioForm


@dataclass(frozen=True)
class Column:
    """One column: its header, its sort key, the order a first click gives, whether it holds figures."""

    label: str
    key: str
    first: str = ""
    numeric: bool = False


COLUMNS = (
    Column("Logement", "home"),
    Column("Suivi par", "officer"),
    Column("Solde", "balance", "-", True),
    Column("Dette", "debt", "-", True),
    Column("Mois", "months", "-", True),
    Column("Âge", "age", "-", True),
    Column("Prochaine étape", "step"),
    Column("Limite", "limit", "", True),
)


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """The list; an exact reference opens its account at once."""
    user: User = request.user
    if user.office is None:
        return redirect("day")
    form = PortfolioForm(user, request.GET)
    keep = form.narrow()
    if keep.text and not form.active and (found := exact(user, keep.text)):
        return redirect("account", found.ref)
    rows = lists.portfolio(user, keep)
    totals = lists.totals(rows)
    page = lists.page(lists.in_order(rows, form.order, user), page_number(request), totals.accounts)
    steps, today = steps_of_office(user.office.pk), clock.today()
    office_kind = kind(user.office.kind)
    context = {
        "area": "portfolio",
        "form": form,
        "keep": keep,
        "totals": totals,
        "page": page,
        "lines": lines_of(page.rows, steps, user.office.kind, today=today),
        "columns": [(column, *_sorted(column, form.order)) for column in _columns(office_kind.caf)],
        "name_sort": _sorted(Column("", "name"), form.order),
        "debtor": office_kind.word("debtor"),
        "item": office_kind.word("account"),
        "caf": office_kind.caf,
        "saved": list(user.saved_filters.all()),
        "present": present_query(request),
    }
    return render(request, "portfolio/index.html", context)


def exact(user: User, text: str) -> Account | None:
    """The one account that this text names exactly, within the user's scope; None when several bear it."""
    if user.office is None or not text.strip():
        return None
    named = bearers(user.office, sorted({text.strip(), text.strip().upper()}))
    return (
        scope(Account.objects.filter(pk__in=named["account_id"].to_list()), user).first()
        if (named["account_id"].n_unique() == 1)
        else None
    )


def present_query(request: HttpRequest) -> str:
    """The filters and the order as the address holds them, without the page."""
    params = request.GET.copy()
    params.pop("page", None)
    for name in [name for name, value in params.items() if not value]:
        params.pop(name)
    return params.urlencode()


def _columns(has_caf: bool) -> tuple[Column, ...]:
    return COLUMNS if has_caf else tuple(column for column in COLUMNS if column.key != "months")


def _sorted(column: Column, sort: str) -> tuple[str, str]:
    """(aria-sort of the column, the order its next click gives)."""
    key, descending = sort.lstrip("-"), sort.startswith("-")
    if key != column.key:
        return "", f"{column.first}{column.key}"
    return ("descending", key) if descending else ("ascending", f"-{key}")
