"""On PostgreSQL, in a database that sorts as the French do, nothing one searches by reads a whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amiable.accounts.models import Account
from amiable.intake.movements import lost_zeros
from amiable.positions.search import matching
from tests import factories

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
#: Enough for the planner to prefer an index wherever one serves.
ACCOUNTS = 10_000
FILL = (
    "INSERT INTO parties_person (id, office_id, ref, last_name, first_name, is_company, language,"
    " email_opt_out, sms_opt_out, preferred_channel, search_key)"
    " SELECT n, {office}, 'P' || n, 'NOM' || n, '', false, 'fr', false, false, '', 'nom' || n || ' camille'"
    " FROM generate_series(1000000, 1000000 + {count}) n",
    "INSERT INTO ledger_account (id, office_id, ref, person_id, nature, status, contract_ref, address,"
    " postcode, city, payment_mode, object_label, version)"
    " SELECT n, {office}, 'M' || n, n, 'loyer', 'present', '', '', '', 'Ville ' || n % 300, '', '', 0"
    " FROM generate_series(1000000, 1000000 + {count}) n",
    "INSERT INTO accounts_accountalias (office_id, account_id, alias)"
    " SELECT {office}, n, 'T' || n FROM generate_series(1000000, 1000000 + {count}) n",
    "INSERT INTO parties_contactpoint (person_id, kind, value, is_mobile, problem, is_current, created_at)"
    " SELECT n, 'phone', '+3363998' || n, true, '', true, now()"
    " FROM generate_series(1000000, 1000000 + {count}) n",
    "INSERT INTO parties_contactpoint (person_id, kind, value, is_mobile, problem, is_current, created_at)"
    " SELECT n, 'email', 'p' || n || '@exemple.fr', false, '', true, now()"
    " FROM generate_series(1000000, 1000000 + {count}) n",
    "ANALYZE parties_person",
    "ANALYZE ledger_account",
    "ANALYZE accounts_accountalias",
    "ANALYZE parties_contactpoint",
)


@pytest.fixture
def office():
    made = factories.office()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone()[0] not in ("C", "POSIX"), "with that order any index serves a beginning"
        for statement in FILL:
            cursor.execute(statement.format(office=made.pk, count=ACCOUNTS))
    return made


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


def whole_tables(asked: CaptureQueriesContext) -> list[tuple[str, str]]:
    """(table, query) of each table that a query would read from end to end."""
    found = []
    with connection.cursor() as cursor:
        for query in (each["sql"] for each in asked.captured_queries):
            cursor.execute("EXPLAIN (FORMAT JSON) " + query.replace("%", "%%"), [])
            (answer,) = cursor.fetchone()
            plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
            found += [
                (node["Relation Name"], query) for node in nodes(plan) if node["Node Type"] == "Seq Scan"
            ]
    return found


#: Something of each way of searching, that is found: a first name alone is the one that reads every name.
REMEMBERED = (
    "M1000123",
    "T1000123",
    "06 39 98 10 00 12",
    "p1000123@exemple.fr",
    "nom1000123",
    "nom1000123 camille",
    "ville 12",
    "nom1000123 ville 223",
)


def test_whatever_one_searches_by_begins_in_an_index(office):
    with CaptureQueriesContext(connection) as asked:
        found = [matching(office.pk, text) for text in REMEMBERED]
        lost_zeros(office, pl.Series(["123"]))
    assert whole_tables(asked) == []
    for text, ids in zip(REMEMBERED, found, strict=True):
        assert Account.objects.filter(pk__in=ids).exists(), text
