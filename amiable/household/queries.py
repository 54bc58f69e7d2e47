"""What other rooms ask of the households: the latest situation of an account's person, its capacity."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.diary.models import DiaryEntry
from amiable.domain.household.budget import Situation
from amiable.domain.household.reading import read
from amiable.household.models import Assessment


def standing(on: date | None = None) -> QuerySet[Assessment]:
    """Situations known that day whose line in the diary was not corrected since."""
    corrections = DiaryEntry.objects.filter(corrects_id=OuterRef("entry_id"))
    if on is None:
        return Assessment.objects.filter(~Exists(corrections))
    return Assessment.objects.filter(~Exists(corrections.filter(on__lte=on)), assessed_on__lte=on)


def of_account(account: Account, on: date | None = None) -> QuerySet[Assessment]:
    """Every situation of the account's person, newest first, whichever of their accounts it was taken on."""
    rows = standing(on).filter(office_id=account.office_id, person_id=account.person_id)
    return rows.select_related("made_by", "account").order_by("-assessed_on", "-pk")


def latest(account: Account, on: date | None = None) -> Assessment | None:
    """The newest situation known (on that day); None when there was never an interview."""
    return of_account(account, on).first()


def capacity_of(account: Account, today: date) -> int | None:
    """What the household can pay back each month, in cents; None as long as its budget is not known."""
    found = latest(account, today)
    return None if found is None else found.capacity_cents


def seen_by(account: Account, user: User) -> QuerySet[Assessment]:
    """`of_account`, within what the user may read."""
    return scope(of_account(account), user)


def before(assessment: Assessment) -> Assessment | None:
    """The situation this one followed."""
    return of_account(assessment.account, assessment.assessed_on).filter(pk__lt=assessment.pk).first()


def situation_of(assessment: Assessment) -> Situation:
    """The situation as the domain reads it."""
    return read(assessment.situation).situation
