"""What is written once: the database itself refuses to change or to delete it, whoever asks.

Each room names its tables and their personal columns (`Room.append_only`). SQLite drops a table's triggers
without a word when a migration alters it: `install` runs after every migration, `missing` is asked by
`doctor`. The one road past them is `erasing`: within it a personal column may be blanked, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from amiable.core.journal import record
from amiable.core.models import Office, OpenErasure, User
from amiable.core.rooms import house
from amiable.domain.errors import DomainError

_FUNCTION = "amiable_append_only"
#: A row of this table, in a transaction of its own, is the door: nobody else ever sees it.
_DOOR = "EXISTS (SELECT 1 FROM core_openerasure)"
_BODY = f"""
DECLARE
  name text;
  was jsonb := to_jsonb(OLD);
  wanted jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND {_DOOR} THEN
    wanted := to_jsonb(NEW);
    FOREACH name IN ARRAY coalesce(TG_ARGV, '{{}}') LOOP
      IF wanted -> name IN ('null'::jsonb, '""'::jsonb) THEN
        was := was - name;
        wanted := wanted - name;
      END IF;
    END LOOP;
    IF was = wanted THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
"""


@dataclass(frozen=True)
class Kept:
    """A table written once. columns: all of them; personal: those an erasure may blank."""

    table: str
    columns: tuple[str, ...]
    personal: tuple[str, ...]

    def triggers(self) -> dict[str, str]:
        """name -> the statement that makes it, on the database in use."""
        if connection.vendor == "postgresql":
            arguments = ", ".join(f"'{name}'" for name in self.personal)
            each_row = "BEFORE UPDATE OR DELETE", "ROW"
            whole = "BEFORE TRUNCATE", "STATEMENT"
            return {
                name: f"CREATE TRIGGER {name} {when} ON {self.table} FOR EACH {each} "
                f"EXECUTE FUNCTION {_FUNCTION}({arguments})"
                for name, (when, each) in (
                    (f"{self.table}_kept", each_row),
                    (f"{self.table}_kept_whole", whole),
                )
            }
        same = " AND ".join(
            f"""(NEW."{name}" IS OLD."{name}" OR coalesce(NEW."{name}", '') = '')"""
            if name in self.personal
            else f'NEW."{name}" IS OLD."{name}"'
            for name in self.columns
        )
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {self.table}'); END"
        return {
            f"{self.table}_kept_update": f"CREATE TRIGGER {self.table}_kept_update BEFORE UPDATE ON "
            f"{self.table} WHEN NOT ({_DOOR} AND {same}) {refuse}",
            f"{self.table}_kept_delete": f"CREATE TRIGGER {self.table}_kept_delete BEFORE DELETE ON "
            f"{self.table} {refuse}",
        }


def kept() -> list[Kept]:
    """The tables the rooms write once."""
    found = []
    for label, personal in house().append_only.items():
        meta = apps.get_model(label)._meta
        columns = {field.name: field.column for field in meta.concrete_fields}
        found.append(Kept(meta.db_table, tuple(columns.values()), tuple(columns[name] for name in personal)))
    return found


def install() -> None:
    """Make whatever is not there as it should be; nothing is touched when all is."""
    wrong = set(missing())
    if not wrong:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            head = f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
            cursor.execute(f"{head} $kept${_BODY}$kept$")
        for one in kept():
            for name, statement in one.triggers().items():
                if name in wrong:
                    where = f" ON {one.table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
                    cursor.execute(statement)


def missing() -> list[str]:
    """The triggers that are absent, switched off, or not what this version makes."""
    present = _present()
    return [
        name
        for one in kept()
        for name, statement in one.triggers().items()
        if present.get(name) != _as_kept(one, statement)
    ]


def remove() -> None:
    """Take them away: a demo is about to empty its whole database, journal and all."""
    with transaction.atomic(), connection.cursor() as cursor:
        for one in kept():
            for name in one.triggers():
                where = f" ON {one.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def _present() -> dict[str, object]:
    """name -> what the database says of it, comparable with `_as_kept`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgname, t.tgrelid::regclass::text, encode(t.tgargs, 'escape'), p.prosrc "
            "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE p.proname = %s AND t.tgenabled IN ('O', 'A')",
            [_FUNCTION],
        )
        return {name: tuple(rest) for name, *rest in cursor.fetchall()}


def _as_kept(one: Kept, statement: str) -> object:
    if connection.vendor == "sqlite":
        return statement
    return one.table, "".join(f"{name}\\000" for name in one.personal), _BODY


@contextmanager
def erasing(*, office: Office, actor: User, person_id: int) -> Iterator[None]:
    """The one road past the triggers, for the erasure of a person: one transaction, told in the journal.

    Within it the personal columns of what was written once may be blanked; amounts, ids and days may not.
    """
    with transaction.atomic():
        if OpenErasure.objects.exists():
            raise DomainError("erasure.open", "Un effacement est déjà en cours : rien n’a été effacé.")
        event = record("person.erased", office=office, actor=actor, data={"person": person_id})
        door = OpenErasure.objects.create(event=event)
        yield
        door.delete()
