"""Plans of the office one may see: at risk this week, to approve, running, ended; who keeps them, by what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.law.calendar import add_months
from amiable.domain.plans.following import AT_RISK, BROKEN, KEPT, LATE, STATUS_FR
from amiable.domain.text.french import search_key
from amiable.domain.text.typed import whole
from amiable.plans.lifecycle import PREPARED, State
from amiable.plans.models import PlanVersion
from amiable.plans.queries import to_congratulate
from amiable.web.kit.perform import reads
from amiable.web.kit.sheets import csv_response, xlsx_response
from amiable.web.kit.words import person_name
from amiable.web.plans.forms import FilterForm
from amiable.web.plans.words import TONES, age_months, terms

PAGE = 30
_RELATED = ("plan__account__agency", "plan__account__officer", "plan__person")
ACTIVE = Q(state=State.ACTIVE)
_IN_DANGER = ACTIVE & Q(status__in=(BROKEN, LATE, AT_RISK))
KEPT_LIST = "tenus"
#: code -> (label, what it keeps, what its emptiness means).
_LISTS: dict[str, tuple[str, Q, str]] = {
    "": (
        "À risque",
        _IN_DANGER,
        "Aucun plan n’est en danger : ceux qui prennent du retard, ou en montrent les signes, viendront ici.",
    ),
    "approuver": (
        "À approuver",
        Q(state=State.TO_APPROVE),
        "Les plans qui dépassent la délégation attendront ici l’accord d’un responsable.",
    ),
    "prepares": (
        "En préparation",
        Q(state__in=PREPARED),
        "Un plan s’établit depuis la fiche d’un compte : « Simuler un plan ».",
    ),
    "cours": (
        "En cours",
        ACTIVE,
        "Les plans signés seront suivis ici, nuit après nuit.",
    ),
    "termines": (
        "Terminés",
        Q(state__in=(State.COMPLETED, State.DENOUNCED, State.CANCELLED)),
        "Les plans tenus, dénoncés ou annulés resteront ici.",
    ),
}


def _lists(today: date) -> dict[str, tuple[str, Q, str]]:
    kept = (
        "Tenus, à féliciter",
        to_congratulate(today),
        "Les plans tenus jusqu’au bout viendront ici, jusqu’au mot de félicitations.",
    )
    return {**_LISTS, KEPT_LIST: kept}


_SEVERITY = Case(
    When(status=BROKEN, then=Value(0)),
    When(status=LATE, then=Value(1)),
    When(status=AT_RISK, then=Value(2)),
    default=Value(3),
)
_AMOUNTS = {"1": Q(debt_cents__lt=50_000), "2": Q(debt_cents__gte=50_000, debt_cents__lt=200_000)}
_AMOUNTS["3"] = Q(debt_cents__gte=200_000)
HEADERS = (
    "Compte", "Nom", "Agence", "Suivi par", "État", "Suivi", "Montant du plan", "Attendu", "Payé", "Manque",
    "Courant manquant", "Jours de retard", "Prochaine échéance", "Signé le", "Dernière échéance",
    "Terminé le",
)  # fmt: skip


def _visible(user: User) -> QuerySet[PlanVersion]:
    """Versions of the user's scope, each once, whatever accounts they cover; replaced ones are history."""
    mine = scope(PlanVersion.objects.all(), user)
    return PlanVersion.objects.filter(pk__in=mine.values("pk")).exclude(state=State.REPLACED)


def _ages(today: date) -> dict[str, Q]:
    three, six = add_months(today, -3), add_months(today, -6)
    return {
        "1": Q(signed_on__gt=three),
        "2": Q(signed_on__lte=three, signed_on__gt=six),
        "3": Q(signed_on__lte=six),
    }


def _filtered(
    request: HttpRequest, user: User, today: date
) -> tuple[FilterForm, str, QuerySet[PlanVersion], QuerySet[PlanVersion]]:
    """(the form, the list's code, its rows, every row of the scope)."""
    everything = _visible(user)
    code = request.GET.get("liste", "")
    lists = _lists(today)
    code = code if code in lists else ""
    rows = everything.filter(lists[code][1])
    officers = User.objects.filter(accounts__led_plans__versions__in=everything.filter(ACTIVE)).distinct()
    states = [("", "Tous"), *STATUS_FR.items()]
    form = FilterForm(request.GET, officers=list(officers.order_by("last_name")), states=states)
    if form.is_valid():
        value = form.cleaned_data
        if value["q"]:
            text = search_key(value["q"])
            by_name = Q(plan__person__search_key__contains=text)
            rows = rows.filter(by_name | Q(plan__account__ref__iexact=value["q"].strip()))
        if value["etat"]:
            rows = rows.filter(status=value["etat"])
        if value["charge"]:
            rows = rows.filter(plan__account__officer_id=whole(value["charge"]))
        if value["montant"]:
            rows = rows.filter(_AMOUNTS[value["montant"]])
        if value["age"]:
            rows = rows.filter(_ages(today)[value["age"]])
    ordered = rows.select_related(*_RELATED).order_by(_SEVERITY, "-missing_cents", "next_due_on", "-pk")
    return form, code, ordered, everything


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """One list at a time, and below it how plans are kept by officer, amount and age."""
    user, today = request.user, clock.today()
    assert isinstance(user, User) and user.office is not None
    form, code, rows, everything = _filtered(request, user, today)
    lists = _lists(today)
    counts = everything.aggregate(
        **{f"n_{name}": Count("pk", filter=keep) for name, (_, keep, _) in lists.items()},
        kept=Count("pk", filter=ACTIVE & Q(status=KEPT)),
        owed=Sum("debt_cents", filter=ACTIVE),
        paid=Sum("paid_cents", filter=ACTIVE),
        missing=Sum("missing_cents", filter=ACTIVE),
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "area": "plans",
        "terms": terms(user.office.kind),
        "lists": [(name, label, counts[f"n_{name}"]) for name, (label, _, _) in lists.items()],
        "current": code,
        "empty": lists[code][2],
        "form": form,
        "counts": counts,
        "running": counts["n_cours"],
        "page": page,
        "rows": [(one, TONES.get(one.status, ""), age_months(one.signed_on, today)) for one in page],
        "cuts": _cuts(everything, today) if counts["n_cours"] or counts["n_termines"] else [],
        "may_thank": code == KEPT_LIST and may(user, "work_accounts"),
    }
    return render(request, "plans/index.html", context)


def _cuts(everything: QuerySet[PlanVersion], today: date) -> list[tuple[str, list[dict[str, Any]]]]:
    """Kept and broken by officer, by amount, by age: one query each."""
    signed = everything.filter(state__in=(State.ACTIVE, State.COMPLETED, State.DENOUNCED))
    figures: dict[str, Any] = {
        "running": Count("pk", filter=ACTIVE),
        "kept": Count("pk", filter=ACTIVE & Q(status=KEPT)),
        "danger": Count("pk", filter=ACTIVE & Q(status__in=(AT_RISK, LATE))),
        "broken": Count("pk", filter=ACTIVE & Q(status=BROKEN)),
        "completed": Count("pk", filter=Q(state=State.COMPLETED)),
        "denounced": Count("pk", filter=Q(state=State.DENOUNCED)),
    }
    amounts = {"1": "moins de 500 €", "2": "de 500 à 2 000 €", "3": "2 000 € et plus"}
    ages = {"1": "moins de 3 mois", "2": "de 3 à 6 mois", "3": "6 mois et plus"}
    by_officer = signed.values("plan__account__officer__last_name").annotate(**figures).order_by()
    officers = [
        {**row, "label": row["plan__account__officer__last_name"] or "Personne"}
        for row in by_officer.order_by("plan__account__officer__last_name")
    ]
    return [
        ("Par chargé de recouvrement", officers),
        ("Par montant", _banded(signed, _AMOUNTS, amounts, figures)),
        ("Par âge, depuis la signature", _banded(signed, _ages(today), ages, figures)),
    ]


def _banded(
    rows: QuerySet[PlanVersion], bands: dict[str, Q], labels: dict[str, str], figures: dict[str, Any]
) -> list[dict[str, Any]]:
    band = Case(*(When(keep, then=Value(code)) for code, keep in bands.items()), default=Value(""))
    found = rows.annotate(band=band).values("band").annotate(**figures).order_by("band")
    return [{**row, "label": labels[row["band"]]} for row in found if row["band"]]


def _cells(rows: QuerySet[PlanVersion]) -> Iterator[tuple[Any, ...]]:
    yield HEADERS
    for one in rows.iterator(chunk_size=2_000):
        account = one.plan.account
        yield (
            account.ref,
            person_name(one.plan.person),
            account.agency.name if account.agency else "",
            str(account.officer) if account.officer else "",
            one.get_state_display(),
            one.get_status_display() if one.state == State.ACTIVE else "",
            one.debt_cents / 100,
            one.expected_cents / 100,
            one.paid_cents / 100,
            one.missing_cents / 100,
            one.rent_missing_cents / 100,
            one.days_late,
            one.next_due_on,
            one.signed_on,
            one.last_due_on,
            one.ended_on,
        )


def _exported(request: HttpRequest, extension: str) -> tuple[Iterator[tuple[Any, ...]], str]:
    user = request.user
    assert isinstance(user, User) and user.office is not None
    _form, code, rows, _everything = _filtered(request, user, clock.today())
    data = {"format": extension, "list": code, "plans": rows.count()}
    record("plan.exported", office=user.office, actor=user, data=data)
    return _cells(rows), f"plans-{user.office.code}-{clock.today():%Y-%m-%d}.{extension}"


@reads("read_accounts")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The list for a spreadsheet."""
    return csv_response(*_exported(request, "csv"))


@reads("read_accounts")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The list as a workbook."""
    return xlsx_response(*_exported(request, "xlsx"), "Plans")
