"""The limits of dossiers, taken over under their own ids, each with the events that are known of it.

A limit left open by a dossier that is over was shown nowhere any more: it is closed with it, for the reason it was
closed, so that every calendar shows what it showed.
"""

from django.core.management.color import no_style
from django.db import migrations

OVER = "d.stage IN ('closed', 'abandoned')"
LIMITS = f"""
INSERT INTO limits_limit
    (id, office_id, account_id, case_id, rule, state, from_on, limit_on, conditions, met_on, closed_on, reason_id)
SELECT l.id, d.office_id, d.account_id, l.dossier_id, l.rule,
    CASE WHEN l.met_on IS NOT NULL THEN 'met' WHEN l.closed_on IS NOT NULL OR {OVER} THEN 'closed' ELSE 'open' END,
    l.from_on, l.limit_on, '{{}}', l.met_on,
    CASE WHEN l.closed_on IS NULL AND {OVER} THEN d.closed_on ELSE l.closed_on END,
    CASE WHEN l.closed_on IS NULL AND {OVER} THEN d.closing_id ELSE l.reason_id END
FROM dossiers_dossierlimit l JOIN dossiers_dossier d ON d.id = l.dossier_id
ORDER BY l.id
"""
OPENED = """
INSERT INTO limits_limitevent (limit_id, event, "on", limit_on, at)
SELECT l.id, 'opened', COALESCE(l.from_on, d.opened_on), l.limit_on, d.created_at
FROM limits_limit l JOIN dossiers_dossier d ON d.id = l.case_id
ORDER BY l.id
"""
ENDED = """
INSERT INTO limits_limitevent (limit_id, event, "on", limit_on, at, reason_id)
SELECT l.id, l.state, COALESCE(l.met_on, l.closed_on, l.limit_on), l.limit_on, d.created_at, l.reason_id
FROM limits_limit l JOIN dossiers_dossier d ON d.id = l.case_id
WHERE l.state <> 'open'
ORDER BY l.id
"""


def count_on(apps, schema_editor):
    """The next id follows those that were brought along."""
    connection = schema_editor.connection
    for statement in connection.ops.sequence_reset_sql(no_style(), [apps.get_model("limits", "Limit")]):
        with connection.cursor() as cursor:
            cursor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('limits', '0001_initial'),
    ]

    operations = [
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (LIMITS, OPENED, ENDED)),
        migrations.RunPython(count_on, migrations.RunPython.noop),
    ]
