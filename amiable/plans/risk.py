"""How likely a plan is to break, told from what is known: signs on the person's own file, the office's past.

A help to talk with, never a reason to refuse: no score decides, each sign is said with its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.accounts.models import Account
from amiable.domain.law.calendar import add_months
from amiable.domain.plans.schedule import Instalment, span_months
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros, plural
from amiable.ledger.models import Entry
from amiable.plans.documents import current_rent
from amiable.plans.lifecycle import State
from amiable.plans.models import PlanVersion

LEVELS_FR = ("faible", "moyen", "élevé")
#: Under so many plans that ended, a share says nothing.
_ENOUGH = 10
#: Plans of the past are compared by length: up to so many months, or longer.
_SHORT_MONTHS = 12
_QUIET_DAYS = 45


@dataclass(frozen=True)
class Risk:
    """level: 0 to 2 (LEVELS_FR). signs raise it, helps lower it. past: what became of the office's plans."""

    level: int
    signs: list[str]
    helps: list[str]
    past: str

    @property
    def level_fr(self) -> str:
        return LEVELS_FR[self.level]


def risk_of(
    account: Account, instalments: Sequence[Instalment], capacity_cents: int | None, today: date
) -> Risk:
    """The risk of one schedule for one household. Five queries."""
    signs: list[str] = []
    helps: list[str] = []
    _by_past_plans(account, signs, helps)
    _by_payments(account, today, signs, helps)
    highest = max(one.amount_cents for one in instalments)
    if capacity_cents is None:
        signs.append("budget du ménage inconnu")
    elif highest > capacity_cents:
        signs.append(f"échéance de {euros(highest)} pour une capacité de {euros(capacity_cents)}")
    elif highest * 2 <= capacity_cents:
        helps.append("échéances sous la moitié de la capacité")
    months = span_months(list(instalments))
    if months > 2 * _SHORT_MONTHS:
        signs.append(f"plan long ({months} mois)")
    weight = max(0, len(signs) - len(helps))
    return Risk(0 if not weight else 1 if weight <= 2 else 2, signs, helps, _past(account, months))


def _by_past_plans(account: Account, signs: list[str], helps: list[str]) -> None:
    states = list(
        PlanVersion.objects.filter(
            plan__person=account.person_id, state__in=(State.DENOUNCED, State.COMPLETED)
        ).values_list("state", flat=True)
    )
    broken, kept = states.count(State.DENOUNCED), states.count(State.COMPLETED)
    if broken:
        signs.append(plural(broken, "plan rompu", "plans rompus") + " par le passé")
    if kept:
        helps.append(plural(kept, "plan tenu", "plans tenus") + " par le passé")


def _by_payments(account: Account, today: date, signs: list[str], helps: list[str]) -> None:
    since = add_months(today, -12)
    entries = Entry.objects.filter(account__person=account.person_id, document_on__lte=today)
    bounced = entries.filter(kind=EntryKind.REJET, document_on__gte=since).count()
    if bounced:
        signs.append(plural(bounced, "prélèvement rejeté", "prélèvements rejetés") + " en douze mois")
    last = (
        entries.filter(kind=EntryKind.ENCAISSEMENT)
        .order_by("-document_on")
        .values_list("document_on")
        .first()
    )
    rent = current_rent(account, today)
    month = today.replace(day=1)
    rows = entries.filter(kind=EntryKind.ENCAISSEMENT, document_on__gte=add_months(month, -1))
    paid = -sum(rows.values_list("amount_cents", flat=True))
    if last is None or (today - last[0]).days > _QUIET_DAYS:
        signs.append("aucun paiement récent : le loyer courant n’a pas repris")
    elif rent and paid >= rent:
        helps.append("paiement du loyer courant repris")


def _past(account: Account, months: int) -> str:
    """What became of the office's plans of about that length."""
    ended = PlanVersion.objects.filter(
        plan__office=account.office_id, state__in=(State.DENOUNCED, State.COMPLETED)
    ).values_list("state", "first_due_on", "last_due_on")
    is_long = months > _SHORT_MONTHS
    same = [
        state
        for state, first, last in ended
        if ((last.year - first.year) * 12 + last.month - first.month + 1 > _SHORT_MONTHS) == is_long
    ]
    if len(same) < _ENOUGH:
        return "Trop peu de plans terminés dans l’office pour comparer."
    broken = same.count(State.DENOUNCED)
    length = f"de plus de {_SHORT_MONTHS} mois" if is_long else f"de {_SHORT_MONTHS} mois au plus"
    return f"Dans l’office, {broken} plans {length} sur {len(same)} ont été rompus."
