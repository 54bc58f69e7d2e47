"""A call to the guarantor and the two parts of a surendettement: one document never mixes them (SUR-02)."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.cases import services
from amiable.cases.models import Dossier
from amiable.domain.errors import DomainError
from amiable.guarantees.action_logement.contracts import cancel_guarantee, contract_of, record_guarantee
from amiable.guarantees.action_logement.reading import terms_of
from amiable.guarantees.models import Guarantee
from amiable.overindebtedness import services as bdf
from tests import factories
from tests.cases.conftest import Desk

TODAY = date(2026, 12, 20)


def guaranteed(desk: Desk, **more: object) -> Guarantee:
    told = {"scheme": "visale", "number": "A1", "starts_on": date(2025, 9, 1)} | more
    return record_guarantee(account=desk.account, actor=desk.officer, today=TODAY, **told)  # type: ignore[arg-type]


def called(desk: Desk) -> Dossier:
    desk.refresh(TODAY)
    return services.open_dossier(
        account=desk.account, kind="action_logement", actor=desk.officer, today=TODAY
    )


def test_part_a_is_called_first_then_part_b_never_both(desk: Desk) -> None:
    guaranteed(desk)
    factories.debit(desk.account, date(2026, 12, 1), 25_000, is_net=True)
    bdf.receive(account=desk.account, on=date(2026, 11, 10), actor=desk.officer, today=TODAY)
    first = called(desk)
    assert first.fields["arrete_le"] == "2026-11-10"
    assert [term.month for term in terms_of(first, TODAY)] == [date(2026, 10, 1), date(2026, 11, 1)]
    first = services.edit_fields(
        dossier=first, fields={"arrete_le": TODAY.isoformat()}, actor=desk.officer, today=TODAY
    )
    assert [term.month for term in terms_of(first, TODAY)] == [date(2026, 12, 1)]


def test_locapass_pays_so_much_of_a_term_and_for_so_long(desk: Desk) -> None:
    made = guaranteed(desk, scheme="locapass", starts_on=date(2023, 11, 15))
    assert (made.instalments, made.cap_cents, made.ends_on) == (9, 200_000, date(2026, 11, 15))
    factories.debit(desk.account, date(2026, 11, 5), 300_000, is_net=True)
    factories.debit(desk.account, date(2026, 12, 1), 25_000, is_net=True)
    terms = terms_of(called(desk), TODAY)
    assert [(term.unpaid_cents, term.asked_cents) for term in terms] == [(25_000, 25_000), (325_000, 200_000)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"number": " "}, "guarantee_number"),
        ({"scheme": "gli"}, "guarantee_unknown"),
        ({"ends_on": date(2025, 8, 31)}, "guarantee_dates"),
    ],
)
def test_an_impossible_contract_is_refused_whole(desk: Desk, told: dict, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        guaranteed(desk, **told)
    assert refused.value.code == code and not Guarantee.objects.exists()


def test_two_contracts_do_not_cover_the_same_day_and_a_mistake_is_taken_back_once(desk: Desk) -> None:
    made = guaranteed(desk)
    with pytest.raises(DomainError, match="déjà ces dates"):
        guaranteed(desk, number="A2", starts_on=date(2026, 1, 1))
    cancel_guarantee(guarantee=made, actor=desk.officer, today=TODAY)
    with pytest.raises(DomainError, match="déjà retirée"):
        cancel_guarantee(guarantee=made, actor=desk.officer, today=TODAY)
    assert contract_of(desk.account, TODAY) is None
    assert guaranteed(desk, number="A2").number == "A2"
