"""What is written once stays: the database refuses, whichever it is, whoever asks and by whatever road."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from amiable.books.models import Close, Line
from amiable.cases.models import Dossier, DossierEvent
from amiable.core import append_only
from amiable.core.journal import record
from amiable.core.models import AuditEvent, OpenErasure
from amiable.core.rooms import Room, RoomsDisagree, gather, house
from amiable.diary.models import DiaryEntry, Note
from amiable.domain.errors import DomainError
from amiable.ledger.models import Entry, Wording
from amiable.limits.models import Limit, LimitEvent
from amiable.operations import doctor
from amiable.operations.setup import upgrade_database
from tests import factories

TODAY = date(2026, 11, 22)
MODELS = (Entry, DiaryEntry, AuditEvent, DossierEvent, LimitEvent, Line, Close)


@pytest.fixture
def written(db: None) -> dict[str, Any]:
    """A row of each table that is written once, by its model's name."""
    office = factories.office()
    user = factories.user(office, "officer")
    account = factories.account(office, "A")
    note = Note.objects.create(office=office, account=account, author=user, text="Anne Bernard a appelé")
    wording = Wording.objects.create(office=office, text="LOYER BERNARD")
    dossier = Dossier.objects.create(office=office, account=account, kind="fsl", opened_on=TODAY)
    limit = Limit.objects.create(office=office, account=account, rule="CAF-08", limit_on=TODAY)
    entry = Entry.objects.create(
        account=account, kind=1, document_on=TODAY, amount_cents=500, key=1, reference="R1", wording=wording
    )
    return {
        "user": user,
        "Entry": entry,
        "Line": Line.objects.create(
            office=office,
            entry=factories.debit(account, TODAY, 500),
            place=1,
            journal="QT",
            account_code="4111",
            auxiliary=account,
            booked_on=TODAY,
            value_on=TODAY,
            debit_cents=500,
            credit_cents=0,
        ),  # fmt: skip
        "Close": Close.objects.create(
            office=office,
            period=date(2026, 10, 1),
            closed_on=TODAY,
            upto_entry_id=entry.pk,
            lines=0,
            debit_cents=0,
            seal="0" * 64,
        ),  # fmt: skip
        "DiaryEntry": DiaryEntry.objects.create(
            office=office, account=account, kind="note", on=TODAY, note=note, data={"cents": 500}
        ),
        "AuditEvent": record("diary.note", office=office, actor=user, account_id=account.pk),
        "DossierEvent": DossierEvent.objects.create(dossier=dossier, event="opened", on=TODAY, note=note),
        "LimitEvent": LimitEvent.objects.create(
            limit=limit, event="opened", on=TODAY, limit_on=TODAY, reason=note
        ),
    }


def refused(act: Any) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()


def another(field: models.Field) -> object:
    """A value that the column may hold and does not."""
    if field.is_relation or isinstance(field, models.IntegerField):
        return 9_876
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return "2020-01-01T00:00:00+00:00"
    if isinstance(field, models.DateField):
        return date(2020, 1, 1)
    return {"x": 1} if isinstance(field, models.JSONField) else "autre"[: field.max_length]


def test_the_rooms_name_every_table_that_is_written_once():
    assert set(house().append_only) == {f"{m._meta.app_label}.{m._meta.object_name}" for m in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_nothing_of_a_row_changes_and_it_stays(written, model):
    row = written[model.__name__]
    table = model._meta.db_table
    for field in model._meta.concrete_fields:
        refused(lambda f=field: model.objects.filter(pk=row.pk).update(**{f.attname: another(f)}))
    refused(row.save)
    refused(lambda: model.objects.filter(pk=row.pk)._raw_delete("default"))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"DELETE FROM {table}"))
        refused(lambda: cursor.execute(f"UPDATE {table} SET id = id + 1"))
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            refused(lambda: cursor.execute(f"TRUNCATE {table} CASCADE"))
    assert model.objects.get(pk=row.pk) == row


@pytest.mark.parametrize("model", MODELS)
def test_an_erasure_blanks_what_names_somebody_and_nothing_else(written, model):
    row, user = written[model.__name__], written["user"]
    personal = house().append_only[f"{model._meta.app_label}.{model._meta.object_name}"]
    mine = model.objects.filter(pk=row.pk)
    with append_only.erasing(office=user.office, actor=user, person_id=7):
        for field in model._meta.concrete_fields:
            refused(lambda f=field: mine.update(**{f.attname: another(f)}))
            if field.name in personal:
                blank = None if field.null else ""
                mine.update(**{field.attname: blank})
                assert mine.values_list(field.attname, flat=True).get() == blank
        refused(lambda: mine.delete())
    assert not OpenErasure.objects.exists()
    assert AuditEvent.objects.get(verb="person.erased").data == {"person": 7}
    text = next(one.attname for one in model._meta.concrete_fields if isinstance(one, models.CharField))
    refused(lambda: mine.update(**dict.fromkeys(personal or (text,), None if personal else "x")))


def test_an_erasure_that_fails_leaves_the_door_shut_and_nothing_blank(written):
    user = written["user"]
    with pytest.raises(ZeroDivisionError), append_only.erasing(office=user.office, actor=user, person_id=7):
        Note.objects.all().delete()
        raise ZeroDivisionError
    assert not OpenErasure.objects.exists()
    assert DiaryEntry.objects.get().note is not None
    with append_only.erasing(office=user.office, actor=user, person_id=7):
        Note.objects.all().delete()
        with pytest.raises(DomainError), append_only.erasing(office=user.office, actor=user, person_id=8):
            pass
    assert DiaryEntry.objects.get().note is None


def test_a_trigger_that_is_gone_is_seen_and_made_again(written):
    for one in append_only.kept():
        for name in one.triggers():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1"
                )
                where = f" ON {one.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{where}")
            assert append_only.missing() == [name]
            said = {check["name"]: check for check in doctor.checks()}["écrit une fois"]
            assert not said["ok"]
            assert name in said["detail"]
            upgrade_database()
            assert append_only.missing() == []
    assert {check["name"]: check["ok"] for check in doctor.checks()}["écrit une fois"]


def test_a_trigger_of_another_shape_is_made_again(written):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_kept")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER ledger_entry_kept_update")
            cursor.execute(
                "CREATE TRIGGER ledger_entry_kept_update BEFORE UPDATE ON ledger_entry "
                "WHEN 0 BEGIN SELECT 1; END"
            )
    assert append_only.missing() != []
    append_only.install()
    refused(lambda: Entry.objects.update(amount_cents=1))


def test_a_word_that_changed_is_still_said():
    made = gather([Room("one", lines={"new": "Neuf"}, verbs={"new.done": "a fait"}, renamed={"old": "new"})])
    assert made.lines["old"] == "Neuf"
    made = gather([Room("one", verbs={"new.done": "a fait"}, renamed={"old.done": "new.done"})])
    assert made.verbs["old.done"] == "a fait"
    with pytest.raises(RoomsDisagree, match="old"):
        gather([Room("one", lines={"old": "Ancien", "new": "Neuf"}, renamed={"old": "new"})])
