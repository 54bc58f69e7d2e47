"""Contentieux: what is presented, decided, received; and the file of one account with its gate."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may, require
from amiable.core.models import User
from amiable.domain.cases.transfer import gate
from amiable.domain.check import may_go
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole_or_none
from amiable.transfer import bundle as bundles
from amiable.transfer import queries, services
from amiable.transfer.evidence import gather
from amiable.transfer.models import Transfer
from amiable.transfer.words import act_words
from amiable.web.kit.accounts import read_account
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name, vocabulary
from amiable.web.transfer import moves
from amiable.web.transfer.forms import ReasonForm, WaiverForm

AREA = {"area": "transfers"}
PAGE = 30
TABS = {
    "presenter": ("À présenter", "Les comptes dont la procédure demande la transmission s’afficheront ici."),
    "decider": ("À décider", "Les dossiers présentés au responsable s’afficheront ici."),
    "recevoir": ("À recevoir", "Les dossiers transmis, pas encore reçus par le contentieux."),
    "suivre": ("Au contentieux", "Les dossiers reçus par le contentieux."),
    "termines": ("Terminés", "Les dossiers rendus, gardés en amiable ou retirés."),
}


def _account(request: HttpRequest, ref: str) -> Account:
    require(user_of(request), "read_accounts")
    return read_account(user_of(request), ref)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every file on its road, by stage; it opens where this person has something to do."""
    user = user_of(request)
    require(user, "read_accounts")
    counts = {"presenter": queries.to_present(user).count(), **queries.counts(user)}
    tab = request.GET.get("liste", "")
    if tab not in TABS:
        tab = _first_tab(user, counts)
    rows = queries.to_present(user) if tab == "presenter" else queries.transfers(user, tab)
    context = {
        **AREA,
        "tabs": [(code, label, counts[code]) for code, (label, _) in TABS.items()],
        "current": tab,
        "empty": TABS[tab][1],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "settled": set(queries.settled(user).values_list("pk", flat=True)) if tab == "suivre" else set(),
    }
    return render(request, "transfer/index.html", context)


def _first_tab(user: User, counts: dict[str, int]) -> str:
    own = {"decide_transfer": "decider", "receive_transfer": "recevoir"}
    for capability, tab in own.items():
        if may(user, capability) and counts[tab]:
            return tab
    return "suivre" if may(user, "receive_transfer") else "presenter"


def file(request: HttpRequest, ref: str) -> HttpResponse:
    """The file of one account: the gate, the échéances, the acts; presenting it is the POST."""
    user, today = user_of(request), clock.today()
    account = _account(request, ref)
    if request.method == "POST":
        version = whole_or_none(request.POST.get("version", ""))
        services.propose(account=account, actor=user, today=today, version=version)
        messages.success(request, "Dossier présenté : le responsable le trouve dans « À décider ».")
        return redirect("transfer_file", ref=account.ref)
    evidence = gather(account, today)
    checks = gate(evidence.tried)
    transfer = queries.open_transfer(account)
    may_work = may(user, "work_accounts")
    context = {
        **AREA,
        "account": account,
        "name": person_name(account.person),
        "home": home_of(account),
        "words": vocabulary(account),
        "evidence": evidence,
        "checks": checks,
        "is_whole": may_go(checks),
        "open_count": sum(check.is_open for check in checks),
        "acts": [act_words(act, evidence.step_labels) for act in reversed(evidence.acts)],
        "transfer": transfer,
        "moves": moves.offered(transfer, user) if transfer else [],
        "past": _past(account, transfer),
        "may_work": may_work,
    }
    return render(request, "transfer/file.html", context)


def _past(account: Account, current: Transfer | None) -> list[Transfer]:
    others = account.transfers.exclude(pk=current.pk) if current else account.transfers.all()
    return list(others.select_related("reason").order_by("-pk"))


def waive(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Say why a means was impossible."""
    user, account = user_of(request), _account(request, ref)
    require(user, "work_accounts")
    form = WaiverForm(request.POST or None, check_code=code)
    check = next((one for one in gate(gather(account, clock.today()).tried) if one.code == code), None)
    if check is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            services.waive(
                account=account, check_code=code, reason=form.reason, actor=user, today=clock.today()
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, f"{check.label_fr} : motif noté.")
            return redirect("transfer_file", ref=account.ref)
    lead = f"{check.label_fr} : {check.said_fr}."
    return _form(request, account, form, "Moyen impossible", "Noter le motif", lead)


def move(request: HttpRequest, ref: str, move: str) -> HttpResponse:
    """One step of the road: transmit, keep, receive, give back, withdraw."""
    user, account = user_of(request), _account(request, ref)
    wanted, transfer = moves.find(move), queries.open_transfer(account)
    if wanted is None or transfer is None:
        raise Http404
    require(user, wanted.capability)
    form = ReasonForm(request.POST or None) if wanted.needs_reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form is not None else ""
        try:
            said = moves.make(wanted, transfer, user, clock.today(), reason)
        except DomainError as refusal:
            if form is None:
                raise
            form.add_error(None, refusal.message_fr)
        else:
            messages.success(request, said)
            return redirect("transfer_file", ref=account.ref)
    return _form(request, account, form, wanted.label, wanted.button, wanted.lead)


def _form(
    request: HttpRequest, account: Account, form: object, title: str, button: str, lead: str
) -> HttpResponse:
    context = {
        **AREA,
        "account": account,
        "name": person_name(account.person),
        "words": vocabulary(account),
        "form": form,
        "title": title,
        "button": button,
        "lead": lead,
    }
    status = 422 if form is not None and getattr(form, "errors", None) else 200
    return render(request, "transfer/form.html", context, status=status)


@require_GET
def bundle(request: HttpRequest, ref: str) -> HttpResponse:
    """The evidence as it stands on a day (`?au=AAAA-MM-JJ`, today by default): a look, nothing is kept."""
    account = _account(request, ref)
    try:
        as_of = date.fromisoformat(request.GET["au"]) if request.GET.get("au") else clock.today()
    except ValueError:
        raise DomainError("bad_day", "Cette date n’existe pas : écrivez AAAA-MM-JJ.") from None
    made = bundles.build(account, as_of)
    name = f"dossier-{account.ref}-{as_of:%Y-%m-%d}.pdf".replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)
