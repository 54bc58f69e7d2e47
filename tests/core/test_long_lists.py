"""A list of values in a condition keeps the same rows, short or long, and a long one is one parameter."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from amiable.accounts.models import Account
from amiable.core.long_lists import FEW
from tests import factories

ROWS = 6


class LongLists(TestCase):
    def setUp(self) -> None:
        office = factories.office()
        self.accounts = [factories.account(office, ref=f"L{n}") for n in range(ROWS)]

    @settings(max_examples=30)
    @given(
        st.sets(st.integers(0, ROWS - 1)),
        st.sampled_from([0, FEW - 1, FEW, 3 * FEW]),
        st.booleans(),
        st.sampled_from(["pk", "person_id", "person__pk", "ref"]),
    )
    def test_the_same_rows_whatever_the_length(self, kept, others, with_none, by):
        def value(account):
            return (
                account.ref if by == "ref" else account.person_id if by.startswith("person") else account.pk
            )

        wanted = [value(self.accounts[n]) for n in kept] * 2
        wanted += [f"X{n}" if by == "ref" else 10**9 + n for n in range(others)]
        wanted += [None] if with_none else []
        rows, name = Account.objects.all(), by
        expected = {account.pk for n, account in enumerate(self.accounts) if n in kept}
        everyone = {account.pk for account in self.accounts}
        assert set(rows.filter(**{f"{name}__in": wanted}).values_list("pk", flat=True)) == expected
        assert (
            set(rows.exclude(**{f"{name}__in": wanted}).values_list("pk", flat=True)) == everyone - expected
        )


@pytest.mark.parametrize("name", ["pk", "person", "person__pk", "office__accounts", "ref", "position__pk"])
def test_a_long_list_is_one_parameter(name):
    values = [f"L{n}" if name == "ref" else n for n in range(FEW + 1)]
    for rows in (
        Account.objects.filter(**{f"{name}__in": values}),
        Account.objects.exclude(**{f"{name}__in": values}),
    ):
        _, parameters = rows.query.get_compiler(connection=connection).as_sql()
        assert len(parameters) <= 2
