"""Accounts are another room's, in the same table (docs/adr/0011)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('outreach', '0002_linerecipient'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='batchline',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.account'),
                ),
            ],
        ),
    ]
