"""Letters as their reader reads them: a walk over every wording, and over what fills them."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import page
import pytest

import amiable
from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.correspondence import catalogue, wording
from amiable.correspondence.typeset import MOST_LETTERS, typeset
from amiable.correspondence.variables import VARIABLES
from amiable.domain import creditors
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text import french
from amiable.outreach.drafting import notices
from amiable.outreach.statement import label
from tests.letters.samples import HEAD, VALUES, letter

ROOT = Path(amiable.__file__).parent
WORDINGS = {**catalogue.catalogue(), **catalogue.translations()}
LETTERS = [code for code, one in catalogue.catalogue().items() if one.is_letter]
#: Nobody in particular follows the file: the words that stand for them.
NOBODY = {"charge_de_dossier": "le service recouvrement"}
#: Letters that say a long history need more than a page.
LONG = {"decompte", "succession"}


def test_every_letter_is_an_accessible_pdf():
    """PDF/UA-1 by an independent checker: its hundred and more rules, on each layout and each table."""
    assert len(LETTERS) <= MOST_LETTERS
    made = typeset("Toutes les lettres", HEAD, [letter(code, code) for code in LETTERS])
    report = page.validate_pdf_bytes(made.pdf, profile="ua1")
    assert report.rules.total > 100
    assert [(one.rule_id, one.message) for one in report.failures] == []


def test_the_checker_sees_a_letter_that_is_not_accessible():
    from amiable.correspondence.press import compile_pdf
    from amiable.correspondence.typeset import _folder, _payload

    data = {"title": "Essai", "office": {"name": "Essai", "lines": [], "footer": ""}}
    data["letters"] = [_payload(letter("relance_1")) | {"tight": False}]
    pdf, _ = compile_pdf(_folder(), "letter.typ", data, standard="1.7")
    assert not page.is_pdf_compliant_bytes(pdf, profile="ua1")


def test_no_letter_needs_a_second_page_for_two_lines():
    made = typeset("Toutes les lettres", HEAD, [letter(code, code) for code in LETTERS])
    pages = {code: count for code, (_, count) in zip(LETTERS, made.ranges, strict=True)}
    assert {code for code, count in pages.items() if count > 1} == LONG


@pytest.mark.parametrize("code", WORDINGS)
def test_a_text_reads_well_whoever_follows_the_file(code):
    one = WORDINGS[code]
    tables = {name for name in wording.names_in(one.body) if VARIABLES[name].is_block}
    body = re.sub("|".join(rf"\{{\{{ {name} \}}\}}" for name in tables) or "$^", "", one.body)
    said = wording.plain(body, VALUES | NOBODY)
    assert not re.search(r"\b(à|de) le service", said), said
    assert not re.search(r"(^|[.?!] |\n)le service", said), said
    assert "(e)" not in said and "Quittance" not in said


def test_a_partner_reads_a_foot_written_for_a_partner():
    """Who is not the debtor is not told that the letter costs them nothing, nor of their own data."""
    office = Office(name="Habitat des Deux Rives", email="contact@exemple.fr")
    foot = {reader: str(notices(office, reader)) for reader in catalogue.READERS}
    assert "facturée" in foot["person"] and "CNIL" in foot["person"]
    assert "facturée" not in foot["partner"] and "transmises" in foot["partner"]
    to_partners = {code for code in LETTERS if WORDINGS[code].reader == "partner"}
    assert {code for code in LETTERS if "dossier_partenaire" in WORDINGS[code].body} <= to_partners
    assert "bdf_declaration" in to_partners


@pytest.mark.parametrize(
    ("kind", "nature", "said"),
    [("landlord", "loyer", "Loyer et charges de septembre 2026")],
)
def test_what_is_asked_is_not_called_a_receipt(kind, nature, said):
    """« Quittance », the list's type, is what is given once it is paid."""
    account = Account(office=Office(kind=kind), nature=nature)
    assert label(EntryKind.QUITTANCE, date(2026, 9, 1), account) == said
    for known in creditors.kinds():
        for code in creditors.kind(known).natures:
            other = Account(office=Office(kind=known), nature=code)
            assert "Quittance" not in label(EntryKind.QUITTANCE, date(2026, 9, 1), other)


@pytest.mark.parametrize(
    ("label_fr", "inside"),
    [
        ("Accord de la CAF", "accord de la CAF"),
        ("CAF ou MSA", "CAF ou MSA"),
        ("FSL saisi le", "FSL saisi le"),
        ("Banque de France", "Banque de France"),
        ("Échéance", "échéance"),
        ("SMS", "SMS"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_its_names(label_fr, inside):
    assert french.inside(label_fr) == inside


def _lowered(tree: ast.AST) -> list[int]:
    """Lines where the whole of a label is put in small letters, with the names it holds."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "lower":
            said = ast.unparse(node.func.value).lower()
            if re.search(r"label|get_\w+_display|_fr\b", said) and not said.endswith("[:1]"):
                found.append(node.lineno)
    return found


def test_no_label_is_put_in_small_letters_with_the_names_it_holds():
    assert _lowered(ast.parse("piece.label_fr.lower(); row.get_stage_display().lower()")) == [1, 1]
    faults = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(ROOT.rglob("*.py"))
        for line in _lowered(ast.parse(path.read_text(encoding="utf-8")))
    ]
    faults += [
        path.name
        for path in sorted(ROOT.rglob("templates/**/*.html"))
        if "|lower" in path.read_text(encoding="utf-8")
    ]
    assert faults == []
