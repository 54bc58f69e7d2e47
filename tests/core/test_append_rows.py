"""Rows appended in bulk are those `bulk_create` writes, and nobody is given their keys again."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from amiable.cases.models import CaseAccount, Dossier
from amiable.core.frames import append_rows
from tests import factories

days = st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))
#: No null character: no text of the product holds one.
words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
values = st.none() | st.integers(-(2**53), 2**53) | words | st.booleans()
dossiers = st.fixed_dictionaries(
    {
        "kind": words,
        "reference": words,
        "opened_on": st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        "event_on": days,
        "fields": st.dictionaries(words, values | st.lists(values, max_size=3), max_size=3),
        "is_urgent": st.booleans(),
        "key": st.none(),
    }
)


class AppendedRows(TestCase):
    def setUp(self) -> None:
        self.account = factories.account(factories.office())

    def written(self, ids: list[int]) -> list[dict]:
        rows = Dossier.objects.filter(pk__in=ids).order_by("pk").values()
        return [{name: row[name] for name in row if name not in ("id", "created_at")} for row in rows]

    def made(self, said: list[dict]) -> list[Dossier]:
        return [Dossier(office=self.account.office, account=self.account, **one) for one in said]

    @settings(max_examples=40)
    @given(st.lists(dossiers, max_size=4))
    def test_the_same_rows_as_one_by_one(self, said):
        known = Dossier.objects.bulk_create(self.made(said))
        appended = append_rows(self.made(said))
        assert self.written([one.pk for one in appended]) == self.written([one.pk for one in known])
        for one in appended:
            one.refresh_from_db()
            assert one.created_at is not None and not one._state.adding

    def test_a_key_is_given_once(self):
        first = append_rows(self.made([{"kind": "caf", "opened_on": date(2026, 11, 1)}] * 3))
        one = Dossier.objects.create(
            office=self.account.office, account=self.account, opened_on=date(2026, 11, 1)
        )
        known = {row.pk for row in [*first, one]}
        Dossier.objects.all().delete()
        later = append_rows(self.made([{"kind": "caf", "opened_on": date(2026, 11, 1)}]))
        assert len(known) == 4 and later[0].pk > max(known)

    def test_what_was_written_after_it_was_tied_is_named(self):
        case = self.made([{"kind": "caf", "opened_on": date(2026, 11, 1)}])[0]
        covered = CaseAccount(case=case, account=self.account, as_of=date(2026, 11, 1))
        append_rows([case])
        append_rows([covered])
        assert CaseAccount.objects.get().case == case
