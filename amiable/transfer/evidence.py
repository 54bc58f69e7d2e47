"""What a file shows on a day: what was tried, what is owed échéance by échéance and when each prescribes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from amiable.accounts.models import Account, AccountParty
from amiable.diary.done import came_back, standing
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import Kind
from amiable.domain.cases.transfer import Tried
from amiable.domain.decision.procedure import Step
from amiable.outreach.statement import label, owed_items
from amiable.partners.ccapex import earliest_assignation_on, seizure_of
from amiable.plans.models import PlanVersion
from amiable.positions.facts import frame
from amiable.procedures.in_force import load_book
from amiable.transfer.models import Waiver

#: What leaves for the person, by any channel.
SENT = (Kind.EMAIL, Kind.SMS, Kind.LETTER, Kind.LRAR, Kind.CONVOCATION)
#: The act of the step whose letter a judge looks for first.
NOTICE = "MISE_EN_DEMEURE"
MET = (Kind.INTERVIEW, Kind.NO_SHOW)
REACHED = DiaryEntry.Outcome.REACHED
ENDED = {
    PlanVersion.State.DENOUNCED: "dénoncé",
    PlanVersion.State.CANCELLED: "refusé ou annulé",
}


@dataclass(frozen=True)
class Due:
    """One unpaid échéance: what it is, what is left (cents), its last day before prescription."""

    on: date
    label_fr: str
    rest_cents: int
    prescribes_on: date | None
    is_prescribed: bool


@dataclass(frozen=True)
class Evidence:
    """Everything the gate, the screens and the bundle read of one account on one day."""

    account: Account
    as_of: date
    tried: Tried
    dues: tuple[Due, ...]
    acts: tuple[DiaryEntry, ...]
    step_labels: dict[str, str]
    caf_limit_on: date | None


def gather(account: Account, as_of: date) -> Evidence:
    """The evidence of one account, recomputed for the day asked: a constant number of queries."""
    facts = frame(office=account.office, as_of=as_of, ids=[account.pk]).row(0, named=True)
    book = load_book(account.office, as_of)
    steps = {step.code: step for each in book.editions.values() for e in each for step in e.procedure.steps}
    lines = standing(as_of).filter(account=account).exclude(kind=Kind.CORRECTION)
    lines = lines.annotate(is_back=came_back(as_of))
    acts = tuple(lines.select_related("actor", "document").order_by("on", "pk"))
    dues = _dues(account, as_of)
    since = min((due.on for due in dues), default=as_of)
    return Evidence(
        account=account,
        as_of=as_of,
        tried=_tried(account, as_of, facts, [a for a in acts if a.on >= since], steps, dues),
        dues=dues,
        acts=acts,
        step_labels={code: step.label_fr for code, step in steps.items()},
        caf_limit_on=facts["caf_limit_on"],
    )


def _tried(
    account: Account,
    as_of: date,
    facts: dict,
    acts: Sequence[DiaryEntry],
    steps: dict[str, Step],
    dues: Sequence[Due],
) -> Tried:
    last = partial(_last, acts)
    left = [a for a in acts if a.kind != Kind.STEP_SKIPPED and a.outcome != DiaryEntry.Outcome.FAILED]
    done = [a for a in left if not is_back(a)]
    notices = {code for code, step in steps.items() if step.act == NOTICE}

    def step_on(test: Callable[[Step], bool]) -> date | None:
        codes = {code for code, step in steps.items() if test(step)}
        return max((a.on for a in done if a.step in codes and a.kind != Kind.SUPPRESSED), default=None)

    caf_on = step_on(lambda step: step.act == "SIGNALEMENT_CAF")
    spell = min((day for day in (facts["first_default_on"], facts["oldest_unpaid_on"]) if day), default=None)
    seized = seizure_of(account, as_of, spell) if spell else None
    plan = (
        PlanVersion.objects.filter(plan__accounts=account, statement_on__lte=as_of)
        .order_by("-statement_on", "-pk")
        .first()
    )
    guarantors = set(
        AccountParty.objects.filter(account=account, role=AccountParty.Role.GUARANTOR).values_list(
            "person_id", flat=True
        )
    )
    told = account.documents.filter(person_id__in=guarantors, dated_on__lte=as_of)
    waivers = Waiver.objects.filter(account=account, on__lte=as_of).exclude(withdrawn_on__lte=as_of)
    return Tried(
        claimed_cents=sum(due.rest_cents for due in dues),
        letters=sum(a.kind in SENT for a in done),
        calls=sum(a.kind == Kind.CALL for a in acts),
        notice_on=step_on(lambda step: step.act == NOTICE),
        notice_back_on=_last(left, lambda a: a.step in notices and is_back(a)),
        met_on=last(lambda a: a.kind in MET or (a.kind == Kind.CALL and a.outcome == REACHED)),
        visited_on=last(lambda a: a.kind == Kind.VISIT),
        social_on=step_on(lambda step: step.kind == "referral"),
        plan_on=plan.statement_on if plan else None,
        plan_end=ENDED.get(PlanVersion.State(plan.state), "") if plan else "",
        caf_constituted_on=facts["caf_constituted_on"],
        caf_on=caf_on,
        third_party=bool(facts["third_party"]),
        ccapex_on=seized.on if seized else None,
        assignation_from_on=earliest_assignation_on(account, as_of, spell) if spell else None,
        lease_on=account.lease_on,
        departed=account.status == Account.Status.PARTI,
        guarantors=len(guarantors),
        guarantors_told=len(set(told.values_list("person_id", flat=True))),
        disputed_cents=facts["disputed_cents"] or 0,
        prescribed_cents=sum(due.rest_cents for due in dues if due.is_prescribed),
        holds=tuple(account.holds.filter(active_on(as_of)).values_list("kind", flat=True)),
        waived=dict(waivers.values_list("check_code", "reason")),
    )


def is_back(act: DiaryEntry) -> bool:
    """Whether what left came back: nobody received it. Acts of `gather` only."""
    return bool(getattr(act, "is_back", False)) and act.outbox_item_id is not None and act.kind in SENT


def _last(acts: Sequence[DiaryEntry], test: Callable[[DiaryEntry], bool]) -> date | None:
    return max((a.on for a in acts if test(a)), default=None)


def _dues(account: Account, as_of: date) -> tuple[Due, ...]:
    """The unpaid échéances, oldest first, each with its own prescription (TIME-01)."""
    return tuple(
        Due(
            on=item.due_on,
            label_fr=label(item.kind, item.month, account),
            rest_cents=item.rest_cents,
            prescribes_on=item.prescribes_on,
            is_prescribed=item.is_prescribed,
        )
        for item in owed_items([account], as_of)[account.pk]
    )
