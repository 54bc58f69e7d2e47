"""Rent guarantees, out of the engine of cases: their table is the one it made (docs/adr/0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('dossiers', '0005_kinds_rooms'),
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Guarantee',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('scheme', models.CharField(choices=[('visale', 'Visale'), ('locapass', 'LOCA-PASS')], max_length=10, verbose_name='garantie')),
                        ('number', models.CharField(max_length=40, verbose_name='numéro')),
                        ('starts_on', models.DateField(verbose_name='prise d’effet')),
                        ('ends_on', models.DateField(blank=True, null=True, verbose_name='fin')),
                        ('instalments', models.PositiveSmallIntegerField(verbose_name='mensualités garanties')),
                        ('cap_cents', models.BigIntegerField(blank=True, null=True, verbose_name='plafond d’une mensualité')),
                        ('is_student', models.BooleanField(null=True, verbose_name='étudiant ou alternant')),
                        ('has_clause', models.BooleanField(null=True, verbose_name='clause résolutoire au bail')),
                        ('cancelled_on', models.DateField(null=True, verbose_name='annulée le')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guarantees', to='accounts.account')),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'garantie Action Logement',
                        'db_table': 'dossiers_guarantee',
                        'ordering': ['-starts_on', '-pk'],
                    },
                ),
            ],
        ),
    ]
