"""What the demo's officers know of reaching tenants: preferences, languages, calls promised for today."""

from __future__ import annotations

from datetime import date, time, timedelta

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.demo.stories import REFS
from amiable.diary import services as diary
from amiable.domain.creditors import window
from amiable.parties.services import set_preferences
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import policy_of

#: Story tenant -> (language, preferred channel).
PREFERENCES = {"leroy": ("fr", "phone"), "haddad": ("pt", "email"), "dubois": ("fr", "sms")}
#: The hours said yesterday on the telephone; the last one said none.
PROMISED = (time(9, 30), time(14), None)


def landlord_contacts(office: Office, today: date) -> None:
    """Preferences of a few story tenants, and the calls Claire Morel promised yesterday for today."""
    officer = User.objects.get(office=office, username="c.morel")
    accounts = Account.objects.filter(office=office, ref__in=[REFS[key] for key in PREFERENCES])
    people = {account.ref: account.person for account in accounts.select_related("person__office")}
    for key, (language, channel) in PREFERENCES.items():
        person = people[REFS[key]]
        set_preferences(
            person=person,
            email_opt_out=person.email_opt_out,
            sms_opt_out=person.sms_opt_out,
            preferred_channel=channel,
            language=language,
            actor=officer,
        )
    if window(policy_of(office, today)).open_on(today, office.territory):
        _promised_calls(office, officer, today)


def _promised_calls(office: Office, officer: User, today: date) -> None:
    """On accounts of hers, the smallest debts to talk about: the stories keep their place."""
    lanes = ("call", "letter", "meeting")
    waiting = AccountPosition.objects.filter(office=office, officer_id=officer.pk, lane__in=lanes)
    chosen = waiting.exclude(account__ref__in=REFS.values()).order_by("overdue_cents", "pk")
    for position, at in zip(
        chosen.select_related("account__person", "account__office"), PROMISED, strict=False
    ):
        diary.log_call(
            account=position.account,
            outcome="voicemail",
            actor=officer,
            today=today - timedelta(days=1),
            note="Demande à être rappelé",
            call_back_on=today,
            call_back_at=at,
        )
