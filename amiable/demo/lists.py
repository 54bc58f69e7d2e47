"""Lists as information systems really export them: title lines, cp1252, no-break spaces, repeated headers,
totals, some impossible dates, unknown accounts and doubled rows.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from amiable.demo.people import Move, Tenant
from amiable.demo.titres import Titre

#: Rows of one printed page: the export repeats its header that often.
PAGE_ROWS = 450
NBSP = "\u00a0"
CODES = {
    "quittance": "QUIT",
    "regularisation": "REGUL",
    "apl": "APL",
    "prelevement": "PRLV",
    "virement": "VIR",
    "cheque": "CHQ",
    "carte": "CB",
}
STATUS = {"present": "Présent", "mute": "Muté", "parti": "Parti"}
#: The columns of the landlord's accounts list that no guess could find.
ACCOUNTS_MAPPING = {
    "columns": {
        "nom": "Nom locataire",
        "agence": "Secteur",
        "charge": "Gestionnaire",
        "statut": "Situation",
        "date_entree": "Entrée le",
        "date_sortie": "Sortie le",
        "personne": "Code personne",
    }
}

#: A lease is signed some days before the keys are given.
LEASE_BEFORE = 9
Row = Sequence[str]


@dataclass(frozen=True)
class Remainder:
    """One line of an état des restes; ages: 0-30, 31-60, 61-90, over 90 days."""

    account: str
    name: str
    balance_cents: int
    ages_cents: tuple[int, int, int, int]


def french(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def amount(cents: int) -> str:
    """1234567 -> 12 345,67 with no-break spaces, as spreadsheets print it."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,},{rest:02d}".replace(",", NBSP, f"{whole:,}".count(","))


def plain(cents: int) -> str:
    return f"{cents / 100:.2f}".replace(".", ",") if cents else ""


def accounts_list(tenants: Iterable[Tenant], edited_on: date, *, flaws: bool = False) -> bytes:
    """The landlord's tenants: cp1252, title lines, a header on each page."""
    header = [
        "N° Compte",
        "N° Bail",
        "Nom locataire",
        "Prénom",
        "Mail",
        "Portable",
        "Adresse",
        "CP",
        "Commune",
        "Secteur",
        "Gestionnaire",
        "Situation",
        "Entrée le",
        "Sortie le",
        "Loyer HC",
        "Provisions charges",
        "APL",
        "TP",
        "Mode de règlement",
        "Code personne",
        "Né le",
        "Bail signé le",
    ]
    rows = [_account_row(tenant) for tenant in tenants]
    if flaws and len(rows) > PAGE_ROWS * 2:
        wrong = list(rows[40])
        wrong[0], wrong[12] = "L999901", "31/02/2024"
        nameless = list(rows[41])
        nameless[0], nameless[2] = "L999902", ""
        rows = [*rows[:300], wrong, *rows[300:700], rows[699], *rows[700:], nameless]
    total = [
        "TOTAL",
        *[""] * 13,
        amount(sum(t.rent_cents for t in tenants)) if isinstance(tenants, list) else "",
    ]
    titles = [
        ["HABITAT DES DEUX RIVES"],
        ["Liste des locataires", "", f"édité le {french(edited_on)} à 06:12"],
        [],
    ]
    return _printed(titles, header, [*rows, total])


def _account_row(tenant: Tenant) -> Row:
    return [
        tenant.ref,
        tenant.contract,
        tenant.last_name,
        tenant.first_name,
        tenant.email,
        tenant.phone,
        tenant.address,
        tenant.postcode,
        tenant.city,
        tenant.agency,
        tenant.officer,
        STATUS[tenant.status],
        french(tenant.entered_on),
        french(tenant.left_on),
        amount(tenant.rent_cents),
        amount(tenant.charges_cents),
        amount(tenant.aid_cents) if tenant.aid_cents else "",
        "O" if tenant.third_party else "N",
        tenant.payment_mode,
        tenant.person,
        french(tenant.born_on),
        french(tenant.entered_on and tenant.entered_on - timedelta(days=LEASE_BEFORE)),
    ]


def movements_list(
    moves: Iterable[Move], names: dict[str, str], edited_on: date, *, flaws: bool = False
) -> bytes:
    """One signed amount, a running balance, codes of the house; cp1252."""
    header = [
        "N° Compte",
        "Locataire",
        "Date Pièce",
        "Date Éch.",
        "Période",
        "Code",
        "Libellé",
        "Montant (€)",
        "Solde progressif",
        "Réf.",
    ]
    balance: dict[str, int] = defaultdict(int)
    rows: list[Row] = []
    total = 0
    for move in sorted(moves, key=lambda m: (m.account, m.on)):
        balance[move.account] += move.amount_cents
        total += move.amount_cents
        rows.append(
            [
                move.account,
                names[move.account],
                french(move.on),
                french(move.due_on),
                f"{move.period:%m/%Y}" if move.period else "",
                CODES.get(move.mode or move.kind, "VIR"),
                move.label,
                amount(move.amount_cents),
                amount(balance[move.account]),
                move.reference,
            ]
        )
    if flaws and len(rows) > PAGE_ROWS * 2:
        unknown = [
            "L999999",
            "COMPTE INCONNU",
            french(edited_on),
            "",
            "",
            "QUIT",
            "Quittance",
            "412,00",
            "412,00",
            "Q1",
        ]
        impossible = list(rows[7])
        impossible[2], impossible[9] = "31/02/2026", "Q-FEV"
        rows = [*rows[:200], unknown, *rows[200:900], rows[899], *rows[900:], impossible]
    titles = [
        ["HABITAT DES DEUX RIVES"],
        ["Liste des mouvements", "", f"édité le {french(edited_on)} à 06:12"],
        [],
    ]
    return _printed(titles, header, [*rows, ["TOTAL GÉNÉRAL", *[""] * 6, amount(total), "", ""]])


def opening_list(moves: Iterable[Move]) -> bytes:
    """The movements taken over from the former tool: two amounts, UTF-8 with its mark."""
    types = {"encaissement", "quittance", "apl", "regularisation"}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            "compte",
            "date_piece",
            "date_echeance",
            "periode",
            "type",
            "libelle",
            "debit",
            "credit",
            "reference",
        ]
    )
    for move in moves:
        assert move.kind in types
        debit, credit = max(move.amount_cents, 0), max(-move.amount_cents, 0)
        period = f"{move.period:%Y-%m}" if move.period else ""
        dates = [move.on.isoformat(), move.due_on.isoformat() if move.due_on else "", period]
        writer.writerow(
            [move.account, *dates, move.kind, move.label, plain(debit), plain(credit), move.reference]
        )
    return out.getvalue().encode("utf-8-sig")


def snapshot_workbook(rows: Sequence[Remainder], closed_on: date) -> bytes:
    """An état des restes as XLSX: merged two-line header, a total row, a second sheet of notes."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = f"Restes au {closed_on:%d-%m}"
    sheet.append([f"ÉTAT DES RESTES AU {french(closed_on)}"])
    sheet.append(["Compte", "Locataire", "Antériorité", None, None, None, "Total"])
    sheet.append([None, None, "0-30 j", "31-60 j", "61-90 j", "> 90 j", None])
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("C2:F2")
    for row in rows:
        sheet.append(
            [row.account, row.name, *(cents / 100 for cents in row.ages_cents), row.balance_cents / 100]
        )
    sheet.append(["TOTAL", None, None, None, None, None, sum(row.balance_cents for row in rows) / 100])
    sheet["A1"].font = Font(bold=True)
    book.create_sheet("Lisez-moi").append(["Édition automatique du système d’information. Ne pas diffuser."])
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def titres_list(titres: Iterable[Titre], edited_on: date, *, flaws: bool = False) -> bytes:
    """The public accountant's claims: UTF-8, tabs, DD/MM/YYYY."""
    header = [
        "N° titre",
        "Exercice",
        "Nature créance",
        "Objet",
        "Prise en charge",
        "Notifié le",
        "Principal",
        "Frais",
        "Redevable",
        "Prénom",
        "Mél",
        "Tél",
        "Adresse",
        "CP",
        "Commune",
        "N° redevable",
    ]
    rows: list[Row] = [
        [
            titre.ref,
            str(titre.taken_on.year),
            titre.nature,
            titre.label,
            french(titre.taken_on),
            french(titre.notified_on),
            amount(titre.principal_cents),
            plain(titre.fees_cents),
            titre.last_name,
            titre.first_name,
            titre.email,
            titre.phone,
            titre.address,
            titre.postcode,
            titre.city,
            titre.person,
        ]
        for titre in titres
    ]
    if flaws:
        other = list(rows[3])
        other[0], other[2] = "T999901", "parking"
        rows = [*rows[:60], other, *rows[60:], rows[12]]
    titles = [["TRÉSORERIE DE VALMONT"], ["Titres pris en charge", "", f"édition du {french(edited_on)}"]]
    return _printed(titles, header, rows, delimiter="\t", encoding="utf-8")


def receipts_workbook(moves: Iterable[Move], edited_on: date) -> bytes:
    """The receipts of the trésorerie as XLSX with true dates and numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Encaissements"
    sheet.append([f"Encaissements arrêtés au {french(edited_on)}"])
    sheet.append(["N° titre", "Date", "Type", "Libellé", "Crédit", "Référence"])
    for move in moves:
        sheet.append(
            [move.account, move.on, "encaissement", move.label, -move.amount_cents / 100, move.reference]
        )
    return _saved(book)


def _printed(
    titles: Sequence[Row],
    header: Row,
    rows: Sequence[Row],
    *,
    delimiter: str = ";",
    encoding: str = "cp1252",
) -> bytes:
    """Titles, then pages of rows, each under its header."""
    out = io.StringIO()
    writer: Any = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for title in titles:
        writer.writerow([*title, *[""] * (len(header) - len(title))])
    for start in range(0, len(rows), PAGE_ROWS):
        writer.writerow(header)
        writer.writerows(rows[start : start + PAGE_ROWS])
    return out.getvalue().encode(encoding)
