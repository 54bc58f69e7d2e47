"""batch list, batch approve, batch exclude, dispatch: the day's reminders, from the command line."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole

if TYPE_CHECKING:
    from amiable.core.models import Office
    from amiable.outreach.models import Batch


def register(subparsers: argparse._SubParsersAction) -> None:
    batch = subparsers.add_parser(
        "batch", help="les lots de relances : les lire, les approuver, en retirer un compte"
    ).add_subparsers(dest="batch_command", required=True, metavar="ACTION")

    listed = batch.add_parser("list", help="les lots d’un jour, ligne par ligne")
    listed.add_argument("--as-of", type=day, metavar="DATE", help="AAAA-MM-JJ, aujourd’hui par défaut")
    listed.set_defaults(run=run_list)

    approved = batch.add_parser("approve", help="approuver des lots du jour ; ils partent par « dispatch »")
    approved.add_argument("batches", nargs="*", metavar="LOT", help="L-12 ; aucun : avec --all")
    approved.add_argument("--all", action="store_true", help="tous ceux qui attendent aujourd’hui")
    approved.set_defaults(run=run_approve)

    excluded = batch.add_parser("exclude", help="retirer des comptes d’un lot")
    excluded.add_argument("batch", metavar="LOT")
    excluded.add_argument("refs", nargs="+", metavar="COMPTE")
    excluded.set_defaults(run=run_exclude)

    left = subparsers.add_parser("dispatch", help="faire partir ce qui est approuvé et dû, sans attendre")
    left.add_argument("--as-of", type=day, metavar="DATE", help="le jour même ; tout autre est refusé")
    left.set_defaults(run=run_dispatch)
    for one in (listed, approved, excluded, left):
        one.add_argument("--json", action="store_true", help="un objet JSON par lot")
        add_office(one)
        one.set_defaults(needs_django=True)


def run_list(arguments: argparse.Namespace) -> int:
    from amiable.core import clock
    from amiable.outreach.models import Batch

    found = Batch.objects.filter(office=office_of(arguments), on=arguments.as_of or clock.today())
    for batch in found.order_by("pk"):
        _say(batch, arguments.json)
    return 0


def run_approve(arguments: argparse.Namespace) -> int:
    """All or none: a refusal approves nothing."""
    from django.db import transaction

    from amiable.core import clock
    from amiable.outreach.approval import approve
    from amiable.outreach.queries import to_approve

    office, now = office_of(arguments), clock.now()
    if arguments.all == bool(arguments.batches):
        raise DomainError("which_batches", "Nommez des lots, ou donnez --all.")
    chosen = list(to_approve(office, now.date()))
    if not arguments.all:
        chosen = [_batch(office, text) for text in arguments.batches]
    with transaction.atomic():
        done = [approve(batch=batch, actor=None, now=now) for batch in chosen]
    for batch in done:
        _say(batch, arguments.json)
    return 0


def run_exclude(arguments: argparse.Namespace) -> int:
    """All or none: an account that is not in the batch leaves the others where they were."""
    from django.db import transaction

    from amiable.accounts.references import find
    from amiable.outreach.approval import remove_line

    office = office_of(arguments)
    batch = _batch(office, arguments.batch)
    with transaction.atomic():
        for ref in arguments.refs:
            line = batch.lines.select_related("batch").filter(account=find(office, ref)).first()
            if line is None:
                raise DomainError("not_in_batch", f"Le compte « {ref} » n’est pas dans {_name(batch)}.")
            remove_line(line=line, actor=None)
    _say(batch, arguments.json)
    return 0


def run_dispatch(arguments: argparse.Namespace) -> int:
    """Says the batches that left; 1 when the work of one stopped half-way (it is taken up by the next)."""
    from amiable.core import clock
    from amiable.outreach.approval import has_stopped
    from amiable.outreach.dispatch import leave_now
    from amiable.outreach.models import Batch

    office, now = office_of(arguments), clock.now()
    if arguments.as_of not in (None, now.date()):
        asked, today = f"{arguments.as_of:%d/%m/%Y}", f"{now:%d/%m/%Y}"
        raise DomainError(
            "another_day",
            f"Rien ne part pour un autre jour que celui-ci : {asked} demandé, {today} au calendrier.",
        )
    stopped = 0
    for pk in leave_now(office, now):
        batch = Batch.objects.get(pk=pk)
        stopped += has_stopped(batch)
        _say(batch, arguments.json)
    return 1 if stopped else 0


def _batch(office: Office, text: str) -> Batch:
    from amiable.outreach.models import Batch

    found = Batch.objects.filter(office=office, pk=whole(text.removeprefix("L-"))).first()
    if found is None:
        raise DomainError("unknown_batch", f"Aucun lot « {text} » dans cet office.")
    return found


def _name(batch: Batch) -> str:
    return f"L-{batch.pk}"


def _say(batch: Batch, as_json: bool) -> None:
    from amiable.domain.text.french import euros, inside, plural
    from amiable.outreach.queries import lines

    told = list(lines(batch))
    batch.refresh_from_db()
    if as_json:
        print_json({**_told(batch), "lines": [_line(line) for line in told]})
        return
    print(f"{_name(batch)} {batch} : {inside(batch.get_status_display())}, {plural(len(told), 'compte')}")
    for line in told:
        why = line.reason_fr or line.channel_reason_fr
        said = f"{line.account.ref} {line.person}, {euros(line.amount_cents)}"
        print(f"  {said} : {inside(line.get_status_display())}{f' ({why})' if why else ''}")


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "batch": _name(batch),
        "on": batch.on,
        "procedure": batch.procedure_code,
        "step": batch.step,
        "label": batch.step_label,
        "status": batch.status,
    }


def _line(line: Any) -> dict[str, date | str | int | None]:
    return {
        "account": line.account.ref,
        "person": str(line.person),
        "status": line.status,
        "channel": line.channel,
        "amount_cents": line.amount_cents,
        "reason_code": line.reason_code,
        "reason": line.reason_fr,
        "message": line.outbox_item.status if line.outbox_item else None,
    }
