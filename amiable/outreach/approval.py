"""What an officer does with a batch: look, remove, approve, undo, send, call back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.access import require
from amiable.core.clock import PARIS
from amiable.core.journal import record
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.correspondence import outbox
from amiable.domain.errors import DomainError
from amiable.jobs.models import Job
from amiable.outreach import checks, queries
from amiable.outreach.lifecycle import BATCH, LINE
from amiable.outreach.models import Batch, BatchLine
from amiable.outreach.proof import finish_batch, suppress

Status = Batch.Status
Line = BatchLine.Status
#: Time left to think again after an approval, unless the officer sends at once.
UNDO = timedelta(minutes=10)


def _refuse(message_fr: str) -> DomainError:
    return DomainError("batch_state", message_fr)


def _is_held(line: BatchLine) -> bool:
    """Whether its batch is still proposed, and stays so until the transaction ends: an approval that read the
    lines meanwhile would leave behind one that nothing moves any more."""
    batch = Batch.objects.select_for_update().only("status").get(pk=line.batch_id)
    return batch.status == Status.PROPOSED


@transaction.atomic
def remove_line(*, line: BatchLine, actor: User | None) -> None:
    """Leave one account out of its batch. actor None: on the office's own machine."""
    if actor is not None:
        require(actor, "approve_batches")
    mine = BatchLine.objects.filter(pk=line.pk)
    why = f"Retiré par {actor or 'la ligne de commande'}"[:300]
    done = _is_held(line) and move_all(mine, Line.REMOVED, LINE, reason_code="removed", reason_fr=why)
    if not done:
        raise _refuse("Cette ligne n’est plus modifiable : le lot a changé. Rien n’a été retiré.")
    record(
        "batch.line_removed", office=line.batch.office, actor=actor, target=line, account_id=line.account_id
    )


@transaction.atomic
def restore_line(*, line: BatchLine, actor: User) -> None:
    """Put a removed account back."""
    require(actor, "approve_batches")
    mine = BatchLine.objects.filter(pk=line.pk, status=Line.REMOVED)
    done = _is_held(line) and move_all(mine, Line.PROPOSED, LINE, reason_code="", reason_fr="")
    if not done:
        raise _refuse("Cette ligne n’est plus modifiable : le lot a changé.")
    record(
        "batch.line_restored", office=line.batch.office, actor=actor, target=line, account_id=line.account_id
    )


@transaction.atomic
def approve(*, batch: Batch, actor: User | None, now: datetime, seen: datetime | None = None) -> Batch:
    """Approve the proposed lines. They leave ten minutes later, unless this is undone or sent at once.

    actor None: a step the procedure sends by itself. seen: `prepared_at` of the page the officer looked at;
    a batch prepared again since is refused, for nobody approves letters they have not seen."""
    if actor is not None:
        require(actor, "approve_batches")
    if batch.on != now.date():
        raise _refuse("Ce lot est d’un autre jour : il ne peut plus être approuvé. Préparez le lot du jour.")
    leave_at = now + UNDO if actor is not None else now
    wanted = Batch.objects.filter(pk=batch.pk, status=Status.PROPOSED)
    if seen is not None and wanted.exists() and not wanted.filter(prepared_at=seen).exists():
        raise _refuse(
            "Ce lot a été préparé de nouveau depuis que vous l’avez ouvert : rien n’a été approuvé. "
            "Relisez-le, puis approuvez."
        )
    told = {"approved_by": actor, "approved_at": now, "not_before_at": leave_at}
    done = move_all(wanted, Status.APPROVED, BATCH, **told)
    if not done:
        raise _refuse("Quelqu’un a déjà traité ce lot : rien n’a été changé.")
    count = move_all(BatchLine.objects.filter(batch=batch), Line.APPROVED, LINE)
    if not count:
        raise _refuse("Ce lot n’a aucune ligne à envoyer : rien n’a été approuvé.")
    record("batch.approved", office=batch.office, actor=actor, target=batch, data={"lines": count})
    batch.refresh_from_db()
    return batch


@transaction.atomic
def undo(*, batch: Batch, actor: User, now: datetime) -> int:
    """Before dispatch: the batch is proposed again. During it: what has not left yet is called back.

    Returns how many accounts stay behind; raises when everything has left."""
    require(actor, "approve_batches")
    cleared = {"approved_by": None, "approved_at": None, "not_before_at": None}
    mine = Batch.objects.filter(pk=batch.pk, status=Status.APPROVED)
    if move_all(mine, Status.PROPOSED, BATCH, **cleared):
        approved = BatchLine.objects.filter(batch=batch, status=Line.APPROVED)
        count = move_all(approved, Line.PROPOSED, LINE)
    else:
        waiting = queries.items_of(batch)
        count = outbox.cancel_waiting(waiting, "called_back", f"Rappelé par {actor}", now)
        finish_batch(batch.pk)
        if not count:
            raise _refuse("Tout est déjà parti : il n’y a plus rien à annuler.")
    record("batch.undone", office=batch.office, actor=actor, target=batch, data={"lines": count})
    return count


@transaction.atomic
def withdraw(*, account: Account, code: str, reason_fr: str, today: date) -> int:
    """Nothing prepared for an account leaves any more: what it says is no longer true. Returns how many
    lines and messages were withdrawn; what has left stays, with its proof."""
    now = datetime.combine(today, time(12), PARIS)
    kept = {"reason_code": code[:40], "reason_fr": reason_fr[:300]}
    lines = BatchLine.objects.filter(account=account, batch__status__in=[Status.PROPOSED, Status.APPROVED])
    count = move_all(lines, Line.REMOVED, LINE, **kept)
    for line in lines.filter(status=Line.APPROVED).select_related("batch", "account"):
        suppress(line, code, reason_fr, now)
        count += 1
    return count + outbox.cancel_waiting(queries.items_about(account), code, reason_fr, now)


def withdraw_at_death(accounts: Sequence[Account], actor: User | None, today: date) -> None:
    """Nothing prepared for somebody who died leaves."""
    for account in accounts:
        withdraw(account=account, code="death", reason_fr=checks.SUPPRESSED_FR["death"], today=today)


def has_stopped(batch: Batch) -> bool:
    """The batch's job failed half-way: what was composed stays, the rest can be taken up again."""
    failed = Job.objects.filter(pk=batch.job_id, status=Job.Status.FAILED)
    return batch.status == Status.DISPATCHING and batch.job_id is not None and failed.exists()


@transaction.atomic
def send_now(*, batch: Batch, actor: User, now: datetime) -> None:
    """Do not wait for the end of the time left to think again; or take up a dispatch that stopped."""
    require(actor, "approve_batches")
    mine = Batch.objects.filter(pk=batch.pk)
    done = mine.filter(status=Status.APPROVED).update(not_before_at=now)
    if not done and has_stopped(batch):
        stopped = mine.filter(status=Status.DISPATCHING)
        done = move_all(stopped, Status.APPROVED, BATCH, not_before_at=now)
    if not done:
        raise _refuse("Ce lot n’attend plus : il est parti ou il a été annulé.")
    record("batch.sent_now", office=batch.office, actor=actor, target=batch)
