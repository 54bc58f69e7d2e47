"""A large fictitious landlord, written straight into the database: the load of the benches, always the same.

One fifth of the accounts is late, nearly half receives aid in tiers payant, one payment in a hundred is
returned. About twelve movements an account, in the order of a bank journal (by date), as lists bring them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.domain.entries import EntryKind

MONTHS = 5
AS_OF = date(2026, 11, 22)
SEED = 42


def accounts_frame(count: int) -> pl.DataFrame:
    """account, rent, aid, profile (0 pays, 1 pays late, 2 in part, 3 hardly), day of payment."""
    number = pl.int_range(1, count + 1, dtype=pl.Int64, eager=True).alias("account")
    draw = [number.hash(SEED + turn).cast(pl.Float64) / 2.0**64 for turn in range(4)]
    frame = pl.DataFrame([number, *(series.alias(f"u{i}") for i, series in enumerate(draw))])
    profile = (
        pl.when(pl.col("u0") < 0.80)
        .then(0)
        .when(pl.col("u0") < 0.90)
        .then(1)
        .when(pl.col("u0") < 0.96)
        .then(2)
    )
    return frame.select(
        "account",
        rent=(30_000 + pl.col("u1") * 60_000).cast(pl.Int64),
        aid=pl.when(pl.col("u2") < 0.45).then((8_000 + pl.col("u2") * 40_000).cast(pl.Int64)).otherwise(0),
        profile=profile.otherwise(3).cast(pl.Int8),
        day=(pl.col("u3") * 18).cast(pl.Int64),
        u=pl.col("u3"),
    )


def movements(accounts: pl.DataFrame) -> pl.DataFrame:
    """id, account, kind, document_on, due_on, period, amount, reverses; ids in the order of the documents."""
    months = pl.DataFrame({"period": [date(2026, AS_OF.month - back, 1) for back in range(MONTHS)]})
    grid = accounts.join(months, how="cross").with_columns(
        v=pl.struct("account", "period").hash(SEED).cast(pl.Float64) / 2.0**64
    )
    days = pl.duration(days=1)
    called = grid.select(
        "account",
        pl.lit(int(EntryKind.QUITTANCE)).alias("kind"),
        document_on="period",
        due_on=pl.col("period") + 4 * days,
        period="period",
        amount="rent",
    )
    aid = grid.filter((pl.col("aid") > 0) & (pl.col("period") < AS_OF.replace(day=1))).select(
        "account",
        pl.lit(int(EntryKind.APL)).alias("kind"),
        document_on=pl.col("period") + 24 * days,
        period="period",
        amount=-pl.col("aid"),
    )
    share = pl.col("rent") - pl.col("aid")
    paid_part = (
        pl.when(pl.col("profile") <= 1).then(share)
        .when(pl.col("profile") == 2).then((share * (0.3 + 0.7 * pl.col("v"))).cast(pl.Int64))
        .otherwise((share * 0.4 * pl.col("v")).cast(pl.Int64))
    )  # fmt: skip
    late = pl.when(pl.col("profile") == 1).then(12).otherwise(0)
    paid = grid.select(
        "account",
        pl.lit(int(EntryKind.ENCAISSEMENT)).alias("kind"),
        document_on=pl.col("period") + (pl.col("day") + late) * days,
        amount=-paid_part,
        v="v",
    ).filter((pl.col("amount") < 0) & (pl.col("document_on") <= AS_OF))
    paid = paid.with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))
    returned = paid.filter((pl.col("v") < 0.01) & (pl.col("document_on") <= date(2026, 11, 10))).select(
        "account",
        pl.lit(int(EntryKind.REJET)).alias("kind"),
        document_on=pl.col("document_on") + 5 * days,
        amount=-pl.col("amount"),
        undoes="n",
    )
    rows = pl.concat([called, aid, paid.drop("v"), returned], how="diagonal").sort(
        "document_on", "kind", "account"
    )
    rows = rows.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.Int64))
    targets = rows.filter(pl.col("n").is_not_null()).select(undoes="n", reverses="id")
    return rows.join(targets, on="undoes", how="left", maintain_order="left").drop("n", "undoes")


def fill(count: int) -> int:
    """Write an office of `count` accounts into the migrated, empty database; returns how many movements."""
    from django.db import connection, transaction

    from amiable.core.models import Agency, Office
    from amiable.domain.kinds import kind
    from amiable.parties.models import Person
    from amiable.procedures.services import install_defaults

    assert kind("landlord")
    with transaction.atomic():
        office = Office.objects.create(code="BENCH", name="Office de mesure", kind="landlord")
        agency = Agency.objects.create(office=office, code="A1", name="Agence")
        person = Person.objects.create(office=office, last_name="FICTIF")
        install_defaults(office=office, today=date(2020, 1, 1))
    base = accounts_frame(count)
    one = {"office_id": office.pk, "person_id": person.pk, "agency_id": agency.pk}
    rows = base.select(
        id="account", ref=pl.format("L{}", pl.col("account").cast(pl.String).str.zfill(7)),
        **{name: pl.lit(value) for name, value in one.items()},
        nature=pl.lit("loyer"), status=pl.lit("present"), contract_ref=pl.lit(""), address=pl.lit(""),
        postcode=pl.lit(""), city=pl.lit(""), payment_mode=pl.lit(""), object_label=pl.lit(""),
        version=pl.lit(0), entered_on=pl.lit("2024-01-01"),
    )  # fmt: skip
    terms = base.select(
        id="account", account_id="account", effective_on=pl.lit("2024-01-01"), rent_cents="rent",
        charges_cents=pl.lit(0), aid_cents="aid", third_party=(pl.col("aid") > 0).cast(pl.Int8),
    )  # fmt: skip
    entries = movements(base)
    posted = entries.select(
        "id", account_id="account", kind="kind", document_on=pl.col("document_on").cast(pl.String),
        due_on=pl.col("due_on").cast(pl.String), period=pl.col("period").cast(pl.String),
        amount_cents="amount",
        is_net=pl.lit(0), reverses_id="reverses", key="id", reference=pl.lit(""), reason_code=pl.lit(""),
        posted_at=pl.lit("2026-11-22 00:00:00"),
    )  # fmt: skip
    for table, frame in (("ledger_account", rows), ("ledger_accountterms", terms), ("ledger_entry", posted)):
        load(table, frame, postgres=connection.vendor == "postgresql")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return entries.height


def load(table: str, frame: pl.DataFrame, *, postgres: bool) -> None:
    """Rows into a table, as fast as the database takes them."""
    from django.db import connection, transaction

    names = ", ".join(f'"{name}"' for name in frame.columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if postgres:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
                for part in frame.iter_slices(100_000):
                    copy.write(part.write_csv(include_header=False, null_value="\\N").encode())
            return
        marks = ", ".join("?" * frame.width)
        for part in frame.iter_slices(100_000):
            cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part.iter_rows())
