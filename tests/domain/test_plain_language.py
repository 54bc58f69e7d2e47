"""How easily a text is read, and that what tenants receive is easy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.correspondence.catalogue import catalogue
from amiable.domain.text.languages import plain_dates
from amiable.domain.text.plain_language import TARGET, reading

EASY = "Bonjour. Il reste une somme à payer. Appelez-nous, nous vous aidons."
HARD = (
    "Nonobstant les dispositions précédemment communiquées relativement à l’apurement de votre arriéré "
    "locatif, nous sommes contraints de vous rappeler que l’absence de régularisation immédiate entraînera "
    "inéluctablement la mise en œuvre des procédures contentieuses réglementairement prévues."
)
WORDS = st.lists(
    st.sampled_from(["le", "loyer", "payer", "régularisation", "échéance"]), min_size=1, max_size=40
)


def test_plain_words_score_low_and_jargon_high() -> None:
    easy, hard = reading(EASY), reading(HARD)
    assert easy.is_plain and easy.level_fr == "facile" and not easy.long_sentences
    assert not hard.is_plain and hard.level_fr == "difficile"
    assert hard.long_sentences and "réglementairement" in hard.hard_words


def test_it_counts_as_a_reader_does() -> None:
    """Two sentences of four words, two of the eight long: 8 / 2 + 25."""
    assert reading("Le chat mange vite. Les oiseaux chantent bien.").score == 4 + 25
    # A list ends its sentences, an elided article and a variable are no long words.
    assert reading("Venez avec :\n\n- l’avis ;\n- {{ tableau_des_sommes_dues }}.").sentences == 3
    assert reading("Voir l’article L. 123 du code.").sentences == 1
    assert reading("").score == 0


@given(WORDS)
def test_cutting_a_text_into_sentences_never_makes_it_harder(words: list[str]) -> None:
    assert reading(". ".join(words)).score <= reading(" ".join(words)).score


@given(WORDS)
def test_the_score_is_the_formula(words: list[str]) -> None:
    long = [word for word in words if len(word) > 6]
    assert reading(" ".join(words)).score == round(len(words) + 100 * len(long) / len(words))


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_what_is_shipped_is_easy_to_read(code: str) -> None:
    found = reading(catalogue()[code].body)
    assert found.score <= TARGET, f"{code}: LIX {found.score}, {found.long_sentences} {found.hard_words}"


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("mardi 1er décembre 2026", "01/12/2026"),
        ("avant le 23 novembre 2026 au plus tard", "avant le 23/11/2026 au plus tard"),
        ("dimanche 22 novembre 2026", "22/11/2026"),
        ("12 rue de Mars 2026", "12 rue de Mars 2026"),
    ],
)
def test_dates_are_written_in_figures_for_who_does_not_read_french(said: str, figures: str) -> None:
    assert plain_dates(said) == figures
