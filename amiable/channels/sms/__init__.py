"""Text messages. File spool by default; `sms_url` and `sms_token` in the settings choose the HTTP API."""

from __future__ import annotations

from amiable.channels.base import Provider, Settings
from amiable.channels.sms.http import HttpSms
from amiable.channels.sms.spool import SpoolSms

LABEL_FR = "SMS"


def provider(settings: Settings) -> Provider:
    """The spool unless an address is set; demo mode always spools."""
    if settings.demo or not settings.options.get("sms_url"):
        return SpoolSms(settings)
    return HttpSms(settings)
