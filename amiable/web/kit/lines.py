"""What one line of a list says: the person, the verb, the reason, the debt, the limit, the button."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from django.urls import reverse

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of_step
from amiable.diary.holds import active_on
from amiable.diary.models import Hold
from amiable.domain.creditors import Nature, kind
from amiable.domain.decision.procedure import PRESCRIPTION, Step
from amiable.domain.decision.queue import UNDECIDED, UNDECIDED_LABEL
from amiable.domain.text import french
from amiable.limits.calendar import LegalLimit, of_accounts
from amiable.positions.duties import due
from amiable.positions.models import AccountPosition
from amiable.web.kit.steps import held_labels, lane_label, step_label
from amiable.web.kit.words import home_of, person_name

#: Colour of a lane's tag, always beside its word.
_TONES = {
    "legal": "legal",
    "promise": "risk",
    "plan": "risk",
    "rejected": "risk",
    "transfer": "risk",
    "first": "accent",
    "call": "accent",
}
#: What the button says, by kind of step; anything else opens the fiche.
_BUTTONS = {"call": "Appeler", "dossier": "Préparer", "referral": "Préparer"}


@dataclass(frozen=True)
class DutyLine:
    """One duty of the office on a line: what, why, by when, and the button that begins it."""

    label: str
    lane: str
    tone: str
    why: str
    limit_on: date | None
    rules: tuple[tuple[str, str], ...]
    button: str
    button_url: str
    code: str
    can_be_ticked: bool


@dataclass(frozen=True)
class Line:
    """One line, ready for the template."""

    position: AccountPosition
    name: str
    home: str
    state: str
    step: str
    lane: str
    tone: str
    held: str
    rules: tuple[tuple[str, str], ...]
    limit_on: date | None
    limit_of: str
    url: str
    button: str
    button_url: str
    call_url: str
    duties: tuple[DutyLine, ...] = ()
    #: The line on which the list stands once this one is treated.
    next_pk: int | None = None

    @property
    def pk(self) -> int:
        return self.position.pk


def lines_of(
    positions: Iterable[AccountPosition], steps: Mapping[str, Step], kind_code: str, *, today: date
) -> list[Line]:
    """The lines of these positions (account, person, agency and officer already read). Three queries."""
    shown = list(positions)
    held, natures = held_labels(kind_code), kind(kind_code).natures
    limits = of_accounts([position.pk for position in shown], today)
    following = [position.pk for position in shown[1:]] + [position.pk for position in shown[-2:-1]]
    return [
        _line(position, steps, held, natures, today, limits.get(position.pk, ()), after)
        for position, after in zip_longest(shown, following)
    ]


def hold_reasons(positions: Iterable[AccountPosition], today: date) -> dict[int, str]:
    """Why each account is held, in the words of whoever decided it, and until when. One query."""
    ids = [position.pk for position in positions]
    active = Hold.objects.filter(active_on(today), account_id__in=ids).order_by("starts_on", "pk")
    return {
        hold.account_id: f"{hold.reason}{f', jusqu’au {hold.ends_on:%d/%m/%Y}' if hold.ends_on else ''}"
        for hold in active
    }


def _line(
    position: AccountPosition,
    steps: Mapping[str, Step],
    held: dict[str, str],
    natures: Mapping[str, Nature],
    today: date,
    limits: Sequence[LegalLimit],
    next_pk: int | None,
) -> Line:
    account = position.account
    dated = position.next_step is not None and position.next_step_on is not None
    ready = dated and position.next_step_on <= today
    step = steps.get(position.next_step or "")
    url = reverse("account", args=[account.ref])
    button, button_url = _press(position, step, url)
    is_held = bool(position.held_by) and not ready
    duties = duties_of(position, steps)
    if duties and not ready:
        button, button_url = duties[0].button, duties[0].button_url
    undecided = position.queue == UNDECIDED
    # A limit that passed stays in sight, whatever is next.
    nearest = limits[0] if limits else None
    return Line(
        position=position,
        name=person_name(account.person),
        home=home_of(account),
        state=_state(account, natures),
        step=UNDECIDED_LABEL
        if undecided
        else f"Ne pas relancer : {held.get(position.held_by or '', position.held_by)}"
        if is_held
        else step_label(steps, position.next_step),
        lane="" if undecided else "Retenu" if is_held else lane_label(position.lane),
        tone="kept" if is_held else _TONES.get(position.lane or "", ""),
        held=held.get(position.held_by or "", position.held_by or ""),
        rules=tuple((rule, law_url(rule)) for rule in position.rules.split()),
        limit_on=nearest.limit_on if nearest else position.deadline_on,
        limit_of=nearest.label if nearest else "",
        url=url,
        button="Ouvrir" if is_held and not duties else button,
        button_url=url if is_held and not duties else button_url,
        duties=duties,
        call_url=reverse("account_call", args=[account.ref]),
        next_pk=next_pk,
    )


def duties_of(position: AccountPosition, steps: Mapping[str, Step]) -> tuple[DutyLine, ...]:
    """What the office has to do on the account, nearest limit first. No query."""
    ref = position.account.ref
    found = []
    for duty in due(position):
        step = steps.get(duty.code)
        button, url = _press_duty(step, ref)
        found.append(
            DutyLine(
                label=step_label(steps, duty.code),
                lane=lane_label(duty.lane),
                tone=_TONES.get(duty.lane, ""),
                why=duty.why,
                limit_on=duty.limit_on,
                rules=tuple((rule, law_url(rule)) for rule in duty.rules.split()),
                button=button,
                button_url=url,
                code=duty.code,
                can_be_ticked=step is None or not step.stands,
            )
        )
    return tuple(found)


def _press_duty(step: Step | None, ref: str) -> tuple[str, str]:
    """(words, address) of a duty's button. A prescription is interrupted by an act that is entered."""
    if step is not None and step.deadline == PRESCRIPTION:
        return "Saisir l’acte", reverse("account_act", args=[ref, "prescription"])
    if step is not None and (wanted := kind_of_step(step.code)) is not None:
        return "Préparer", reverse("dossier_start", args=[wanted, ref])
    return "Ouvrir", reverse("account", args=[ref])


def _state(account: Account, natures: Mapping[str, Nature]) -> str:
    """« présent » where every claim is a rent, else the nature of the claim: « hôpital »."""
    if len(natures) == 1:
        return account.get_status_display()
    nature = natures.get(account.nature)
    return french.inside(nature.label) if nature else account.nature


@lru_cache(maxsize=512)
def law_url(rule: str) -> str:
    """Where a rule is read: its id, its text, its source."""
    return reverse("law_rule", args=[rule])


def _press(position: AccountPosition, step: Step | None, url: str) -> tuple[str, str]:
    """(words, address) of the line's one button."""
    if position.step_mode in {"validate", "auto"}:
        return "Voir le lot", reverse("outreach")
    kind = step.kind if step else ""
    if kind == "call":
        return "Appeler", reverse("account_call", args=[position.account.ref])
    if step is not None and (wanted := kind_of_step(step.code)) is not None:
        return "Préparer", reverse("dossier_start", args=[wanted, position.account.ref])
    if kind == "visit":
        return "Décider", reverse("visit_decide", args=[position.account.ref])
    return _BUTTONS.get(kind, "Ouvrir"), url
