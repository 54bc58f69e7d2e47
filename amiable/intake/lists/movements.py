"""Movements list: every debit and credit of every account.

`compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference`, or one signed
`montant`.
"""

from __future__ import annotations

from hashlib import blake2b

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros
from amiable.intake import columns, date_orders
from amiable.intake.lists.sides import SIDE, side_column
from amiable.intake.lists.spec import Checked, Field, ListSpec, reject_marked, required, without_totals
from amiable.intake.mapping import Mapping, apply
from amiable.intake.readers.table import LINE, Table

TYPES = {
    "quittance": EntryKind.QUITTANCE,
    "regularisation": EntryKind.REGULARISATION,
    "sls": EntryKind.SLS,
    "frais": EntryKind.FRAIS,
    "indu": EntryKind.INDU,
    "remboursement": EntryKind.REMBOURSEMENT,
    "apl": EntryKind.APL,
    "rls": EntryKind.RLS,
    "encaissement": EntryKind.ENCAISSEMENT,
    "rejet": EntryKind.REJET,
    "remise": EntryKind.REMISE,
    "annulation": EntryKind.ANNULATION,
}
#: Types whose amount is owed, types whose amount is received; the others go both ways.
OWED = ("quittance", "sls", "frais", "indu", "remboursement", "rejet")
RECEIVED = ("apl", "rls", "encaissement", "remise")
#: What money going back is called: a payment with the wrong sign is never taken for it.
_OWED_INSTEAD = {
    "apl": " » est un crédit ; l’aide reprise par la caisse est du type « indu »",
    "encaissement": " » est un crédit ; un paiement rejeté est du type « rejet », une somme rendue du type "
    "« remboursement »",
}

_CODES = {
    **{name: name for name in TYPES},
    **dict.fromkeys(("quit", "qt", "qtc", "avis", "avis d'échéance", "loyer", "facture", "terme", "quitt",
          "loyer nu", "loyer hc", "appel", "appel de loyer", "avis échéance"),
          "quittance"),
    **dict.fromkeys(("regul", "régul", "reg charges", "régularisation de charges", "rgc"), "regularisation"),
    **dict.fromkeys(("surloyer", "supplément de loyer", "supplément de loyer de solidarité"), "sls"),
    **dict.fromkeys(("fra", "frs", "frais de poursuite", "frais de rejet", "pénalité"), "frais"),
    **dict.fromkeys(("al", "als", "alf", "aide", "aide au logement", "caf", "msa"), "apl"),
    **dict.fromkeys(("indu apl", "indu caf", "reprise apl", "retenue caf"), "indu"),
    **dict.fromkeys(("remb", "trop-perçu rendu"), "remboursement"),
    **dict.fromkeys(("réduction de loyer de solidarité",), "rls"),
    **dict.fromkeys(
        ("prlv", "prel", "prélèvement", "vir", "virement", "chq", "chèque", "esp", "espèces", "cb",
              "carte", "tip",
         "tipi", "payfip", "mandat", "mdt", "enc", "règlement", "paiement", "versement", "encaissements"),
        "encaissement",
    ),
    **dict.fromkeys(("rej", "rejets", "imp", "impayé", "impayé bancaire", "rejet de prélèvement"), "rejet"),
    **dict.fromkeys(("rem", "remise gracieuse", "abandon", "dégrèvement"), "remise"),
    **dict.fromkeys(("ann", "annul", "extourne", "contre-passation", "contrepassation"), "annulation"),
}  # fmt: skip

#: What these usually are; each landlord has a use of their own, so somebody says.
_PROPOSALS = {
    **dict.fromkeys(
        ("report", "rep", "report de solde", "solde antérieur", "à nouveau", "ran"), "regularisation"
    ),
    **dict.fromkeys(("avoir", "av", "note de crédit"), "regularisation"),
    **dict.fromkeys(("dg", "dépôt de garantie", "dep gar", "caution"), "regularisation"),
    **dict.fromkeys(("prov", "prov charges", "provision charges", "provisions"), "quittance"),
}

SPEC = ListSpec(
    code="movements",
    label_fr="Mouvements",
    fields=(
        Field("compte", "Compte", True, ("n° compte", "no compte", "num compte", "numéro de compte",
              "compte locataire",
              "compte client", "référence compte", "titre", "n° titre")),
        Field("date_piece", "Date de pièce", True, ("date pièce", "date", "date opération", "date comptable",
              "date écriture", "date mouvement", "dt pièce")),
        Field("date_echeance", "Date d'échéance", False, ("date éch", "échéance", "date exigibilité",
              "date d'exig",
              "date valeur", "date de valeur")),
        Field("periode", "Période", False, ("mois", "période concernée", "terme", "mois concerné")),
        Field("type", "Type", True, ("code", "type mouvement", "type de mouvement", "nature",
              "code mouvement",
              "code opération", "type opération", "type écriture"), codes=_CODES, proposals=_PROPOSALS),
        Field("rubrique", "Rubrique", False, ("code rubrique", "poste")),
        Field("libelle", "Libellé", False, ("libellé mouvement", "désignation", "intitulé", "objet")),
        SIDE,
        Field("debit", "Débit", False, ("montant débit", "débit euros", "débits")),
        Field("credit", "Crédit", False, ("montant crédit", "crédit euros", "crédits")),
        Field("montant", "Montant", False, ("montant signé", "montant ttc", "montant eur",
              "montant euros", "somme")),
        Field("reference", "Référence", False, ("réf", "référence pièce", "n° pièce", "no pièce",
              "numéro de pièce",
              "pièce", "réf pièce")),
    ),
    alternatives=(("debit", "credit", "montant"),),
)  # fmt: skip


def check(table: Table, mapping: Mapping) -> Checked:
    """Typed movements and the reasons of the others.

    `good`: LINE, account (String), kind (Int8), document_on, due_on (Date), period (Date | null),
    amount_cents (Int64,
    debit > 0), label, rubric, reference (String | null), key (Int64): the identity of the row within its
    account.
    """
    frame = apply(table, mapping, SPEC)
    frame, totals = without_totals(frame, "compte", table.frame)
    frame, unknown_type = columns.code(frame, "type", {**_CODES, **mapping.values.get("type", {})}, "type")
    frame, unknown_side = side_column(frame, mapping)
    orders = date_orders.decide(frame, _DATES, mapping.date_order)
    typed, problems = _typed(frame, mapping, orders)
    good, errors = reject_marked(typed, [*problems, unknown_type, unknown_side, *_sense_problems()])
    good = good.select(
        LINE,
        pl.col("compte").alias("account"),
        pl.col("type_code")
        .replace_strict({k: int(v) for k, v in TYPES.items()}, return_dtype=pl.Int8)
        .alias("kind"),
        pl.col("v_date_piece").alias("document_on"),
        pl.coalesce("v_date_echeance", "v_date_piece").alias("due_on"),
        pl.col("v_periode").alias("period"),
        pl.col("signed").alias("amount_cents"),
        pl.col("libelle").alias("label"),
        pl.col("rubrique").alias("rubric"),
        "reference",
    )
    good = with_keys(good)
    return Checked(good, errors, totals.height, [*_control_total(typed, good, totals), *orders.warnings])


_DATES = {"date_piece": "date", "date_echeance": "date d'échéance", "periode": "période"}


def _typed(
    frame: pl.DataFrame, mapping: Mapping, orders: date_orders.Orders
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    parsed: dict[str, columns.Parsed | columns.Sided] = {
        "date_piece": columns.date("date_piece", "date", order=orders["date_piece"]),
        "date_echeance": columns.date("date_echeance", "date d'échéance", order=orders["date_echeance"]),
        "periode": columns.month("periode", order=orders["periode"]),
        "debit": columns.sided_amount("debit", "débit"),
        "credit": columns.sided_amount("credit", "crédit"),
        "montant": columns.sided_amount("montant"),
    }
    problems = [
        required("compte", "compte"),
        required("date_piece", "date de pièce"),
        required("type", "type"),
        columns.identifier("compte", "numéro de compte"),
        columns.lost_zeros("compte", "numéro de compte"),
        columns.identifier("reference", "numéro de pièce"),
        *[pl.col(f"p_{name}") for name in parsed],
    ]
    return _signed(columns.typed(frame, parsed), mapping), problems


def _signed(typed: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """`typed` with `signed` (cents, a debit is positive), and what its sides say against each other:
    `two_sides`, `against`, `sideless`.
    """
    sign = 1 if mapping.amount_sign == "debit" else -1
    figure, side = pl.col("v_montant"), pl.col("side")
    empty = pl.col("debit").is_null() & pl.col("credit").is_null()
    typed = typed.with_columns(
        pl.coalesce("sens_code", "s_montant").alias("side"),
        (pl.col("sens_code") != pl.col("s_montant")).fill_null(False).alias("two_sides"),
    )
    # A source that signs its credits beside their letter signs each of them: the sign says nothing more.
    credits = typed.filter(side == "credit")["v_montant"]
    redundant = bool((credits != 0).any()) and not (credits > 0).any()
    one = (
        pl.when(side == "debit")
        .then(figure)
        .when(side == "credit")
        .then(-figure.abs())
        .otherwise(figure * sign)
    )
    against = (figure < 0) & ((side == "debit") | ((side == "credit") & pl.lit(not redundant)))
    speaks = "sens" in mapping.columns or typed["side"].null_count() < typed.height
    two = pl.col("v_debit").fill_null(0) - pl.col("v_credit").fill_null(0)
    return typed.with_columns(
        pl.when(empty).then(one.fill_null(0)).otherwise(two).alias("signed"),
        against.fill_null(False).alias("against"),
        (empty & side.is_null() & pl.lit(speaks)).alias("sideless"),
    )


def _sense_problems() -> list[pl.Expr]:
    """Each row carries one amount, on the side its type allows."""
    legible = pl.all_horizontal(pl.col(p).is_null() for p in ("p_debit", "p_credit", "p_montant"))
    both = (pl.col("v_debit").fill_null(0) != 0) & (pl.col("v_credit").fill_null(0) != 0)
    nothing = (pl.col("signed") == 0) & ~both
    owed = pl.col("type_code").is_in(OWED) & (pl.col("signed") < 0)
    received = pl.col("type_code").is_in(RECEIVED) & (pl.col("signed") > 0)
    empty = pl.col("debit").is_null() & pl.col("credit").is_null()
    told_apart = pl.col("sens_code") != pl.when(pl.col("signed") > 0).then(pl.lit("debit")).otherwise(
        pl.lit("credit")
    )
    clear = ~pl.any_horizontal("two_sides", "against", "sideless")
    nothing &= clear
    owed &= clear
    received &= clear
    wrong_column = (pl.col("s_debit") == "credit") | (pl.col("s_credit") == "debit")
    return [
        pl.when(~empty & told_apart).then(pl.lit("sens contraire à la colonne du montant")),
        pl.when(wrong_column).then(pl.lit("sens écrit dans le montant contraire à sa colonne")),
        pl.when(pl.col("two_sides")).then(pl.lit("sens contradictoires : la colonne du sens et le montant")),
        pl.when(pl.col("against")).then(pl.lit("signe et sens du montant se contredisent")),
        pl.when(pl.col("sideless")).then(pl.lit("sens manquant (débit ou crédit)")),
        pl.when(legible & both).then(pl.lit("débit et crédit tous deux remplis")),
        pl.when(legible & nothing).then(pl.lit("montant nul ou absent")),
        pl.when(legible & ~both & owed).then(
            "sens du montant : « " + pl.col("type_code") + " » est un débit"
        ),
        pl.when(legible & ~both & received).then(
            "sens du montant : « "
            + pl.col("type_code")
            + pl.col("type_code").replace_strict(
                _OWED_INSTEAD, default=" » est un crédit", return_dtype=pl.String
            )
        ),
    ]


def _control_total(typed: pl.DataFrame, good: pl.DataFrame, totals: pl.DataFrame) -> list[str]:
    """A warning when the list announces a total made neither by all its rows nor by its good and single
    ones.
    """
    if totals.height != 1 or typed.is_empty():
        return []
    signed = good.unique(["account", "key"])["amount_cents"]
    single = {
        "debit": int(signed.filter(signed > 0).sum()),
        "credit": -int(signed.filter(signed < 0).sum()),
        "montant": int(signed.sum()),
    }
    warnings = []
    for column, good_total in single.items():
        value, _ = columns.amount(column)
        announced = totals.select(value).item()
        if announced is not None and abs(announced) not in (
            abs(good_total),
            abs(typed[f"v_{column}"].sum() or 0),
        ):
            warnings.append(
                f"Le total annoncé ({column} : {euros(announced)}) n'est pas celui des lignes lues "
                f"({euros(good_total)})."
            )
    return warnings


def stable_key(text: str) -> int:
    """63-bit hash that never changes from one version or machine to another: it is stored."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def reference_key(kind: EntryKind | int, reference: str) -> int:
    """Identity, within its account, of an entry that bears a reference."""
    return stable_key(f"R|{int(kind)}|{reference}")


def with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with its identities: `ref_key` (type + reference, or null), `row_key` (the whole row and its
    occurrence in the file), and `key`, the first of them that identifies.

    The only place where Python sees each row: a hash that must not change cannot be Polars' own.
    """
    if frame.is_empty():
        none = pl.lit(None, dtype=pl.Int64)
        return frame.with_columns(none.alias("ref_key"), none.alias("row_key"), none.alias("key"))
    whole = ["document_on", "due_on", "period", "rubric", "label", "amount_cents"]
    identity = pl.concat_str(
        [pl.col(c).cast(pl.String).fill_null("") for c in ["kind", *whole]], separator="|"
    )
    keyed = frame.sort(LINE).with_columns(
        pl.format("R|{}|{}", "kind", "reference").alias("_named"), identity.alias("_row")
    )
    # Rows that bear a number and rows that bear none are numbered apart, as they always were.
    turn = pl.int_range(pl.len()).over("account", "_row", pl.col("reference").is_null(), order_by=LINE) + 1
    keyed = keyed.with_columns(pl.format("L|{}|{}", "_row", turn).alias("_row"))
    return (
        keyed.with_columns(
            pl.Series("ref_key", [v and stable_key(v) for v in keyed["_named"].to_list()], dtype=pl.Int64),
            pl.Series("row_key", [stable_key(v) for v in keyed["_row"].to_list()], dtype=pl.Int64),
        )
        .with_columns(pl.coalesce("ref_key", "row_key").alias("key"))
        .drop("_named", "_row")
    )
