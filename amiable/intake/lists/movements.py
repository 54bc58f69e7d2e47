"""Movements list: every debit and credit of every account.

`compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference`, or one signed
`montant`.
"""

from __future__ import annotations

from hashlib import blake2b

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import euros
from amiable.intake import columns
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
    **dict.fromkeys(("quit", "qt", "qtc", "avis", "avis d'échéance", "loyer", "facture", "terme"),
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
              "code opération", "type opération", "type écriture"), codes=_CODES),
        Field("rubrique", "Rubrique", False, ("code rubrique", "poste")),
        Field("libelle", "Libellé", False, ("libellé mouvement", "désignation", "intitulé", "objet")),
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
    typed, problems = _typed(frame, mapping)
    good, errors = reject_marked(typed, [*problems, unknown_type, *_sense_problems()])
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
    return Checked(good, errors, totals.height, _control_total(typed, good, totals))


def _typed(frame: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, list[pl.Expr]]:
    parsed = {
        "date_piece": columns.date("date_piece", "date"),
        "date_echeance": columns.date("date_echeance", "date d'échéance"),
        "periode": columns.month("periode"),
        "debit": columns.amount("debit", "débit"),
        "credit": columns.amount("credit", "crédit"),
        "montant": columns.amount("montant"),
    }
    sign = 1 if mapping.amount_sign == "debit" else -1
    two = pl.col("v_debit").fill_null(0) - pl.col("v_credit").fill_null(0)
    empty = pl.col("debit").is_null() & pl.col("credit").is_null()
    typed = columns.typed(frame, parsed).with_columns(
        pl.when(empty).then(pl.col("v_montant").fill_null(0) * sign).otherwise(two).alias("signed")
    )
    problems = [
        required("compte", "compte"),
        required("date_piece", "date de pièce"),
        required("type", "type"),
        *[pl.col(f"p_{name}") for name in parsed],
    ]
    return typed, problems


def _sense_problems() -> list[pl.Expr]:
    """Each row carries one amount, on the side its type allows."""
    legible = pl.all_horizontal(pl.col(p).is_null() for p in ("p_debit", "p_credit", "p_montant"))
    both = (pl.col("v_debit").fill_null(0) != 0) & (pl.col("v_credit").fill_null(0) != 0)
    nothing = (pl.col("signed") == 0) & ~both
    owed = pl.col("type_code").is_in(OWED) & (pl.col("signed") < 0)
    received = pl.col("type_code").is_in(RECEIVED) & (pl.col("signed") > 0)
    return [
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
