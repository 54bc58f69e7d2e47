"""By no road does a late limit go away without the reason of whoever closes it: a walk over every event."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from amiable.cases import services
from amiable.cases.effects import LATE
from amiable.cases.events import asked
from amiable.cases.kinds import every
from amiable.cases.models import Dossier, Partner
from amiable.correspondence import store
from amiable.diary.models import Hold
from amiable.domain import law
from amiable.domain.cases.event import NIGHT, STAYS, Event, Field
from amiable.domain.cases.family import IN_PREPARATION
from amiable.domain.cases.kind import Kind
from amiable.domain.errors import DomainError
from amiable.limits import services as limits
from amiable.limits.models import Limit
from amiable.overindebtedness.answers import CONVENTIONAL
from tests import factories
from tests.cases.conftest import TODAY, Desk

LONG_AGO = date(2025, 2, 3)
#: A limit to keep and one only to be waited for.
KEPT, WAITED = "CAF-08", "CAF-09"


def ends(kind: Kind, event: Event) -> bool:
    return event.to in kind.family.lifecycle.over


def named(event: Event) -> set[str]:
    """The rules this event meets or puts away."""
    return ({*event.meets, *event.rules_of("meet_limit"), *event.rules_of("drop_limits")}) - {""}


BY_HAND = [(kind, event) for kind in every().values() for event in kind.events if event.by != NIGHT]
ENDING = [(kind, event) for kind, event in BY_HAND if ends(kind, event)]
NAMING = [
    (kind, event, rule) for kind, event in BY_HAND if not ends(kind, event) for rule in sorted(named(event))
]


def typed(field: Field) -> Any:
    if field.choices:
        return field.choices[0][0]
    return {"money": 100, "date": TODAY, "number": 6, "bool": True}.get(field.kind, "Dit à l’accueil")


def standing(desk: Desk, kind: Kind, event: Event, rules: set[str]) -> Dossier:
    """A dossier where that event may come, as those who came before it left it, these limits long past."""
    moves = kind.family.lifecycle
    stages = [
        one for one in event.stages if event.to == STAYS or moves.allows(one, kind.leads_to(event, one))
    ]
    stage = next((one for one in stages if one not in IN_PREPARATION), stages[0])
    made = Dossier.objects.create(
        office=desk.office, account=desk.account, kind=kind.code, stage=stage, opened_on=LONG_AGO,
        answer=event.follows[0] if event.follows else "", event_on=LONG_AGO,
        fields={"recevable_le": LONG_AGO.isoformat(), "mesures": {"nature": CONVENTIONAL, "clause": ""}},
    )  # fmt: skip
    factories.payment(desk.account, TODAY, 10_000)
    come_true(desk, event)
    if kind.code == "bdf":
        bank = factories.person(desk.office, last_name="Banque de France")
        factories.contact(bank, "address", "1 rue de la Banque\n42000 Valmont")
        made.partner = Partner.objects.create(office=desk.office, kind="bdf", code="421", person=bank)
        made.save()
        Hold.objects.create(
            account=desk.account, kind=Hold.Kind.SURENDETTEMENT, reason="Recevabilité", starts_on=LONG_AGO
        )
        made.events.create(
            event="answer:retablissement", on=LONG_AGO, data={"decide_le": LONG_AGO.isoformat()}
        )
    for rule in sorted(rules):
        opened(desk, made, rule)
    return made


def come_true(desk: Desk, event: Event) -> None:
    """The ledger holds what the event asserts: the debt paid, or the sum it says was received."""
    asserts = {each.effect for each in event.effects}
    if "check_settled" in asserts:
        factories.payment(desk.account, TODAY, 50_000)
    if "check_received" in asserts:
        factories.payment(desk.account, TODAY, typed(Field("montant", "", "money")))


def opened(desk: Desk, dossier: Dossier, rule: str) -> Limit:
    clause = {"clause": "15 jours"} if rule == "SUR-17" else {}
    wanted = limits.prepared(desk.account, rule, from_on=LONG_AGO, case=dossier, **clause)
    return limits.open_limit(wanted, actor=None, today=TODAY)


def record(desk: Desk, dossier: Dossier, event: Event, **more: str) -> None:
    letter = store.add_document(
        office=desk.office, code="lettre", title="Lettre", content=b"%PDF-1.7 x", dated_on=TODAY,
        actor=desk.officer, account=desk.account,
    )  # fmt: skip
    services.record_event(
        dossier=dossier, code=event.code, on=TODAY, today=TODAY, document=letter,
        actor=desk.social if dossier.kind == "social" else desk.officer,
        values={field.code: typed(field) for field in event.fields} | more,
    )  # fmt: skip


def refuses_without_a_reason(desk: Desk, dossier: Dossier, event: Event) -> None:
    with pytest.raises(DomainError) as refused:
        record(desk, dossier, event)
    assert refused.value.code == "late_limit_needs_reason"
    assert not dossier.limits.exclude(state=Limit.State.OPEN).exists()
    dossier.refresh_from_db()


@pytest.mark.parametrize(("kind", "event", "rule"), NAMING, ids=lambda one: getattr(one, "code", one))
def test_what_meets_or_puts_away_a_late_limit_says_why(desk: Desk, kind: Kind, event: Event, rule: str):
    dossier = standing(desk, kind, event, {rule})
    asks = rule in {*event.meets, *event.rules_of("meet_limit")} or not law.limit_words(rule).waits
    assert (LATE in asked(dossier, event, TODAY)) is asks
    if asks:
        refuses_without_a_reason(desk, dossier, event)
    record(desk, dossier, event, **({"late_reason": "Reçu hors délai."} if asks else {}))
    assert not asks or dossier.limits.get(rule=rule, from_on=LONG_AGO).reason.text == "Reçu hors délai."


def test_in_time_nothing_more_is_asked(desk: Desk):
    dossier = Dossier.objects.create(
        office=desk.office, account=desk.account, kind="caf", stage="followed", opened_on=TODAY
    )
    wanted = limits.prepared(desk.account, KEPT, from_on=TODAY, case=dossier)
    limits.open_limit(wanted, actor=None, today=TODAY)
    event = next(event for kind, event in BY_HAND if (kind.code, event.code) == ("caf", "regle"))
    assert asked(dossier, event, TODAY) == event.fields
    come_true(desk, event)
    record(desk, dossier, event)
    assert dossier.limits.get().reason.text == "La dette est réglée : la limite n’a plus d’objet."


@pytest.mark.parametrize(("kind", "event"), ENDING, ids=lambda one: one.code)
def test_what_ends_a_dossier_ends_its_limits_with_their_reason(desk: Desk, kind: Kind, event: Event):
    dossier = standing(desk, kind, event, {KEPT, WAITED, *named(event)})
    assert LATE in asked(dossier, event, TODAY)
    refuses_without_a_reason(desk, dossier, event)
    record(desk, dossier, event, late_reason="Reçu hors délai.")
    assert not dossier.limits.filter(state=Limit.State.OPEN).exists()
    assert dossier.limits.get(rule=KEPT).reason.text == "Reçu hors délai."
    assert all(one.reason for one in dossier.limits.all())
    told = [
        *dossier.events.values_list("data", flat=True),
        *desk.account.diary.values_list("data", flat=True),
    ]
    assert not [data for data in told if "Reçu hors délai." in data.values()]


@pytest.mark.parametrize("abandoned", [True, False])
def test_an_officer_who_ends_a_dossier_says_why(desk: Desk, abandoned: bool):
    dossier = Dossier.objects.create(
        office=desk.office, account=desk.account, kind="caf", stage="followed", opened_on=LONG_AGO
    )
    opened(desk, dossier, KEPT)
    doing = {"dossier": dossier, "actor": desk.officer, "today": TODAY, "abandoned": abandoned}
    with pytest.raises(DomainError):
        services.close_dossier(**doing)
    services.close_dossier(**doing, reason="Locataire parti.")
    assert set(dossier.limits.values_list("state", "reason__text")) == {("closed", "Locataire parti.")}
