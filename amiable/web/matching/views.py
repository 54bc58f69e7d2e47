"""À rapprocher: money whose owner the product does not know for sure. An officer decides, and may undo."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from amiable.accounts.models import Account
from amiable.bank import confirm as decisions
from amiable.bank.facts import newest_bank_day
from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.core import clock
from amiable.core.access import fetch, may, require, scope
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros, search_key
from amiable.intake import deciding as row_decisions
from amiable.intake.models import ToldRow
from amiable.intake.refresh import refresh_positions

PAGE = 30
#: Accounts shown for a search.
FOUND = 20
TABS = (
    ("to_match", "À rapprocher"),
    ("matched", "Rapprochés"),
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


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest money first; or what was decided, the latest first."""
    user: User = request.user
    require(user, "match_payments")
    tab = request.GET.get("etat", "to_match")
    if tab not in dict(TABS):
        tab = "to_match"
    order = ("booked_on", "pk") if tab == "to_match" else ("-decided_at", "-pk")
    rows = Paginator(_office_rows(user).filter(status=tab).order_by(*order), PAGE)
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
        "told_rows": _told_rows(user) if tab == "to_match" else [],
        "may_match": may(user, "match_payments"),
    }
    return render(request, "matching/index.html", context)


def _told_rows(user: User) -> QuerySet[ToldRow]:
    """Rows of lists that may be money known already, on the accounts one may see."""
    accounts = scope(Account.objects.all(), user)
    waiting = scope(ToldRow.objects.filter(status=ToldRow.Status.WAITS, account__in=accounts), user)
    return waiting.select_related("account__person", "entry", "batch").order_by("document_on", "pk")[:PAGE]


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One line, with a search among the accounts one may see."""
    user: User = request.user
    require(user, "match_payments")
    row = fetch(BankTransaction, user, related=("entry__account__person", "batch"), pk=pk)
    text = request.GET.get("q", "").strip() or row.party_name
    context = {
        "area": "matching",
        "row": row,
        "reason": REASONS.get(row.reason_code),
        "q": text,
        "found": _search(user, text) if text else [],
        "suggestions": _office_rows(user).get(pk=row.pk).suggestions.all(),
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


def _row(request: HttpRequest, pk: int) -> tuple[User, BankTransaction]:
    user: User = request.user
    require(user, "match_payments")
    return user, fetch(BankTransaction, user, related=("office",), pk=pk)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Post the line to the account chosen by its reference."""
    user, row = _row(request, pk)
    ref = request.POST.get("compte", "").strip()
    account = scope(Account.objects.filter(ref=ref), user).first()
    if account is None:
        raise DomainError("matching.unknown_account", f"Aucun compte « {ref} » : rien n’a été inscrit.")
    apart = request.POST.get("apart") == "1"
    posted = decisions.confirm(row=row, account=account, actor=user, today=clock.today(), apart=apart)
    if posted is None:
        messages.warning(
            request, f"{ref} : une écriture proche existe déjà, dites si c’est la même opération."
        )
        return redirect("matching")
    refresh_positions(row.office, [account.pk], today=clock.today())
    if posted.already:
        messages.info(request, f"{ref} : cette écriture venait déjà d’une liste, rien n’a été doublé.")
    elif row.nature_fr:
        messages.success(request, f"{ref} : {row.nature_fr}, {euros(abs(row.amount_cents))} inscrits.")
    else:
        learned = " L’IBAN est retenu pour la prochaine fois." if row.iban else ""
        messages.success(request, f"{ref} : {euros(row.amount_cents)} inscrits.{learned}")
    return redirect("matching")


@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """The line is nobody's here."""
    user, row = _row(request, pk)
    decisions.set_aside(row=row, actor=user)
    messages.info(request, "Ligne mise de côté : elle se retrouve dans l’onglet « Mis de côté ».")
    return redirect("matching")


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo: the entry is reversed, the line waits again."""
    user, row = _row(request, pk)
    account_id = row.entry.account_id if row.entry else None
    was_posted = account_id is not None and row.status == BankTransaction.Status.MATCHED
    decisions.put_back(row=row, actor=user, today=clock.today())
    if account_id:
        refresh_positions(row.office, [account_id], today=clock.today())
    undone = "l’écriture est contre-passée, " if was_posted else ""
    messages.success(request, f"Décision annulée : {undone}la ligne attend de nouveau.")
    return redirect("matching")


@require_POST
def same(request: HttpRequest, pk: int) -> HttpResponse:
    """The line is the movement it may be: nothing is posted."""
    user, row = _row(request, pk)
    decisions.same(row=row, actor=user)
    messages.info(request, "C’est le même : rien n’est inscrit une seconde fois.")
    return redirect("matching")


@require_POST
def another(request: HttpRequest, pk: int) -> HttpResponse:
    """The line is another movement: posted where its text says, else it waits for its account."""
    user, row = _row(request, pk)
    account = decisions.own_account(row)
    if account is not None:
        fetch(Account, user, pk=account.pk)
    posted = decisions.another(row=row, actor=user, today=clock.today())
    if posted is None:
        messages.info(request, "C’est un autre : dites maintenant à quel compte.")
    else:
        refresh_positions(row.office, [posted.account_id], today=clock.today())
        messages.success(request, f"C’est un autre : {euros(row.amount_cents)} inscrits à part.")
    return redirect("matching")


def _told_row(request: HttpRequest, pk: int) -> tuple[User, ToldRow]:
    user: User = request.user
    require(user, "match_payments")
    row = fetch(ToldRow, user, related=("office", "account"), pk=pk)
    fetch(Account, user, pk=row.account_id)
    return user, row


@require_POST
def row_same(request: HttpRequest, pk: int) -> HttpResponse:
    """The row of a list is the posting it may be."""
    user, row = _told_row(request, pk)
    row_decisions.same(row=row, actor=user)
    messages.info(request, "C’est le même : rien n’est inscrit une seconde fois.")
    return redirect("matching")


@require_POST
def row_another(request: HttpRequest, pk: int) -> HttpResponse:
    """The row of a list is money of its own."""
    user, row = _told_row(request, pk)
    row_decisions.another(row=row, actor=user)
    refresh_positions(row.office, [row.account_id], today=clock.today())
    messages.success(request, "C’est un autre : la ligne est inscrite.")
    return redirect("matching")
