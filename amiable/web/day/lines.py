"""What one line of a list says: the person, the verb, the reason, the debt, the limit, the button."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse

from amiable.diary.holds import active_on
from amiable.diary.models import Hold
from amiable.domain.kinds import Nature, kind
from amiable.domain.procedure import Step
from amiable.ledger.models import Account
from amiable.parties.models import Person
from amiable.positions.models import AccountPosition
from amiable.web.day.words import held_labels, lane_label, step_label

#: Colour of a lane's tag, always beside its word.
_TONES = {
    "legal": "legal",
    "promise": "risk",
    "rejected": "risk",
    "transfer": "risk",
    "first": "accent",
    "call": "accent",
}
#: What the button says, by kind of step; anything else opens the fiche.
_BUTTONS = {"call": "Appeler", "dossier": "Préparer", "referral": "Préparer", "visit": "Décider"}


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

    @property
    def pk(self) -> int:
        return self.position.pk


def lines_of(
    positions: Iterable[AccountPosition], steps: Mapping[str, Step], kind_code: str, *, today: date
) -> list[Line]:
    """The lines of these positions (their account, person, agency and officer already read)."""
    held, natures = held_labels(kind_code), kind(kind_code).natures
    return [_line(position, steps, held, natures, today) for position in positions]


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
) -> Line:
    account = position.account
    due = position.next_step is not None and position.next_step_on is not None
    ready = due and position.next_step_on <= today
    step = steps.get(position.next_step or "")
    url = reverse("account", args=[account.ref])
    button, button_url = _press(position, step, url)
    is_held = bool(position.held_by) and not ready
    # A CAF limit still to meet comes as a deadline; one that is past and asks nothing has been met.
    coming = position.caf_limit_on if position.caf_limit_on and position.caf_limit_on >= today else None
    limit_on = position.deadline_on or coming
    return Line(
        position=position,
        name=person_name(account.person),
        home=_home(account),
        state=_state(account, natures),
        step=f"Ne pas relancer : {held.get(position.held_by or '', position.held_by)}"
        if is_held
        else step_label(steps, position.next_step),
        lane="Retenu" if is_held else lane_label(position.lane),
        tone="kept" if is_held else _TONES.get(position.lane or "", ""),
        held=held.get(position.held_by or "", position.held_by or ""),
        rules=tuple((rule, law_url(rule)) for rule in position.rules.split()),
        limit_on=limit_on,
        limit_of="CAF" if limit_on and limit_on == position.caf_limit_on else "",
        url=url,
        button="Ouvrir" if is_held else button,
        button_url=url if is_held else button_url,
        call_url=reverse("account_act", args=[account.ref, "appel"]),
    )


def _state(account: Account, natures: Mapping[str, Nature]) -> str:
    """« présent » where every claim is a rent, else the nature of the claim: « hôpital »."""
    if len(natures) == 1:
        return account.get_status_display()
    nature = natures.get(account.nature)
    return nature.label.lower() if nature else account.nature


@lru_cache(maxsize=512)
def law_url(rule: str) -> str:
    """Where a rule is read: its id, its text, its source."""
    return reverse("law_rule", args=[rule])


def person_name(person: Person) -> str:
    """« DURAND Samira », as lists and letters of the trade write it."""
    return f"{person.last_name.upper()} {person.first_name}".strip()


def _home(account: Account) -> str:
    town = f"{account.postcode} {account.city}".strip()
    return ", ".join(part for part in (account.address, town) if part)


def _press(position: AccountPosition, step: Step | None, url: str) -> tuple[str, str]:
    """(words, address) of the line's one button."""
    if position.step_mode in {"validate", "auto"} and position.lane != "legal":
        return "Voir le lot", reverse("outreach")
    kind = step.kind if step else ""
    if kind == "call":
        return "Appeler", reverse("account_act", args=[position.account.ref, "appel"])
    return _BUTTONS.get(kind, "Ouvrir"), url
