"""French mobile numbers in the form a provider takes."""

from __future__ import annotations

import phonenumbers

from amiable.channels.base import PermanentFailure

# National significant numbers that start with 6 or 7 are mobiles in France; 06 39 98 xx xx is the range kept
# for fiction, which `phonenumbers` may call invalid: the length is checked, not the carrier's allocation.
MOBILE_FIRST_DIGITS = ("6", "7")


def to_e164(number: str, region: str = "FR") -> str:
    """`06 39 98 01 02` -> `+33639980102`. Raises PermanentFailure when it cannot receive an SMS."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise PermanentFailure(
            "bad_number", f"« {number} » n'est pas un numéro de téléphone.", contact_problem=True
        ) from error
    national = str(parsed.national_number)
    is_french = parsed.country_code == 33
    if is_french and not (len(national) == 9 and national.startswith(MOBILE_FIRST_DIGITS)):
        raise PermanentFailure(
            "not_mobile", f"« {number} » n'est pas un numéro de mobile.", contact_problem=True
        )
    if not is_french and not phonenumbers.is_possible_number(parsed):
        raise PermanentFailure(
            "bad_number", f"« {number} » n'est pas un numéro de téléphone.", contact_problem=True
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
