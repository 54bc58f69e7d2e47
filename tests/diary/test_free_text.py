"""RGPD-03: what a note may not hold."""

from __future__ import annotations

import pytest

from amiable.diary.free_text import check_text
from amiable.domain.errors import DomainError


@pytest.mark.parametrize(
    "text",
    [
        "Personne de mauvaise foi",
        "C’est un MAUVAIS PAYEUR",
        "Menteuse, ne rappelle jamais",
        "dépressif depuis juin",
        "il est en arrêt maladie",
        "famille de gitans",
        "musulmane",
        "sort de prison",
    ],
)
def test_judgement_health_origin_and_offence_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_text(text)
    assert refusal.value.code == "banned_term"
    assert "Rien n’a été enregistré" in refusal.value.message_fr


@pytest.mark.parametrize(
    "text",
    [
        "A repris un emploi le 2, virement annoncé de 120 € pour le 28.",
        "Attend un remboursement de l’assurance maladie.",
        "Conteste les ordures ménagères dans la régularisation de charges.",
        "Mme Gay rappelle demain. Le confort du logement est en cause.",
        "Paie d’habitude vers le 18 ; la concierge confirme.",
    ],
)
def test_facts_are_accepted(text: str) -> None:
    assert check_text(f"  {text} \n") == text


def test_the_length_is_limited_and_the_excess_told() -> None:
    with pytest.raises(DomainError, match="2 caractères de trop"):
        check_text("a" * 1002)
