"""How the fiche says things: phone numbers, kinds of claims, the diary's lines."""

from __future__ import annotations

from typing import Any

import phonenumbers

from amiable.accounts.models import Account
from amiable.domain.creditors import kind
from amiable.domain.decision.facts import NATURE_LABELS
from amiable.domain.text.languages import FRENCH, NAMES_FR


def phone_words(value: str) -> str:
    """`+33639981102` -> `06 39 98 11 02`; a foreign number keeps its country."""
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return value
    national = number.country_code == phonenumbers.country_code_for_region("FR")
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if national else form.INTERNATIONAL).replace(
        " ", "\u00a0"
    )


def person_name(person: Any) -> str:
    """« DURAND Samira », as lists and letters of the trade write it."""
    return f"{person.last_name.upper()} {person.first_name}".strip()


def home_of(account: Account) -> str:
    """« 12 rue des Lilas, 69003 Lyon »."""
    town = f"{account.postcode} {account.city}".strip()
    return ", ".join(part for part in (account.address, town) if part)


def is_claim(account: Account) -> bool:
    """Whether the account is a public claim, with its title and its object."""
    return bool(account.object_label or account.taken_charge_on or account.fiscal_year)


#: Lists write without accents.
_PAYMENT_MODES = {"prelevement": "prélèvement", "cheque": "chèque", "especes": "espèces"}


def payment_mode(code: str) -> str:
    return _PAYMENT_MODES.get(code.lower(), code)


def nature_label(account: Account) -> str:
    return NATURE_LABELS.get(account.nature, account.nature)


def vocabulary(account: Account) -> dict[str, str]:
    """The office's own words: debtor, account, item, officer..."""
    return dict(kind(account.office.kind).vocabulary)


CHANNELS_FR = {"email": "courriel", "sms": "SMS", "post": "courrier", "phone": "téléphone"}


def spoken(person: Any) -> str:
    """« portugais »; nothing for French."""
    return "" if person.language == FRENCH else NAMES_FR.get(person.language, person.language)
