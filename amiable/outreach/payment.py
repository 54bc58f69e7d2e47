"""How a debtor pays, as the office says it: a way that lacks what makes it possible is in no letter."""

from __future__ import annotations

import re

from amiable.core.models import Office
from amiable.domain.text import french

TRANSFER = re.compile(r"\bvirements?\b", re.IGNORECASE)
#: Ways that need a place to go or to write to.
PLACE = re.compile(r"\b(chèques?|mandats?|espèces|guichets?|accueil)\b", re.IGNORECASE)


def means(office: Office) -> str:
    """The office's own list, as the end of a sentence that begins « Moyens de paiement : »; empty when it has
    none."""
    lines = [line.strip().rstrip(".;,") for line in office.payment_means.splitlines() if line.strip()]
    iban = f"IBAN {french.unbreakable(office.payment_iban)}" if office.payment_iban else ""
    if not lines:
        return f"virement ({iban})" if iban else ""
    said = " ; ".join(lines)
    if said[1:2].islower():
        said = said[:1].lower() + said[1:]
    return f"{said} ({iban})" if iban else said


def gap(office: Office) -> str:
    """Why nobody could pay as the office's letters say, in a sentence; empty when everybody can."""
    said = means(office)
    if not said:
        return "Moyens de paiement : l’office n’en a donné aucun (Réglages, L’office)."
    if TRANSFER.search(said) and not office.payment_iban:
        return "Moyens de paiement : un virement est proposé sans IBAN (Réglages, L’office)."
    place = PLACE.search(said)
    if place and not office.address.strip():
        return f"Moyens de paiement : « {place.group(0)} » est proposé sans adresse (Réglages, L’office)."
    return ""
