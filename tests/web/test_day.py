from tests import factories
from tests.web.conftest import TODAY


def test_factories_make_a_position(house):
    row = factories.position(factories.account(house.office), TODAY, overdue=51240)
    assert row.overdue_cents == 51240
