"""Files on their way to the litigation desk: Didier Lemoine ready to be presented, others at each stage."""

from __future__ import annotations

from datetime import date

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.demo.stories import REFS
from amiable.domain.cases.transfer import gate
from amiable.domain.check import MISSING
from amiable.positions.models import AccountPosition
from amiable.transfer import services
from amiable.transfer.evidence import gather

#: Ordinary tenants with an old debt: presented, decided, received, given back.
STAGES = ("proposed", "decided", "received", "returned")


def landlord_transfers(office: Office, today: date) -> None:
    """Through the same services as the screens, on today's date: a bundle says what is true today."""
    users = {user.username: user for user in User.objects.filter(office=office, is_active=True)}
    head = users["n.garnier"]
    desk = User.objects.filter(office=office, role=User.Role.LITIGATION, is_active=True).first()
    lemoine = Account.objects.select_related("person", "office").get(office=office, ref=REFS["lemoine"])
    services.waive(
        account=lemoine,
        check_code="plan",
        reason="Proposition sans réponse : aucun courrier retiré depuis un an",
        actor=lemoine.officer or head,
        today=today,
    )
    assert desk is not None
    for stage, account in zip(STAGES, _others(office), strict=False):
        _carry(account, stage, account.officer or head, head, desk, today)


def _others(office: Office) -> list[Account]:
    rows = AccountPosition.objects.filter(
        office=office, age_days__gte=120, held_by=None, caf_limit_on=None, unpaid_terms__gte=3
    ).exclude(account__ref__in=REFS.values())
    found = rows.select_related("account__person", "account__office", "account__officer")
    return [one.account for one in found.order_by("-overdue_cents")[: len(STAGES)]]


def _carry(account: Account, stage: str, officer: User, head: User, desk: User, today: date) -> None:
    """Every means that the demo's diary lacks was tried before the office used Amiable."""
    for check in gate(gather(account, today).tried):
        if check.state == MISSING:
            services.waive(
                account=account,
                check_code=check.code,
                reason="Fait avant la reprise du fichier, pièces au dossier papier",
                actor=officer,
                today=today,
            )
    transfer = services.propose(account=account, actor=officer, today=today)
    if stage != "proposed":
        services.decide(transfer=transfer, actor=head, today=today)
    if stage in ("received", "returned"):
        services.receive(transfer=transfer, actor=desk, today=today)
    if stage == "returned":
        services.give_back(
            transfer=transfer,
            reason="Décompte à reprendre : un encaissement n’y est pas",
            actor=desk,
            today=today,
        )
