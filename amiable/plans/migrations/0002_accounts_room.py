"""Accounts are another room's, in the same table (docs/adr/0011)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('plans', '0001_plans'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='plan',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_plans', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='plan',
                    name='accounts',
                    field=models.ManyToManyField(related_name='plans', to='accounts.account'),
                ),
            ],
        ),
    ]
