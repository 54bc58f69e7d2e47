"""The accounts of the cases made before: each covers the one it was opened for."""

from django.db import migrations

#: Every case there is covers its own account; what was claimed of it was not kept.
FILL = """
    insert into dossiers_caseaccount (case_id, account_id, claimed_cents, as_of)
    select id, account_id, null, opened_on from dossiers_dossier
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0007_case_accounts'),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
