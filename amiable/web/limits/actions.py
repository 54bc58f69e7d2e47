"""The private address of the calendar of legal limits."""

from __future__ import annotations

from amiable.web.kit.action import Action
from amiable.web.kit.links import LinkForm, make_link

RENEW_LINK = Action("renew_link", "Adresse d’agenda", "Créer l’adresse", "read_accounts", make_link, LinkForm)
ACTIONS = (RENEW_LINK,)
