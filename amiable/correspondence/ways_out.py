"""The channels as this installation has set them: demo or not, addresses, tokens."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings as django_settings

from amiable.channels import base
from amiable.correspondence.models import OutboxItem

#: The folder of amiable/channels behind each channel of the outbox.
FOLDERS = {"post": "post", "lrar": "post", "email": "email", "sms": "sms"}


def settings(now: datetime) -> base.Settings:
    """The SMS provider's options as the environment gave them; e-mail is live when a server was named."""
    options = {f"sms_{name.lower()}": value for name, value in django_settings.AMIABLE_SMS.items()}
    options["email_from"] = django_settings.DEFAULT_FROM_EMAIL
    options["email_live"] = "1" if django_settings.AMIABLE_EMAIL_LIVE else ""
    return base.Settings(
        spool_dir=spool_dir(), demo=bool(django_settings.AMIABLE_DEMO), now=now, options=options
    )


def spool_dir() -> Path:
    return Path(django_settings.AMIABLE_HOME) / "spool"


def provider(channel: str, now: datetime) -> base.Provider:
    """Raises PermanentFailure when the channel's folder was removed."""
    return base.provider(FOLDERS.get(channel, channel), settings(now))


def available() -> set[str]:
    """The outbox channels this installation can use."""
    present = set(base.discover())
    return {channel for channel in OutboxItem.Channel.values if FOLDERS[channel] in present}


def leaves(channel: str, now: datetime) -> bool:
    """Whether something sent by this channel really leaves the machine."""
    return not provider(channel, now).is_spool
