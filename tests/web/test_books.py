"""The page of the books: what it says, who closes, a second press that closes no other month."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.books.models import Close
from amiable.books.projecting import project
from tests import factories


@pytest.fixture
def account(house):
    made = factories.account(house.office, "C1", agency=house.north)
    factories.debit(made, date(2026, 9, 1), 62_000)
    factories.payment(made, date(2026, 9, 8), 20_000)
    return made


def test_the_balance_the_controls_and_the_month_to_close(house, log_in, account) -> None:
    client = log_in("service_head")
    assert "ne sont pas encore dans les livres" in client.get("/livres/").content.decode()
    project()
    page = client.get("/livres/?au=2026-09-30&controles=1").content.decode()
    assert "Locataires" in page and "620,00" in page and "Faux" not in page and "Bon" in page
    assert "À ventiler, compte 4718" in page and "Clore septembre 2026" in page
    assert "année attendue" in client.get("/livres/?au=2999-01-01").content.decode()


def test_a_second_press_closes_no_other_month(house, log_in, account) -> None:
    project()
    client = log_in("service_head")
    for _ in range(2):
        answer = client.post("/livres/clore/", {"period": "2026-09-01"})
    assert answer.status_code == 422 and "déjà clos" in answer.content.decode()
    made = Close.objects.get()
    assert (made.period, made.closed_by) == (date(2026, 9, 1), house["service_head"])
    assert made.seal[:16] in client.get("/livres/").content.decode()


@pytest.mark.parametrize("role", ["officer", "agency_head"])
def test_it_is_the_head_of_service_s(house, log_in, role: str) -> None:
    client = log_in(role)
    assert client.get("/livres/").status_code == 403
    assert client.post("/livres/clore/", {"period": "2026-09-01"}).status_code == 403
