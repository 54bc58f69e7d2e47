"""Words of an import's report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amiable.domain.text.french import euros, plural

REPORT_WORDS = {
    "new_agencies": "Agences créées",
    "new_officers": "Chargés créés, sans accès",
    "created": "Comptes créés",
    "updated": "Comptes mis à jour",
    "unchanged": "Comptes inchangés",
    "terms_changed": "Loyers, charges ou aides modifiés",
    "merge_proposals": "Personnes peut-être identiques, à vérifier",
    "skipped_totals": "Lignes de total laissées de côté",
    "difference_count": "Comptes dont le solde diffère",
    "expected_cents": "Total de la liste",
    "ledger_cents": "Total des comptes à la même date",
    "format": "Format",
    "statements": "Relevés pris",
    "matched": "Encaissements rapprochés",
    "returned_debits": "Prélèvements rejetés inscrits",
    "to_match": "Lignes à rapprocher",
    "already_posted": "Déjà connues par une liste",
}


def details_fr(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of what is worth showing, in the order of REPORT_WORDS; nothing for zero."""
    found = []
    for key, label in REPORT_WORDS.items():
        value = details.get(key)
        if not value and key not in ("difference_count",):
            continue
        if value is None:
            continue
        if isinstance(value, list):
            text = ", ".join(map(str, value[:20])) + (
                f"… ({plural(len(value), 'code')})" if len(value) > 20 else ""
            )
        elif key.endswith("_cents"):
            text = euros(int(value))
        else:
            text = str(value)
        found.append((label, text))
    return found
