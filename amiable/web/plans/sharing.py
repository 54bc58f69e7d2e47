"""Who gets a copy of a signed plan beside those who owe it: the cautions, the caisse that pays the aid."""

from __future__ import annotations

from datetime import date

from amiable.accounts.models import Account, AccountTerms
from amiable.cases.kinds import kind_of
from amiable.cases.partners import partner_among, partners_of
from amiable.guarantees.cautions import bound_on
from amiable.parties.models import Person
from amiable.web.kit.words import person_name


def to_share(account: Account, today: date) -> list[tuple[Person, str]]:
    """(person, how the form names them), each once; the form's own order."""
    found = [(one, f"{person_name(one)}, caution") for one in bound_on([account.pk], today)]
    terms = AccountTerms.objects.filter(account=account, effective_on__lte=today).last()
    if terms is not None and terms.aid_cents:
        partner = partner_among(partners_of(kind_of("caf"), account.office), account)
        if partner is not None and partner.person is not None:
            found.append((partner.person, f"{partner.name}, qui verse l’aide au logement"))
    return found
