"""À rapprocher: money whose owner the product does not know for sure. An officer decides, and may undo."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.bank.facts import newest_bank_day
from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.core import clock
from amiable.core.access import fetch, may, scope
from amiable.core.models import User
from amiable.domain.text.french import euros, search_key
from amiable.intake.models import ToldRow
from amiable.web.kit.perform import Frame, reads
from amiable.web.kit.request import user_of
from amiable.web.matching.actions import MATCH
from amiable.web.matching.splits import proposed

PAGE = 30
#: Accounts shown for a search.
FOUND = 20
TABS = (
    ("to_match", "À rapprocher"),
    ("matched", "Rapprochés"),
    ("split", "Répartis"),
    ("set_aside", "Mis de côté"),
    ("same", "Déjà connus"),
    ("other", "Sans débiteur"),
)


@dataclass(frozen=True)
class Reason:
    """What a return's reason code asks, in words."""

    label: str
    advice: str


REASONS = {
    "AM04": Reason("provision insuffisante", "Proposer une date de présentation qui suit le salaire."),
    "AC04": Reason("compte clos", "Demander un nouveau RIB."),
    "AC06": Reason("compte bloqué", "Demander un autre moyen de paiement."),
    "AC01": Reason("compte inconnu de la banque", "Vérifier l’IBAN avec la personne."),
    "MD01": Reason("pas de mandat", "Faire signer un mandat avant toute nouvelle présentation."),
    "MD06": Reason("contesté par le payeur", "Demander pourquoi avant de représenter."),
    "MD07": Reason("payeur décédé", "Suspendre, chercher le notaire ou les héritiers."),
    "MS02": Reason("refusé par le payeur", "Demander pourquoi avant de représenter."),
    "FOCR": Reason("rappel demandé par le payeur ou sa banque", "Demander à la personne pourquoi."),
    "MS03": Reason("motif non précisé", "Appeler la personne."),
}


def _office_rows(user: User) -> QuerySet[BankTransaction]:
    suggestions = MatchSuggestion.objects.filter(
        account__in=scope(Account.objects.all(), user)
    ).select_related("account__person")
    return (
        scope(BankTransaction.objects.all(), user)
        .select_related("entry__account__person", "decided_by", "same_as", "same_entry__account__person")
        .prefetch_related(Prefetch("suggestions", suggestions))
    )


@reads(MATCH)
def index(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest money first; or what was decided, the latest first."""
    user = user_of(request)
    tab = request.GET.get("etat", "to_match")
    if tab not in dict(TABS):
        tab = "to_match"
    order = ("booked_on", "pk") if tab == "to_match" else ("-decided_at", "-pk")
    found = _office_rows(user).filter(status=tab)
    if tab != "to_match":
        found = found.filter(part_of=None)
    rows = Paginator(found.order_by(*order), PAGE)
    page = rows.get_page(request.GET.get("page"))
    today = clock.today()
    newest = newest_bank_day(user.office_id, today) if user.office_id else None
    context = {
        "area": "matching",
        "tabs": TABS,
        "tab": tab,
        "page": page,
        "lines": [(row, REASONS.get(row.reason_code)) for row in page],
        "newest": newest,
        "told_rows": _told_rows(user, tab),
        "may_match": may(user, MATCH),
    }
    return render(request, "matching/index.html", context)


def _told_rows(user: User, tab: str) -> QuerySet[ToldRow]:
    """Rows of lists that may be money known already, or that are, on the accounts one may see."""
    accounts = scope(Account.objects.all(), user)
    rows = scope(ToldRow.objects.filter(account__in=accounts), user).select_related(
        "account__person", "entry", "batch", "decided_by"
    )
    if tab == "to_match":
        return rows.filter(status=ToldRow.Status.WAITS).order_by("document_on", "pk")[:PAGE]
    if tab == "same":
        return rows.exclude(status=ToldRow.Status.WAITS).order_by("-decided_at", "-pk")[:PAGE]
    return rows.none()


@reads(MATCH)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One line, with a search among the accounts one may see."""
    user = user_of(request)
    row = fetch(BankTransaction, user, related=("entry__account__person", "batch"), pk=pk)
    text = request.GET.get("q", "")[:80].strip() or row.party_name
    context = {
        "area": "matching",
        "row": row,
        "reason": REASONS.get(row.reason_code),
        "q": text,
        "found": _search(user, text) if text else [],
        "suggestions": _office_rows(user).get(pk=row.pk).suggestions.all(),
        "shares": proposed(row, user) if row.status == BankTransaction.Status.TO_MATCH else [],
    }
    return render(request, "matching/detail.html", context)


def _search(user: User, text: str) -> list[Account]:
    """Accounts by reference or by words of the name."""
    wanted = Q(ref__icontains=text) | Q(contract_ref__iexact=text)
    words = [w for w in search_key(text).split() if len(w) > 1]
    if words:
        by_name = Q()
        for word in words:
            by_name &= Q(person__search_key__contains=word)
        wanted |= by_name
    rows = scope(Account.objects.filter(wanted), user).select_related("person", "position")
    return list(rows.order_by("person__last_name", "ref")[:FOUND])


def find(user: User, pk: int) -> BankTransaction:
    return fetch(BankTransaction, user, related=("office",), pk=pk)


def find_told(user: User, pk: int) -> ToldRow:
    """A row of a list, on an account one may see."""
    row = fetch(ToldRow, user, related=("office", "account"), pk=pk)
    fetch(Account, user, pk=row.account_id)
    return row


def around(row: BankTransaction | ToldRow) -> Frame:
    """What is decided of a line: back to those that wait."""
    back = reverse("matching")
    return Frame("matching", back, "Revenir aux lignes", ((back, "À rapprocher"),), euros(row.amount_cents))
