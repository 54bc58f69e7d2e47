"""Contentieux: what is presented, decided, received; and the file of one account with its gate."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may
from amiable.core.models import User
from amiable.domain.cases.transfer import gate
from amiable.domain.check import may_go
from amiable.domain.text.typed import day
from amiable.transfer import bundle as bundles
from amiable.transfer import queries
from amiable.transfer.evidence import gather
from amiable.transfer.models import Transfer
from amiable.transfer.words import act_words
from amiable.web.kit.accounts import read_account
from amiable.web.kit.perform import Frame, acts, known, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name, vocabulary
from amiable.web.transfer.actions import MOVES, PROPOSE, Means, offered

AREA = {"area": "transfers"}
PAGE = 30
TABS = {
    "presenter": ("À présenter", "Les comptes dont la procédure demande la transmission s’afficheront ici."),
    "decider": ("À décider", "Les dossiers présentés au responsable s’afficheront ici."),
    "recevoir": ("À recevoir", "Les dossiers transmis, pas encore reçus par le contentieux."),
    "suivre": ("Au contentieux", "Les dossiers reçus par le contentieux."),
    "termines": ("Terminés", "Les dossiers rendus, gardés en amiable ou retirés."),
}


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """Every file on its road, by stage; it opens where this person has something to do."""
    user = user_of(request)
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


@acts(PROPOSE)
def file(request: HttpRequest, ref: str) -> HttpResponse:
    """The file of one account: the gate, the échéances, the acts; presenting it is the POST."""
    user, today = user_of(request, "read_accounts"), clock.today()
    account = read_account(user, ref)
    if request.method == "POST":
        return perform(request, PROPOSE, account, around(account))
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
        "moves": offered(transfer, user) if transfer else [],
        "past": _past(account, transfer),
        "may_work": may_work,
    }
    return render(request, "transfer/file.html", context)


def _past(account: Account, current: Transfer | None) -> list[Transfer]:
    others = account.transfers.exclude(pk=current.pk) if current else account.transfers.all()
    return list(others.select_related("reason").order_by("-pk"))


def around(on: Account | Means | Transfer) -> Frame:
    """The page of what is done on a file: it goes back there."""
    account = on if isinstance(on, Account) else on.account
    back, name = reverse("transfer_file", args=[account.ref]), person_name(account.person)
    crumbs = ((back, f"Dossier de {name}"), ("", f"{vocabulary(account)['account']} {account.ref}"))
    return Frame("transfers", back, "Revenir au dossier", crumbs, name)


def find_means(user: User, ref: str, code: str) -> Means:
    """A means of the account's gate, else 404."""
    account = read_account(user, ref)
    check = next((one for one in gate(gather(account, clock.today()).tried) if one.code == code), None)
    if check is None:
        raise Http404
    return Means(account, check)


@acts(*MOVES.values())
def move(request: HttpRequest, ref: str, move: str) -> HttpResponse:
    """One step of the road: transmit, keep, receive, give back, withdraw."""
    wanted = known(MOVES, move)
    transfer = queries.open_transfer(read_account(user_of(request, str(wanted.capability)), ref))
    if transfer is None:
        raise Http404
    return perform(request, wanted, transfer, around(transfer))


@reads("read_accounts")
def bundle(request: HttpRequest, ref: str) -> HttpResponse:
    """The evidence as it stands on a day (`?au=AAAA-MM-JJ`, today by default): a look, nothing is kept."""
    account = read_account(user_of(request), ref)
    as_of = day(request.GET["au"]) if request.GET.get("au") else clock.today()
    made = bundles.build(account, as_of)
    name = f"dossier-{account.ref}-{as_of:%Y-%m-%d}.pdf".replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)
