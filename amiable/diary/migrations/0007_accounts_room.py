"""Accounts are another room's, in the same table (docs/adr/0011)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('diary', '0006_disputes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='callback',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='callbacks', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='diaryentry',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='diary', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='dispute',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disputes', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='hold',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='note',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='presence',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='promise',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='promises', to='accounts.account'),
                ),
                migrations.AlterField(
                    model_name='task',
                    name='account',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='accounts.account'),
                ),
            ],
        ),
    ]
