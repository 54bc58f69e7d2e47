"""What every user of an office must know, sent to their e-mail addresses and to the office's own."""

from __future__ import annotations

from amiable.core.models import Office, User
from amiable.jobs import services as jobs

#: The task is `correspondence`'s: core knows no channel.
TASK = "correspondence.announce"


def announce(*, office: Office, subject: str, text: str, only: User | None = None) -> None:
    """One durable message for each address: every active user and the office, or `only` one person."""
    people = [only] if only else User.objects.filter(office=office, is_active=True)
    addresses = {person.email for person in people} | (set() if only else {office.email})
    for address in sorted(filter(None, addresses)):
        jobs.enqueue(TASK, {"to": address, "subject": subject, "text": text}, office_id=office.pk)
