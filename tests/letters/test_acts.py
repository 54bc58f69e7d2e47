"""What every act says: its own article, its author, its remedies (authority and court): a walk over all."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import amiable
from amiable.correspondence import catalogue
from amiable.correspondence.variables import VARIABLES
from amiable.correspondence.wording import names_in
from amiable.domain import law
from amiable.outreach.values import is_an_author
from tests.letters.samples import VALUES

ROOT = Path(amiable.__file__).parent
WORDINGS = sorted(catalogue.catalogue().values(), key=lambda one: one.code)
#: An act has a legal effect of its own: it is sent registered, or the law gives its delay.
ACTS = [one for one in WORDINGS if one.media == "lrar" or one.deadline_rule]
PUBLIC = [one for one in ACTS if "titre" in one.traits]
ARTICLE = re.compile(r"\b(?:article|articles) (?:[LRD]\.?\*?\.? ?)?\d")
#: Variables that hold the article the sender's own case calls for.
NAMED_ARTICLE = {"bdf_article", "bdf_fondement"}
#: It rests on the agreement both parties signed, and says which.
AGREED = {"plan_denonciation": "plan_signe_le"}
IDS = re.compile(r"\b[A-Z]{2,7}-\d{2}\b")


def ids(found):
    return [one.code for one in found]


def test_there_are_acts_to_look_at():
    assert {"mise_en_demeure", "mise_en_demeure_payer", "relance_public", "bdf_contestation"} <= set(
        ids(ACTS)
    )
    assert set(ids(PUBLIC)) == {"mise_en_demeure_payer", "relance_public"}


@pytest.mark.parametrize("one", ACTS, ids=ids(ACTS))
def test_an_act_cites_the_article_it_rests_on(one):
    names = set(names_in(one.body))
    assert ARTICLE.search(one.body) or (NAMED_ARTICLE | {AGREED.get(one.code, "")}) & names, one.code


@pytest.mark.parametrize("one", WORDINGS, ids=ids(WORDINGS))
def test_no_letter_tells_the_number_of_our_own_rules(one):
    assert not IDS.search(one.subject + one.body)


@pytest.mark.parametrize("one", PUBLIC, ids=ids(PUBLIC))
def test_a_public_act_names_its_author(one):
    """CRPA L212-1: first name, name, quality and service; the mention keeps an office from taking it out."""
    assert "auteur_acte" in names_in(one.body)
    assert any(mention.variable == "auteur_acte" for mention in one.mentions)


def test_the_act_that_enforcement_follows_names_delay_authority_and_court():
    """CJA R421-5: a remedy told without its authority and its court makes no delay run."""
    one = catalogue.get("mise_en_demeure_payer")
    wanted = {
        "delai_contestation_titre", "delai_contestation_acte", "delai_reponse_reclamation",
        "delai_saisine_juge", "autorite_reclamation", "juge_recours", "compte",
    }  # fmt: skip
    assert wanted <= set(names_in(one.body))
    assert wanted <= {mention.variable for mention in one.mentions}
    today = date(2026, 11, 29)
    assert law.get("PUB-03", today, "authority").value == VALUES["autorite_reclamation"]
    assert law.get("PUB-03", today, "judge").value == VALUES["juge_recours"]


@pytest.mark.parametrize(
    ("signatory", "is_author"),
    [
        ("Nadine Garnier, comptable publique", True),
        ("Anne-Lise de La Tour, cheffe du service recouvrement", True),
        ("N. Garnier, responsable", False),
        ("Nadine Garnier", False),
        ("Le comptable public", False),
        ("", False),
    ],
)
def test_an_author_has_a_first_name_a_name_and_a_quality(signatory, is_author):
    assert is_an_author(signatory) is is_author


def test_the_yearly_statement_of_a_guarantor_says_what_its_article_asks():
    """C. civ. 2302: principal, interest and accessories at 31 December; the term, or how to end it."""
    body = catalogue.get("caution_etat_annuel").body
    for words in (
        "principal",
        "accessoires",
        "intérêts",
        "terme de votre engagement",
        "mettre fin à tout moment",
    ):
        assert words in body


def test_the_creditors_answer_to_the_etat_du_passif_does_not_ask_for_the_judge():
    """C. conso. R723-3: the commission alone is answered; L723-3: only the debtor contests."""
    body = catalogue.get("bdf_justification").body
    assert "R723-3" in body and "juge" not in body


def _told_by_a_rules_source(tree: ast.AST) -> list[str]:
    """Variables of letters that a mapping fills with the `source` of a rule: a string made for a screen."""
    pairs = [
        (key.value, value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value in VARIABLES
    ]
    return [
        name
        for name, value in pairs
        if any(isinstance(each, ast.Attribute) and each.attr == "source" for each in ast.walk(value))
    ]


def test_no_letter_cites_the_source_string_of_a_rule():
    seen, faults = 0, []
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        seen += sum(
            isinstance(node, ast.Dict)
            and any(isinstance(key, ast.Constant) and key.value in VARIABLES for key in node.keys)
            for node in ast.walk(tree)
        )
        faults += [f"{path.relative_to(ROOT)}: {name}" for name in _told_by_a_rules_source(tree)]
    assert seen > 10
    assert faults == []
