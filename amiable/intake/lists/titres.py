"""Titres list of a public accountant: one enforceable claim per row, posted as a debit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import polars as pl

from amiable.intake import columns, date_orders
from amiable.intake.lists.spec import Checked, Field, ListSpec, reject_marked, required, without_totals
from amiable.intake.mapping import Mapping, apply
from amiable.intake.readers.table import LINE, Table, place

_NATURES = {
    **{n: n for n in ("impot", "amende", "cantine", "hopital", "divers")},
    **dict.fromkeys(("impôts", "impot local", "taxe", "fiscal", "tf", "th"), "impot"),
    **dict.fromkeys(("amendes", "contravention"), "amende"),
    **dict.fromkeys(("cantines", "restauration scolaire", "cantine scolaire", "périscolaire"), "cantine"),
    **dict.fromkeys(("hôpital", "hospitalier", "frais d'hospitalisation", "eps", "soins"), "hopital"),
    **dict.fromkeys(("autre", "autres", "produits divers"), "divers"),
}

SPEC = ListSpec(
    code="titres",
    label_fr="Titres",
    fields=(
        Field("titre", "Titre", True, ("n° titre", "no titre", "numéro de titre", "référence titre",
              "compte")),
        Field("budget", "Budget", False, ("code budget", "budget collectivité", "code collectivité", "bud")),
        Field("exercice", "Exercice", False, ("année", "exo", "millésime")),
        Field("nature", "Nature", True, ("nature créance", "type", "nature de la créance"), codes=_NATURES),
        Field("objet", "Objet", False, ("libellé", "désignation")),
        Field("date_prise_en_charge", "Date de prise en charge", True, ("prise en charge", "date pec", "pec",
              "date émission", "date")),
        Field("date_notification", "Date de notification", False, ("notification", "notifié le", "date notif",
              "date avis")),
        Field("date_echeance", "Date d'échéance", False, ("échéance", "date limite", "date éch",
              "date limite de paiement")),
        Field("principal", "Principal", True, ("montant principal", "montant", "principal dû",
              "montant titre")),
        Field("frais", "Frais", False, ("montant frais", "frais de poursuite")),
        Field("nom", "Nom", True, ("redevable", "débiteur", "nom redevable", "raison sociale")),
        Field("prenom", "Prénom", False, ("prénoms",)),
        Field("email", "Courriel", False, ("e-mail", "mail", "mél")),
        Field("telephone", "Téléphone", False, ("tel", "tél", "portable", "mobile",
              "tél portable", "téléphone portable",
              "tél fixe")),
        Field("adresse", "Adresse", False, ("rue", "adresse 1", "voie")),
        Field("code_postal", "Code postal", False, ("cp",)),
        Field("ville", "Ville", False, ("commune", "localité")),
        Field("personne", "Personne", False, ("code personne", "n° redevable", "tiers", "n° tiers")),
        Field("agence", "Agence", False, ("poste", "code agence")),
        Field("charge", "Chargé de recouvrement", False, ("chargé", "gestionnaire")),
        Field("date_naissance", "Date de naissance", False, ("né le", "née le")),
    ),
)  # fmt: skip


def check(table: Table, mapping: Mapping, *, natures: Collection[str], due_days: int, budget: str) -> Checked:
    """Typed claims. `natures`: those of the creditor's kind; `due_days`: notification to due date, office
    policy; `budget`: the principal one, that a row without any means.

    `good`: LINE; account (BUDGET-EXERCICE-NUMBER), number, year (Int64), nature, subject,
    last_name, first_name, email, phone,
    address,
    postcode, town, person, agency, officer; document_on, notified_on, due_on, birth_on (Date);
    principal_cents, fees_cents (Int64); repeats.
    """
    frame = apply(table, mapping, SPEC)
    frame, totals = without_totals(frame, "titre", table.frame)
    codes = {k: v for k, v in {**_NATURES, **mapping.values.get("nature", {})}.items() if v in natures}
    codes |= {n: n for n in natures}
    frame, p_nature = columns.code(frame, "nature", codes, "nature")
    orders = date_orders.decide(frame, _DATES, mapping.date_order)
    typed, problems = _typed(frame, due_days, orders)
    typed = typed.with_columns(
        pl.format("{}-{}-{}", pl.col("budget").fill_null(budget), "v_year", "titre").alias("account")
    )
    problems.append(pl.when(pl.col("account").str.len_chars() > 60).then(pl.lit("numéro de titre trop long")))
    content = pl.struct(pl.exclude(LINE))
    typed = typed.with_columns(
        (pl.int_range(pl.len()).over(content) > 0).alias("repeats"),
        pl.col(LINE).first().over("account").alias("_first_line"),
    )
    twice = (pl.col("_first_line") != pl.col(LINE)) & ~pl.col("repeats") & pl.col("account").is_not_null()
    problems.append(
        pl.when(twice).then(pl.format("titre déjà donné {} avec d'autres valeurs", place("_first_line")))
    )
    good, errors = reject_marked(typed, [*problems, p_nature])
    return Checked(_named(good), errors, totals.height, [*_not_notified(good), *orders.warnings])


_DATES = {
    "date_prise_en_charge": "date de prise en charge",
    "date_notification": "date de notification",
    "date_echeance": "date d'échéance",
    "date_naissance": "date de naissance",
}


def _typed(
    frame: pl.DataFrame, due_days: int, orders: date_orders.Orders
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    parsed = {
        **{
            name: columns.date(
                name, what, order=orders[name], first_year=1900 if name == "date_naissance" else 1990
            )
            for name, what in _DATES.items()
        },
        "principal": columns.amount("principal", "principal"),
        "frais": columns.amount("frais", "frais"),
    }
    typed = columns.typed(frame, parsed).with_columns(
        pl.coalesce(
            pl.col("exercice").str.extract(r"^((?:19|20)\d{2})$", 1).cast(pl.Int64),
            pl.when(pl.col("exercice").is_null()).then(
                pl.col("v_date_prise_en_charge").dt.year().cast(pl.Int64)
            ),
        ).alias("v_year")
    )
    # Not notified yet: the claim is counted from its prise en charge, and the list's warning says so.
    since = pl.coalesce("v_date_notification", "v_date_prise_en_charge")
    due = pl.coalesce("v_date_echeance", since + dt.timedelta(days=due_days))
    typed = typed.with_columns(due.alias("due_on"))
    bad_year = pl.col("exercice").is_not_null() & pl.col("v_year").is_null()
    return typed, [
        required("titre", "titre"),
        columns.identifier("titre", "numéro de titre"),
        columns.lost_zeros("titre", "numéro de titre"),
        columns.identifier("personne", "numéro de personne"),
        required("nature", "nature"),
        required("nom", "nom"),
        required("date_prise_en_charge", "date de prise en charge"),
        required("principal", "principal"),
        *[pl.col(f"p_{name}") for name in parsed],
        pl.when(bad_year).then(pl.lit("exercice illisible ") + columns.quoted("exercice")),
        pl.when(pl.col("v_principal") <= 0).then(pl.lit("principal nul ou négatif")),
        pl.when(pl.col("v_frais") < 0).then(pl.lit("frais négatifs")),
    ]


def _named(good: pl.DataFrame) -> pl.DataFrame:
    return good.select(
        LINE,
        "account",
        pl.col("titre").alias("number"),
        pl.col("v_year").alias("year"),
        pl.col("nature_code").alias("nature"),
        pl.col("objet").alias("subject"),
        pl.col("nom").alias("last_name"),
        pl.col("prenom").alias("first_name"),
        pl.col("email").str.to_lowercase().alias("email"),
        pl.col("telephone").alias("phone"),
        pl.col("adresse").alias("address"),
        pl.col("code_postal").alias("postcode"),
        pl.col("ville").alias("town"),
        pl.col("personne").alias("person"),
        pl.col("agence").alias("agency"),
        pl.col("charge").alias("officer"),
        pl.col("v_date_prise_en_charge").alias("document_on"),
        pl.col("v_date_notification").alias("notified_on"),
        "due_on",
        pl.col("v_date_naissance").alias("birth_on"),
        pl.col("v_principal").alias("principal_cents"),
        pl.col("v_frais").fill_null(0).alias("fees_cents"),
        "repeats",
    )


def _not_notified(good: pl.DataFrame) -> list[str]:
    rows = good.filter(pl.col("v_date_notification").is_null() & pl.col("v_date_echeance").is_null())
    if rows.is_empty():
        return []
    return [
        f"{rows.height} titre(s) sans date de notification ni d'échéance : "
        "échéance comptée depuis la prise en charge."
    ]
