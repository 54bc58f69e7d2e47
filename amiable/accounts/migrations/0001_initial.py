"""Accounts, out of ledger: their tables are those that room made (docs/adr/0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0003_private_link'),
        ('ledger', '0006_caution_basis'),
        ('parties', '0002_situations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ref', models.CharField(max_length=60, verbose_name='compte')),
                        ('nature', models.CharField(max_length=20)),
                        ('status', models.CharField(choices=[('present', 'présent'), ('mute', 'muté'), ('parti', 'parti')], default='present', max_length=10, verbose_name='statut')),
                        ('contract_ref', models.CharField(blank=True, max_length=60, verbose_name='contrat')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                        ('postcode', models.CharField(blank=True, max_length=10, verbose_name='code postal')),
                        ('city', models.CharField(blank=True, max_length=80, verbose_name='ville')),
                        ('entered_on', models.DateField(blank=True, null=True, verbose_name='entrée')),
                        ('left_on', models.DateField(blank=True, null=True, verbose_name='sortie')),
                        ('lease_on', models.DateField(blank=True, null=True, verbose_name='bail du')),
                        ('payment_mode', models.CharField(blank=True, max_length=40, verbose_name='mode de paiement')),
                        ('fiscal_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='exercice')),
                        ('object_label', models.CharField(blank=True, max_length=200, verbose_name='objet')),
                        ('taken_charge_on', models.DateField(blank=True, null=True, verbose_name='prise en charge')),
                        ('notified_on', models.DateField(blank=True, null=True, verbose_name='notification')),
                        ('split_on', models.DateField(blank=True, null=True)),
                        ('split_ends_on', models.DateField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='core.agency')),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='core.office')),
                        ('officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='parties.person')),
                    ],
                    options={
                        'verbose_name': 'compte',
                        'db_table': 'ledger_account',
                    },
                ),
                migrations.CreateModel(
                    name='AccountParty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('co_holder', 'co-titulaire du bail'), ('spouse', 'conjoint ou partenaire de PACS'), ('roommate', 'colocataire'), ('guarantor', 'caution'), ('heir', 'héritier'), ('notary', 'notaire'), ('occupant', 'occupant')], max_length=12, verbose_name='qualité')),
                        ('from_on', models.DateField(blank=True, null=True, verbose_name='depuis le')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                        ('replaced_on', models.DateField(blank=True, null=True, verbose_name='remplacé le')),
                        ('basis', models.CharField(blank=True, choices=[('student', 'pour un étudiant non boursier'), ('body', 'organisme de garantie habilité'), ('unknown', 'motif à vérifier')], max_length=10, verbose_name='motif de la caution')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='accounts.account')),
                        ('answers_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guaranteed', to='parties.person')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='parties.person')),
                    ],
                    options={
                        'verbose_name': 'personne liée au compte',
                        'db_table': 'ledger_accountparty',
                    },
                ),
                migrations.CreateModel(
                    name='AccountTerms',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('effective_on', models.DateField()),
                        ('rent_cents', models.BigIntegerField(default=0)),
                        ('charges_cents', models.BigIntegerField(default=0)),
                        ('aid_cents', models.BigIntegerField(default=0)),
                        ('third_party', models.BooleanField(default=False, verbose_name='tiers payant')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='accounts.account')),
                    ],
                    options={
                        'db_table': 'ledger_accountterms',
                        'ordering': ['effective_on'],
                    },
                ),
                migrations.AddIndex(
                    model_name='account',
                    index=models.Index(fields=['office', 'agency'], name='account_agency_idx'),
                ),
                migrations.AddIndex(
                    model_name='account',
                    index=models.Index(fields=['person'], name='account_person_idx'),
                ),
                migrations.AddIndex(
                    model_name='account',
                    index=models.Index(fields=['office', 'city'], name='account_city_idx'),
                ),
                migrations.AddConstraint(
                    model_name='account',
                    constraint=models.UniqueConstraint(fields=('office', 'ref'), name='account_ref_once'),
                ),
                migrations.AddConstraint(
                    model_name='accountparty',
                    constraint=models.UniqueConstraint(fields=('account', 'person', 'role'), name='account_party_once'),
                ),
                migrations.AddConstraint(
                    model_name='accountterms',
                    constraint=models.UniqueConstraint(fields=('account', 'effective_on'), name='terms_once_a_day'),
                ),
            ],
        ),
    ]
