"""Cells as people and programs write them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from amiable.intake import columns


def parse(parsed, cell):
    frame = pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String})
    value, problem = parsed
    row = frame.select(value=value, problem=problem).row(0)
    return row


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("600,00", 60000),
        ("600.00", 60000),
        ("600", 60000),
        ("0,5", 50),
        (",50", 50),
        ("12,5", 1250),
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.56", 123456),
        ("12 345 678,90", 1234567890),
        ("1.234.567", 123456700),
        ("-200,00", -20000),
        ("200,00-", -20000),
        ("- 200,00", -20000),
        ("(200,00)", -20000),
        ("\u2212200,00", -20000),
        ("+15,00", 1500),
        ("600,00 €", 60000),
        ("600 EUR", 60000),
        ("698.3900", 69839),
        ("1234,50", 123450),
        ("0", 0),
        ("0,00", 0),
    ],
)
def test_amounts_people_write(cell, cents):
    assert parse(columns.amount("cell"), cell) == (cents, None)


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "1,234",
        "12.345",
        "1 2,00",
        "12,345,67",
        "--5",
        "5-5",
        "1e3",
        "12,",
        "€",
        "99999999999,00",
        "NaN",
    ],
)
def test_amounts_that_could_mean_two_things_are_refused(cell):
    value, problem = parse(columns.amount("cell"), cell)
    assert value is None
    assert cell.strip("€") in problem


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("05/10/2026", date(2026, 10, 5)),
        ("5/1/2026", date(2026, 1, 5)),
        ("05/10/26", date(2026, 10, 5)),
        ("2026-10-05", date(2026, 10, 5)),
        ("20261005", date(2026, 10, 5)),
        ("05-10-2026", date(2026, 10, 5)),
        ("05.10.2026", date(2026, 10, 5)),
        ("2026-10-05 00:00:00", date(2026, 10, 5)),
        ("2026-10-05T06:12:00Z", date(2026, 10, 5)),
        ("29/02/2028", date(2028, 2, 29)),
    ],
)
def test_dates_people_write(cell, day):
    assert parse(columns.date("cell"), cell) == (day, None)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("31/02/2026", "date impossible « 31/02/2026 »"),
        ("29/02/2026", "date impossible « 29/02/2026 »"),
        ("00/10/2026", "date impossible « 00/10/2026 »"),
        ("05/13/2026", "date impossible « 05/13/2026 »"),
        ("hier", "date illisible « hier »"),
        ("05/10/1026", "date impossible « 05/10/1026 »"),
    ],
)
def test_dates_that_never_were(cell, reason):
    assert parse(columns.date("cell"), cell) == (None, reason)


@pytest.mark.parametrize(
    "cell",
    ["10/2026", "2026-10", "202610", "05/10/2026", "octobre 2026", "Oct. 2026", "2026-10-05", "10-2026"],
)
def test_months(cell):
    assert parse(columns.month("cell"), cell) == (date(2026, 10, 1), None)


def test_a_month_that_is_none():
    assert parse(columns.month("cell"), "13/2026") == (None, "période illisible « 13/2026 »")


def test_empty_cells_say_nothing():
    for parsed in (
        columns.amount("cell"),
        columns.date("cell"),
        columns.month("cell"),
        columns.yes_no("cell", "tp"),
    ):
        assert parse(parsed, None) == (None, None)
