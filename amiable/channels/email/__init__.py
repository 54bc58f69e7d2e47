"""E-mail. Django's mail settings choose SMTP or, through django-anymail, a provider; demo mode spools."""

from __future__ import annotations

from amiable.channels.base import Provider, Settings
from amiable.channels.email.mail import DjangoMail
from amiable.channels.email.spool import SpoolMail

LABEL_FR = "E-mail"


def provider(settings: Settings) -> Provider:
    """The spool in demo mode or while `email_live` is not "1": a new installation cannot write to anybody."""
    if settings.demo or settings.options.get("email_live") != "1":
        return SpoolMail(settings)
    return DjangoMail(settings)
