"""A tenant's own language goes with the French text, never instead of it."""

from __future__ import annotations

import pytest

from amiable.correspondence import catalogue, templates
from amiable.correspondence.typeset import drawable
from amiable.domain.errors import DomainError
from amiable.domain.text.languages import NOTICE, WRITTEN_FR
from amiable.outreach import services
from amiable.parties.services import set_preferences
from tests import factories
from tests.outreach.conftest import NOW

SHIPPED = sorted(catalogue.translations())


def letter(town, language, code="relance_1"):
    account = town.owes(30000, 20000)
    account.person.language = language
    account.person.save()
    draft = services.preview(account, code, NOW)
    assert draft.letter is not None
    return ["".join(text for text, _ in block.runs) for block in draft.letter.blocks]


def test_the_french_text_comes_first_and_whole(town):
    french, joined = letter(town, "fr"), letter(town, "en")
    assert joined[: len(french)] == french
    assert joined[len(french)] == "Traduction en anglais, pour information"
    assert joined[len(french) + 1] == NOTICE["en"]
    english = " ".join(joined[len(french) + 2 :])
    assert "500,00" in english and "01/12/2026" in english and "décembre" not in english


@pytest.mark.parametrize("language", ["fr", "ar", "tr"])
def test_without_a_translation_the_french_letter_leaves_alone(town, language):
    assert not any("Traduction" in line for line in letter(town, language))


def test_an_office_writes_a_language_of_its_own(town):
    head = factories.user(town.office, "service_head")
    french = catalogue.get("relance_1")
    body = "Merhaba, {{ montant_du }}, {{ date_situation }}, {{ moyens_de_paiement }}, {{ telephone }}."
    saved = {
        "office": town.office,
        "code": "relance_1.tr",
        "subject": "hesap",
        "body": body,
        "actor": head,
        "base_version": 0,
    }
    with pytest.raises(DomainError, match="Mention obligatoire absente"):
        templates.save_version(**{**saved, "body": "Merhaba."})
    templates.save_version(**saved)
    assert any(line.startswith("Merhaba, 500,00") for line in letter(town, "tr"))
    assert catalogue.get("relance_1") == french
    assert ("tr", "turc", True) in templates.translations_of(town.office, "relance_1")


def test_a_message_is_read_in_both(town):
    account = town.owes(30000)
    factories.contact(account.person)
    account.person.language = "pt"
    account.person.save()
    body = services.draft_text(account, "sms_rappel", "sms", NOW).body
    assert "STOP SMS" in body and "Por favor, telefone" in body
    assert body.index("STOP SMS") < body.index("Por favor")


@pytest.mark.parametrize("code", SHIPPED)
def test_what_is_shipped_keeps_the_rules_and_the_fonts_draw_it(code):
    wording = catalogue.get(code)
    catalogue.check(wording, wording.subject, wording.body, "landlord")
    text = " ".join(wording.body.split())
    assert drawable(text) == text


def test_each_written_language_says_which_text_counts():
    assert set(NOTICE) == set(WRITTEN_FR)
    assert all(drawable(notice) == notice for notice in NOTICE.values())


def test_a_language_nobody_knows_is_refused(town):
    with pytest.raises(DomainError, match="langue de la liste"):
        set_preferences(
            person=factories.person(town.office),
            email_opt_out=False,
            sms_opt_out=False,
            actor=town.officer,
            language="xx",
        )
