"""Accounts list: who lives where, under which lease, at what rent."""

from __future__ import annotations

import polars as pl

from amiable.intake import columns, date_orders
from amiable.intake.lists.spec import Checked, Field, ListSpec, reject_marked, required, without_totals
from amiable.intake.mapping import Mapping, apply
from amiable.intake.readers.table import LINE, Table, place, places_fr

STATUSES = {
    **dict.fromkeys(("present", "présent", "p", "pres", "en place", "occupant", "actif"), "present"),
    **dict.fromkeys(("mute", "muté", "m", "mutation", "mutée", "relogé"), "mute"),
    **dict.fromkeys(("parti", "s", "sorti", "partie", "sortie", "ancien", "ancien locataire"), "parti"),
}
PAYMENT_MODES = {
    **dict.fromkeys(
        ("prelevement", "prélèvement", "prlv", "prel", "pr", "prélèvement automatique"), "prelevement"
    ),
    **dict.fromkeys(("virement", "vir", "vi"), "virement"),
    **dict.fromkeys(("cheque", "chèque", "chq", "ch"), "cheque"),
    **dict.fromkeys(("especes", "espèces", "esp", "numéraire"), "especes"),
    **dict.fromkeys(("carte", "cb", "carte bancaire", "internet", "payfip", "tipi"), "carte"),
    **dict.fromkeys(("tip", "tip sepa"), "tip"),
    **dict.fromkeys(("mandat", "mandat cash"), "mandat"),
    **dict.fromkeys(("autre", "divers"), "autre"),
}

SPEC = ListSpec(
    code="accounts",
    label_fr="Comptes et locataires",
    fields=(
        Field("compte", "Compte", True, ("n° compte", "no compte", "num compte", "numéro de compte",
              "compte locataire", "code locataire")),
        Field("contrat", "Contrat", False, ("n° contrat", "bail", "n° bail", "référence contrat",
              "no contrat")),
        Field("nom", "Nom", True, ("nom locataire", "locataire", "nom de famille", "nom usuel",
              "raison sociale")),
        Field("prenom", "Prénom", False, ("prénoms", "prénom locataire")),
        Field("email", "Courriel", False, ("e-mail", "mail", "mél", "adresse mail", "adresse électronique")),
        Field("telephone", "Téléphone", False, ("tel", "tél", "portable", "mobile", "gsm", "n° téléphone",
              "tél portable", "tel portable", "téléphone portable", "tél mobile", "téléphone mobile",
              "n° portable", "tél fixe", "tél domicile")),
        Field("adresse", "Adresse", False, ("rue", "adresse 1", "voie", "adresse logement")),
        Field("code_postal", "Code postal", False, ("cp", "c p")),
        Field("ville", "Ville", False, ("commune", "localité")),
        Field("agence", "Agence", False, ("code agence", "secteur", "antenne")),
        Field("charge", "Chargé de recouvrement", False, ("chargé", "gestionnaire", "code chargé",
              "chargé de clientèle",
              "portefeuille")),
        Field("statut", "Statut", False, ("état", "situation", "statut locataire"), codes=STATUSES),
        Field("date_entree", "Date d'entrée", False, ("entrée", "entrée le", "date entrée dans les lieux")),
        Field("date_sortie", "Date de sortie", False, ("sortie", "sortie le", "date départ")),
        Field("date_bail", "Date du bail", False, ("date bail", "signature bail", "bail signé le")),
        Field("loyer", "Loyer", False, ("loyer mensuel", "loyer hc", "loyer principal", "loyer nu",
              "loyer hors charges")),
        Field("charges", "Charges", False, ("provisions charges", "provision pour charges",
              "charges mensuelles", "prov charges", "provisions", "charges locatives", "prov sur charges")),
        Field("aide", "Aide", False, ("apl", "montant aide", "aide au logement", "al")),
        Field("tiers_payant", "Tiers payant", False, ("tp", "aide versée au bailleur")),
        Field("mode_paiement", "Mode de paiement", False, ("mode de règlement", "mode règlement", "mode"),
              codes=PAYMENT_MODES),
        Field("personne", "Personne", False, ("code personne", "n° personne", "id personne", "tiers",
              "n° tiers")),
        Field("date_effet", "Date d'effet", False, ("effet", "à compter du", "date effet")),
        Field("date_naissance", "Date de naissance", False, ("né le", "née le", "naissance")),
    ),
)  # fmt: skip

_DATES = {
    "date_entree": "date d'entrée",
    "date_sortie": "date de sortie",
    "date_bail": "date du bail",
    "date_effet": "date d'effet",
}
_AMOUNTS = {"loyer": "loyer", "charges": "charges", "aide": "aide"}


def check(table: Table, mapping: Mapping) -> Checked:
    """Typed accounts.

    `good`: LINE; account, contract, last_name, first_name, email, phone, address, postcode, town, agency,
    officer,
    status, payment_mode, person (String | null); entered_on, left_on, lease_on, effective_on, birth_on
    (Date | null);
    rent_cents, charges_cents, aid_cents (Int64 | null when the list does not say); third_party (Boolean |
    null);
    repeats (Boolean: the same row as an earlier line).
    """
    frame = apply(table, mapping, SPEC)
    frame, totals = without_totals(frame, "compte", table.frame)
    frame, p_status = columns.code(
        frame, "statut", {**STATUSES, **mapping.values.get("statut", {})}, "statut"
    )
    modes = {**PAYMENT_MODES, **mapping.values.get("mode_paiement", {})}
    # An office's own mode of payment is kept as written: nobody is refused for it.
    frame, _ = columns.code(frame, "mode_paiement", modes, "mode de paiement")
    orders = date_orders.decide(frame, {**_DATES, "date_naissance": "date de naissance"}, mapping.date_order)
    typed, problems = _typed(frame, orders)
    content = pl.struct(pl.exclude(LINE, "statut_code", "mode_paiement_code"))
    typed = typed.with_columns(
        (pl.int_range(pl.len()).over(content) > 0).alias("repeats"),
        pl.col(LINE).first().over("compte").alias("_first_line"),
        pl.col(LINE).first().over("compte", "v_date_effet").alias("_first_effect"),
    )
    # Several rows of one account are its history when each has a date of effect of its own; one of them may
    # have none (since the entry).
    again = (pl.col("_first_line") != pl.col(LINE)) & ~pl.col("repeats") & pl.col("compte").is_not_null()
    twice = again & (pl.col("_first_effect") != pl.col(LINE))
    problems.append(
        pl.when(twice).then(pl.format("compte déjà donné {} avec d'autres valeurs", place("_first_line")))
    )
    good, errors = reject_marked(typed, [*problems, p_status])
    return Checked(_named(good), errors, totals.height, [*_mail_warning(good), *orders.warnings])


def _typed(frame: pl.DataFrame, orders: date_orders.Orders) -> tuple[pl.DataFrame, list[pl.Expr]]:
    parsed = {
        name: columns.date(name, what, order=orders[name], first_year=1940) for name, what in _DATES.items()
    }
    parsed["date_naissance"] = columns.date(
        "date_naissance", "date de naissance", order=orders["date_naissance"], first_year=1900
    )
    parsed |= {name: columns.amount(name, what) for name, what in _AMOUNTS.items()}
    parsed["tiers_payant"] = columns.yes_no("tiers_payant", "tiers payant")
    typed = columns.typed(frame, parsed)
    negative = [
        pl.when(pl.col(f"v_{name}") < 0).then(pl.lit(f"{what} négatif")) for name, what in _AMOUNTS.items()
    ]
    left_before = pl.col("v_date_sortie") < pl.col("v_date_entree")
    return typed, [
        required("compte", "compte"),
        required("nom", "nom"),
        columns.identifier("compte", "numéro de compte"),
        columns.lost_zeros("compte", "numéro de compte"),
        columns.identifier("contrat", "numéro de contrat"),
        columns.identifier("personne", "numéro de personne"),
        *[pl.col(f"p_{name}") for name in parsed],
        *negative,
        pl.when(left_before).then(pl.lit("date de sortie antérieure à l'entrée")),
    ]


#: A town's postcode as spreadsheets spoil it: a leading zero lost.
_SHORT_POSTCODE = r"^\d{4}$"
_EMAIL = r"^[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}$"


def _named(good: pl.DataFrame) -> pl.DataFrame:
    postcode = pl.col("code_postal")
    return good.select(
        LINE,
        pl.col("compte").alias("account"),
        pl.col("contrat").alias("contract"),
        pl.col("nom").alias("last_name"),
        pl.col("prenom").alias("first_name"),
        pl.col("email").str.to_lowercase().alias("email"),
        pl.col("telephone").alias("phone"),
        pl.col("adresse").alias("address"),
        pl.when(postcode.str.contains(_SHORT_POSTCODE))
        .then("0" + postcode)
        .otherwise(postcode)
        .alias("postcode"),
        pl.col("ville").alias("town"),
        pl.col("agence").alias("agency"),
        pl.col("charge").alias("officer"),
        pl.col("statut_code").alias("status"),
        pl.coalesce("mode_paiement_code", pl.col("mode_paiement").str.to_lowercase()).alias("payment_mode"),
        pl.col("personne").alias("person"),
        pl.col("v_date_entree").alias("entered_on"),
        pl.col("v_date_sortie").alias("left_on"),
        pl.col("v_date_bail").alias("lease_on"),
        pl.col("v_date_effet").alias("effective_on"),
        pl.col("v_date_naissance").alias("birth_on"),
        pl.col("v_loyer").alias("rent_cents"),
        pl.col("v_charges").alias("charges_cents"),
        pl.col("v_aide").alias("aid_cents"),
        pl.col("v_tiers_payant").alias("third_party"),
        "repeats",
    )


def _mail_warning(good: pl.DataFrame) -> list[str]:
    bad = good.filter(~pl.col("email").str.contains(_EMAIL))[LINE].to_list()
    if not bad:
        return []
    return [f"{len(bad)} courriel(s) illisible(s), à corriger sur la fiche ({places_fr(bad, 10)})."]
