"""A large fictitious landlord, written straight into the database: the load of the benches, always the same.

One fifth of the accounts is late, nearly half receives aid in tiers payant, one payment in a hundred is
returned. About twelve movements an account, in the order of a bank journal (by date), as lists bring them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind

MONTHS = 5
#: Homes of one agency.
HOMES = 3_000
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

    from amiable.core.frames import append
    from amiable.core.models import Agency, Office
    from amiable.intake.models import Import
    from amiable.procedures.services import install_defaults

    base, noon = accounts_frame(count), pl.lit(datetime(2026, 11, 22, 12, tzinfo=UTC).replace(tzinfo=None))
    entries = movements(base)
    with transaction.atomic():
        office = Office.objects.create(code="BENCH", name="Office de mesure", kind="landlord")
        install_defaults(office=office, today=date(2020, 1, 1))
        Agency.objects.bulk_create(
            Agency(pk=n, office=office, code=f"A{n}", name=f"Agence {n}")
            for n in range(1, count // HOMES + 2)
        )
        Import.objects.create(
            office=office, list_kind="bank", filename="releve", sha256="0", status="committed", dated_on=AS_OF
        )
        office_id = pl.lit(office.pk)
        append(
            "parties_person",
            base.select(
                id="account",
                office_id=office_id,
                ref=pl.lit(""),
                last_name=pl.format("FICTIF{}", "account"),
                first_name=pl.lit("Camille"),
                is_company=pl.lit(False),
                language=pl.lit("fr"),
                email_opt_out=pl.lit(False),
                sms_opt_out=pl.lit(False),
                preferred_channel=pl.lit(""),
                search_key=pl.format("fictif{} camille", "account"),
            ),
        )
        append(
            "ledger_account",
            base.select(
                id="account",
                ref=pl.format("L{}", pl.col("account").cast(pl.String).str.zfill(7)),
                office_id=office_id,
                person_id="account",
                agency_id=pl.col("account") // HOMES + 1,
                nature=pl.lit("loyer"),
                status=pl.lit("present"),
                contract_ref=pl.lit(""),
                address=pl.format("{} rue des Lilas", "account"),
                postcode=pl.lit("69003"),
                city=pl.lit("Lyon"),
                payment_mode=pl.lit(""),
                object_label=pl.lit(""),
                version=pl.lit(0),
                entered_on=pl.lit(date(2024, 1, 1)),
            ),
        )
        append(
            "parties_contactpoint",
            points(base).with_columns(problem=pl.lit(""), is_current=pl.lit(True), created_at=noon),
        )
        append("ledger_accountterms", terms(base).with_columns(id="account_id"))
        append(
            "ledger_entry",
            entries.select(
                "id",
                "kind",
                "document_on",
                "due_on",
                "period",
                account_id="account",
                amount_cents="amount",
                is_net=pl.lit(False),
                reverses_id="reverses",
                key="id",
                reference=pl.lit(""),
                reason_code=pl.lit(""),
                posted_at=noon,
            ),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return entries.height


def terms(accounts: pl.DataFrame) -> pl.DataFrame:
    """The rent and the aid of each account, the same since before its first movement."""
    return accounts.select(
        account_id="account",
        effective_on=pl.lit(date(2024, 1, 1)),
        rent_cents="rent",
        charges_cents=pl.lit(0),
        aid_cents="aid",
        third_party=pl.col("aid") > 0,
    )


def points(accounts: pl.DataFrame) -> pl.DataFrame:
    """person_id, kind, value, is_mobile: a mobile for nine in ten, an e-mail address for six in ten."""
    phone = accounts.filter(pl.col("account") % 10 > 0).select(
        person_id="account", kind=pl.lit("phone"), value=pl.lit("+33639980000"), is_mobile=pl.lit(True)
    )
    mail = accounts.filter(pl.col("account") % 5 < 3).select(
        person_id="account",
        kind=pl.lit("email"),
        value=pl.format("locataire{}@exemple.invalid", "account"),
        is_mobile=pl.lit(False),
    )
    return pl.concat([phone, mail])
