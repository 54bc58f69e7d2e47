from __future__ import annotations

import pytest

from amiable.correspondence import catalogue, wording
from amiable.correspondence.variables import VARIABLES
from amiable.domain import creditors
from amiable.domain.errors import DomainError

TABLE = {"columns": [], "rows": [["x"]], "total": None}


def code(function, *args) -> str:
    with pytest.raises(DomainError) as error:
        function(*args)
    return error.value.code


@pytest.mark.parametrize(
    "text", ["{{ __class__ }}", "{{ montant }}", "{{ office.secret }}", "{{ 7*7 }}", "{{}}"]
)
def test_an_unknown_variable_is_refused_with_its_name(text):
    with pytest.raises(DomainError) as error:
        wording.check_variables(text)
    assert error.value.code == "unknown_variable"
    assert text.strip("{} ") in error.value.message_fr


@pytest.mark.parametrize("text", ["{% load x %}", "{{ compte }", "a }} b", "{# x #}", "{{{ compte }}}"])
def test_stray_braces_are_refused(text):
    assert code(wording.check_variables, text) in ("stray_braces", "unknown_variable")


def test_a_public_variable_is_refused_to_a_landlord():
    assert code(wording.check_variables, "{{ exercice }}", "landlord") == "foreign_variable"
    wording.check_variables("{{ exercice }}", "local_accountant")


def test_values_are_put_in_after_reading():
    (block,) = wording.read("Bonjour **{{ destinataire }}**", {"destinataire": "**{{ compte }}**"})
    assert block.runs == [("Bonjour ", False), ("**{{ compte }}**", True)]


def test_blocks():
    text = "## Titre\n\nUn\nparagraphe.\n\nListe :\n- a\n- **b**\n\n{{ tableau_des_sommes }}"
    blocks = wording.read(text, {"tableau_des_sommes": TABLE})
    assert [b.type for b in blocks] == ["heading", "p", "p", "list", "table"]
    assert blocks[1].runs == [("Un paragraphe.", False)]
    assert blocks[3].items == [[("a", False)], [("b", True)]]


def test_a_missing_value_is_named_and_never_left_blank():
    assert code(wording.fill, "{{ contrat }}", {"contrat": ""}) == "missing_value"


def test_a_table_inside_a_sentence_is_refused():
    assert (
        code(wording.read, "Voir {{ tableau_des_sommes }}", {"tableau_des_sommes": TABLE})
        == "block_inside_text"
    )


def test_windows_line_ends():
    assert len(wording.read("a\r\n\r\nb", {})) == 2


@pytest.mark.parametrize("default", catalogue.catalogue().values(), ids=lambda w: w.code)
def test_every_shipped_wording_passes_its_own_checks(default):
    fit = [one.code for one in creditors.kinds().values() if one.fits(default.traits)]
    assert fit
    for kind in fit:
        catalogue.check(default, default.subject, default.body, kind)


@pytest.mark.parametrize(
    ("name", "mention"),
    [(w.code, m.id) for w in catalogue.catalogue().values() for m in w.mentions if m.variable],
)
def test_each_mandatory_variable_is_really_demanded(name, mention):
    default = catalogue.get(name)
    wanted = next(m for m in default.mentions if m.id == mention)
    body = wording.VARIABLE.sub(
        lambda m: "" if m.group(1).strip() == wanted.variable else m.group(0), default.body
    )
    subject = wording.VARIABLE.sub(
        lambda m: "" if m.group(1).strip() == wanted.variable else m.group(0), default.subject
    )
    assert mention in [m.id for m in catalogue.missing_mentions(default, subject, body)]


def test_the_civil_code_must_be_quoted_in_a_mise_en_demeure():
    default = catalogue.get("mise_en_demeure")
    body = default.body.replace("l’article 1344 ", "la loi ")
    with pytest.raises(DomainError) as error:
        catalogue.check(default, default.subject, body)
    assert "1344" in error.value.message_fr


@pytest.mark.parametrize(
    "fee", ["des frais de relance de 8 €", "Frais de dossier", "frais de mise en demeure"]
)
def test_no_fee_for_a_reminder(fee):
    default = catalogue.get("relance_1")
    assert code(catalogue.check, default, default.subject, default.body + fee) == "fee_forbidden"
    catalogue.check(default, default.subject, default.body + "\n\nAucun frais de relance n’est demandé.")


@pytest.mark.parametrize("told", ["{{ montant_du }}", "votre dette", "un impayé", "le loyer", "12 €"])
def test_an_sms_never_tells_the_debt(told):
    default = catalogue.get("sms_rappel")
    assert code(catalogue.check, default, "", default.body + told) == "debt_told"


def test_a_mail_subject_never_tells_the_debt():
    default = catalogue.get("email_rappel")
    assert code(catalogue.check, default, "Votre dette", default.body) == "debt_told"


def test_which_text_a_step_sends_by_which_channel():
    assert catalogue.for_channel("relance_1", "post", "landlord").code == "relance_1"
    assert catalogue.for_channel("relance_1", "sms", "landlord").code == "sms_rappel"
    assert catalogue.for_channel("convocation", "sms", "landlord").code == "sms_convocation"
    assert catalogue.for_channel("sms_rappel", "sms", "landlord").code == "sms_rappel"
    assert code(catalogue.for_channel, "relance_1", "post", "local_accountant") == "foreign_document"


def test_shipped_sms_hold_in_two_parts_with_long_names():
    from amiable.channels.sms.parts import measure, simplify

    values = {name: variable.example for name, variable in VARIABLES.items()}
    for default in catalogue.catalogue().values():
        if default.media == "sms":
            size = measure(simplify(wording.plain(default.body, values)))
            assert (size.encoding, size.parts <= 2) == ("GSM-7", True), default.code


def test_plain_text_keeps_its_lines_and_drops_the_marks():
    text = "Bonjour **{{ compte }}**,\n\n## Titre\n- un\n- deux\n\n{{ organisme }}\n{{ adresse_organisme }}\n"
    values = {"compte": "C1", "organisme": "OPH", "adresse_organisme": "1 rue A"}
    assert wording.plain(text, values) == "Bonjour C1,\n\nTitre\n- un\n- deux\n\nOPH\n1 rue A"
