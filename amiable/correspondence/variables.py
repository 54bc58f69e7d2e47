"""The closed list of what a wording may say. A name that is not here is refused when the wording is saved.

Beside those any document may use, a room of the house lists its own in `amiable/letters/variables/ROOM.yaml`:
they have a value only in the documents that room makes (its wordings carry the same `room`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from amiable.domain.creditors import kind as creditor
from amiable.domain.creditors import traits_of
from amiable.domain.text.loading import read_own_yaml


@dataclass(frozen=True)
class Variable:
    """`is_debt`: tells the debt, so never in an SMS nor in an e-mail's subject (DUN-10).
    `is_block`: stands alone in its paragraph and becomes a table. `traits`: of the creditors it is for,
    none: all. `room`: empty means every document."""

    name: str
    label_fr: str
    example: str
    is_debt: bool = False
    is_block: bool = False
    traits: tuple[str, ...] = ()
    room: str = ""


TENANCY, TITRE = ("tenancy",), ("titre",)

_ALL = (
    Variable("formule_appel", "Formule d’appel", "Madame, Monsieur,"),
    Variable("destinataire", "Nom du destinataire", "Samira DURAND"),
    Variable("compte", "Numéro de compte ou de titre", "C0012345"),
    Variable("contrat", "Numéro de contrat", "B-2019-104", traits=TENANCY),
    Variable("logement", "Adresse du logement", "12 rue des Lilas, 69003 Lyon", traits=TENANCY),
    Variable("date_du_jour", "Date de la lettre", "22 novembre 2026"),
    Variable("date_situation", "Date à laquelle le compte est arrêté", "20 novembre 2026"),
    Variable("date_limite", "Date limite laissée par la procédure", "7 décembre 2026"),
    Variable("montant_du", "Montant dû", "512,40 €", is_debt=True),
    Variable("solde", "Solde du compte, échu ou non", "512,40 €", is_debt=True),
    Variable("mois_de_loyer", "Dette en mois de loyer", "2,0 mois de loyer", is_debt=True, traits=TENANCY),
    Variable("plus_ancienne_echeance", "Plus ancienne échéance impayée", "1er septembre 2026", is_debt=True),
    Variable(
        "loyer_mensuel", "Loyer et charges du mois, aide déduite", "250,00 €", is_debt=True, traits=TENANCY
    ),
    Variable("dernier_paiement", "Dernier paiement reçu", "250,00 € le 18 septembre 2026", is_debt=True),
    Variable("tableau_des_sommes", "Tableau des sommes dues", "", is_debt=True, is_block=True),
    Variable("historique", "Tableau de l’historique du compte", "", is_debt=True, is_block=True),
    Variable("historique_relances", "Rappels déjà envoyés", "SMS du 3 novembre ; lettre du 10 novembre 2026"),
    Variable("motif_rejet", "Motif du rejet de prélèvement", "provision insuffisante"),
    Variable("date_rejet", "Date du rejet de prélèvement", "12 novembre 2026"),
    Variable("montant_rejete", "Montant du prélèvement rejeté", "250,00 €", is_debt=True),
    Variable(
        "objet_titre", "Objet du titre", "restauration scolaire, septembre 2026", is_debt=True, traits=TITRE
    ),
    Variable("exercice", "Exercice du titre", "2026", traits=TITRE),
    Variable("date_prise_en_charge", "Date de prise en charge", "1er octobre 2026", traits=TITRE),
    Variable("delai_contestation_titre", "Délai pour contester le titre (PUB-02)", "deux mois", traits=TITRE),
    Variable("delai_contestation_acte", "Délai pour contester l’acte (PUB-03)", "deux mois", traits=TITRE),
    Variable(
        "delai_reponse_reclamation", "Délai de réponse à la réclamation (PUB-03)", "deux mois", traits=TITRE
    ),
    Variable("delai_saisine_juge", "Délai pour saisir le juge (PUB-03)", "deux mois", traits=TITRE),
    Variable(
        "autorite_reclamation",
        "Autorité à qui adresser la réclamation (PUB-03)",
        "directeur départemental ou régional des finances publiques",
        traits=TITRE,
    ),
    Variable("juge_recours", "Juge du recours contre un acte (PUB-03)", "juge de l’exécution", traits=TITRE),
    Variable(
        "auteur_acte",
        "Auteur d’un acte : prénom, nom, qualité, service (PUB-17)",
        "Nadine GARNIER, comptable publique, Trésorerie de Valmont",
        traits=TITRE,
    ),
    Variable("delai_avant_poursuites", "Délai avant poursuites (PUB-05, PUB-06)", "8 jours", traits=TITRE),
    Variable(
        "moyens_de_paiement", "Moyens de paiement de l’office", "virement, chèque, carte bancaire à l’agence"
    ),
    Variable("charge_de_dossier", "Personne qui suit le dossier", "C. Morel"),
    Variable("telephone", "Téléphone de contact", "01 99 00 12 34"),
    Variable("courriel", "Adresse électronique de contact", "contact@deux-rives.exemple.fr"),
    Variable("organisme", "Nom de l’office", "Habitat des Deux Rives"),
    Variable("adresse_organisme", "Adresse de l’office", "1 place du Bailleur, 69001 Lyon"),
    Variable("agence", "Agence", "agence Bellevue"),
    Variable("adresse_agence", "Adresse de l’agence", "4 rue du Parc, 69003 Lyon"),
    Variable("site", "Site de l’office", "deux-rives.exemple.fr"),
    Variable("signataire", "Signataire", "N. Garnier, responsable de service"),
)


def _of_rooms() -> list[Variable]:
    folder = files("amiable").joinpath("letters", "variables")
    found = []
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".yaml"):
            room = path.name.removesuffix(".yaml")
            for row in read_own_yaml(path.read_text(encoding="utf-8")) or ():
                found.append(
                    Variable(
                        **{
                            **row,
                            "traits": tuple(traits_of(row["name"], row.get("traits", ()))),
                            "room": room,
                        }
                    )
                )
    return found


VARIABLES: dict[str, Variable] = {variable.name: variable for variable in (*_ALL, *_of_rooms())}


def offered(kind: str, room: str = "") -> list[Variable]:
    """The variables shown beside the editor for a creditor's kind, those of the document's room first."""
    fit = [v for v in VARIABLES.values() if creditor(kind).fits(v.traits) and v.room in ("", room)]
    return sorted(fit, key=lambda v: v.room == "")
