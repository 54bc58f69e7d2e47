"""What the screens read of batches and sendings: a constant number of queries a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum
from django.db.models.expressions import Window as Over
from django.db.models.functions import Coalesce

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.clock import PARIS
from amiable.core.models import Agency, Office, User
from amiable.correspondence import templates
from amiable.correspondence.models import Document, OutboxItem
from amiable.domain.creditors import window
from amiable.domain.law.calendar import contact_window
from amiable.domain.text import french
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.procedures.in_force import policy_of

L = BatchLine.Status
#: What has not left yet was not always prepared with its message: alone, then.
_MESSAGE = Coalesce("message", "account_id")
_MESSAGE_OF_LINES = Coalesce("lines__message", "lines__account_id")


def batches_of_day(user: User, day: date) -> list[Batch]:
    """The day's batches with their counts, and earlier ones still on their way. Two queries."""
    found = scope(Batch.objects.all(), user).filter(
        Q(on=day) & ~Q(status=Batch.Status.CANCELLED)
        | Q(status__in=[Batch.Status.APPROVED, Batch.Status.DISPATCHING])
    )
    counted = found.annotate(
        proposed=Count("lines", filter=Q(lines__status=L.PROPOSED)),
        messages=Count(_MESSAGE_OF_LINES, filter=Q(lines__status=L.PROPOSED), distinct=True),
        excluded=Count("lines", filter=Q(lines__status=L.EXCLUDED)),
        removed=Count("lines", filter=Q(lines__status=L.REMOVED)),
        approved=Count("lines", filter=Q(lines__status=L.APPROVED)),
        sent=Count("lines", filter=Q(lines__status=L.SENT)),
        suppressed=Count("lines", filter=Q(lines__status=L.SUPPRESSED)),
        failed=Count("lines", filter=Q(lines__status=L.FAILED)),
        amount=Sum("lines__amount_cents", filter=Q(lines__status__in=[L.PROPOSED, L.APPROVED, L.SENT])),
    )
    batches = list(counted.order_by("status", "step_label", "agency_id"))
    names = dict(Agency.objects.filter(pk__in={b.agency_id for b in batches}).values_list("pk", "name"))
    for batch in batches:
        batch.agency_name = names.get(batch.agency_id, "")
    return batches


def to_approve(office: Office, day: date) -> QuerySet[Batch]:
    """The day's batches of the office that wait for somebody, and have something to send."""
    waiting = Batch.objects.filter(office=office, on=day, status=Batch.Status.PROPOSED)
    return waiting.filter(lines__status=L.PROPOSED).distinct().order_by("pk")


def lines(batch: Batch) -> QuerySet[BatchLine]:
    related = ("account__person", "person", "outbox_item", "document")
    others = Prefetch("recipients", LineRecipient.objects.select_related("person").order_by("pk"))
    found = batch.lines.select_related(*related).prefetch_related(others)
    return found.order_by("-amount_cents", "pk")


def together(going: QuerySet[BatchLine]) -> QuerySet[BatchLine]:
    """The lines with `together`, how many one message carries; those of one message follow one another."""
    told = going.annotate(
        together=Over(Count("pk"), partition_by=[_MESSAGE]),
        most=Over(Max("amount_cents"), partition_by=[_MESSAGE]),
    )
    return told.order_by("-most", _MESSAGE, "-amount_cents", "pk")


def message_count(going: QuerySet[BatchLine]) -> int:
    """How many messages carry these lines."""
    return going.order_by().aggregate(count=Count(_MESSAGE, distinct=True))["count"]


def items_of(batch: Batch) -> QuerySet[OutboxItem]:
    """Every message of a batch, to those who owe and in copy."""
    carried = Q(batchline__batch=batch) | Q(linerecipient__line__batch=batch)
    return OutboxItem.objects.filter(carried).distinct()


def items_about(account: Account) -> QuerySet[OutboxItem]:
    """Every message that tells something of an account, alone or in a batch, to those who owe and in copy."""
    batched = Q(batchline__account=account) | Q(linerecipient__line__account=account)
    return OutboxItem.objects.filter(Q(account=account) | batched).distinct()


def printed(batch: Batch) -> list[Document]:
    """The files to print of a batch: one per few hundred letters, in order."""
    return list(Document.objects.filter(letters__outboxitem__in=items_of(batch)).distinct().order_by("pk"))


def spool(user: User, *, channel: str = "", status: str = "", text: str = "") -> QuerySet[OutboxItem]:
    """What left, waits, or would leave, newest first."""
    found = scope(OutboxItem.objects.all(), user).select_related(
        "person", "account", "contact_point", "document"
    )
    if channel:
        found = found.filter(channel=channel)
    if status:
        found = found.filter(status=status)
    if text:
        key = french.search_key(text)
        found = found.filter(Q(account__ref__icontains=text) | Q(person__search_key__contains=key))
    return found.order_by("-pk")


def documents_for(office: Office, channel: str) -> list[templates.Current]:
    """The wordings an officer may send by a channel."""
    media = {"post": ("letter",), "lrar": ("letter", "lrar")}.get(channel, (channel,))
    return [
        entry
        for entry in templates.of_office(office)
        if entry.wording.media in media and not entry.wording.room
    ]


@dataclass(frozen=True)
class Window:
    """Whether SMS and e-mails leave now, and the sentence that says when."""

    is_open: bool
    opens_at: datetime
    sentence_fr: str
    leaves_fr: str = ""


def contact_hours(office: Office, now: datetime) -> Window:
    """« partira lundi 8 h » outside the office's contact hours (DUN-08)."""
    now = now.astimezone(PARIS)
    opens_at = contact_window(now, window(policy_of(office, now.date())), office.territory)
    if opens_at <= now:
        return Window(True, now, "Les SMS et les courriels partent tout de suite.")
    leaves = leaves_at(opens_at, now)
    return Window(False, opens_at, f"Les SMS et les courriels partiront {leaves}.", leaves)


def leaves_at(at: datetime, now: datetime) -> str:
    """`aujourd’hui à 18 h`, `demain à 8 h`, `lundi 23 novembre à 8 h`."""
    hour = f"{at.hour}{french.NBSP}h" + (f"{french.NBSP}{at.minute:02d}" if at.minute else "")
    days = (at.date() - now.date()).days
    day = {0: "aujourd’hui", 1: "demain"}.get(days) or french.day_words(at.date())
    return f"{day} à {hour}"
