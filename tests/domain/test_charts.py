"""Charts of accounts: whole, and what each kind of entry does in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from amiable.domain.books.chart import charts, charts_of, journals, labels_of, templates
from amiable.domain.books.lines import lines
from amiable.domain.creditors import kind, kinds
from amiable.domain.settlement.entry_kinds import EntryKind

ACCOUNT = 7
WORKED = yaml.safe_load((Path(__file__).parents[1] / "cases" / "books.yaml").read_text(encoding="utf-8"))


def frame(creditor: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Entries as the domain reads them; entry_id counts from 1."""
    schema = {
        "entry_id": pl.Int64, "account_id": pl.Int64, "creditor": pl.String, "nature": pl.String,
        "kind": pl.Int8, "amount_cents": pl.Int64, "document_on": pl.Date, "from_bank": pl.Boolean,
        "undone_kind": pl.Int8, "undone_on": pl.Date, "undone_from_bank": pl.Boolean,
    }  # fmt: skip
    told = [
        {
            "entry_id": number,
            "account_id": ACCOUNT,
            "creditor": creditor,
            "from_bank": False,
            "undone_from_bank": False,
            **row,
        }
        for number, row in enumerate(rows, 1)
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in told], schema=schema)


@pytest.mark.parametrize("creditor", kinds())
def test_each_nature_has_one_chart_and_each_role_its_account(creditor: str) -> None:
    assert charts_of(creditor)
    for nature in kind(creditor).natures:
        keepers = [one.code for one in charts_of(creditor) if nature in one.natures]
        assert len(keepers) == 1, nature
    needed = {"BANK", "UNKNOWN", "RESULT", "ETEINTE", "REMISE", "LEGAL_REC"}
    for one in charts_of(creditor):
        assert needed <= set(one.roles)
        assert set(one.accounts) <= set(labels_of(creditor))


def test_a_contentious_account_is_its_friendly_twin_and_every_receivable_stays_on_41_or_467() -> None:
    for one in charts():
        for nature in one.natures.values():
            assert nature.receivable.startswith(("41", "467")), one.code
            assert nature.product.startswith("7"), one.code


def test_every_kind_has_a_template_and_every_journal_a_name() -> None:
    assert set(templates()) == set(EntryKind)
    assert {t.journal for t in templates().values() if t.journal} <= set(journals())


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case["name"])
def test_worked_entries(case: dict) -> None:
    rows = []
    for told in case["entries"]:
        row = {"nature": case["nature"], **told, "kind": int(EntryKind[told["kind"]])}
        if "undone_kind" in told:
            row["undone_kind"] = int(EntryKind[told["undone_kind"]])
        rows.append(row)
    made = lines(frame(case["creditor"], rows), [])
    found = [
        f"{'D' if row['debit_cents'] else 'C'} {row['account_code']}"
        f"{'[X]' if row['auxiliary_id'] else ''} {row['debit_cents'] or row['credit_cents']}"
        for row in made.iter_rows(named=True)
    ]
    assert found == case["lines"]
    assert made["debit_cents"].sum() == made["credit_cents"].sum()


def test_what_comes_after_a_close_is_booked_in_the_first_open_month() -> None:
    day = date(2026, 9, 20)
    rows = [
        {"nature": "loyer", "kind": 1, "amount_cents": 100, "document_on": day},
        {"nature": "loyer", "kind": 1, "amount_cents": 200, "document_on": day},
        {"nature": "loyer", "kind": 1, "amount_cents": 300, "document_on": date(2026, 12, 1)},
    ]
    made = lines(frame("landlord", rows), [(1, date(2026, 10, 1))])
    booked = dict(made.filter(pl.col("place") == 1).select("entry_id", "booked_on").rows())
    assert booked == {1: day, 2: date(2026, 10, 1), 3: date(2026, 12, 1)}
    assert set(made.filter(pl.col("entry_id") == 2)["value_on"]) == {day}
