"""Accounts are the room `accounts`'s from now on; their tables keep their names (docs/adr/0011)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('appointments', '0002_accounts_room'),
        ('bank', '0002_accounts_room'),
        ('correspondence', '0003_accounts_room'),
        ('diary', '0007_accounts_room'),
        ('dossiers', '0004_accounts_room'),
        ('household', '0002_accounts_room'),
        ('intake', '0003_accounts_room'),
        ('ledger', '0006_caution_basis'),
        ('litigation', '0002_accounts_room'),
        ('outreach', '0003_accounts_room'),
        ('plans', '0002_accounts_room'),
        ('positions', '0004_accounts_room'),
        ('visits', '0003_accounts_room'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='entry',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='accounts.account'),
                ),
                migrations.DeleteModel(name='AccountTerms'),
                migrations.DeleteModel(name='AccountParty'),
                migrations.DeleteModel(name='Account'),
            ],
        ),
    ]
