"""The bank's lines, out of intake: their tables are those that room made (docs/adr/0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0003_private_link'),
        ('intake', '0002_bank_leaves'),
        ('ledger', '0006_caution_basis'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='BankTransaction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=64)),
                        ('booked_on', models.DateField()),
                        ('amount_cents', models.BigIntegerField()),
                        ('is_return', models.BooleanField(default=False)),
                        ('reason_code', models.CharField(blank=True, max_length=10)),
                        ('reference', models.CharField(blank=True, max_length=140)),
                        ('mandate_ref', models.CharField(blank=True, max_length=40)),
                        ('party_name', models.CharField(blank=True, max_length=140)),
                        ('iban', models.CharField(blank=True, max_length=34)),
                        ('label', models.CharField(blank=True, max_length=500)),
                        ('status', models.CharField(choices=[('to_match', 'À rapprocher'), ('matched', 'Rapproché'), ('set_aside', 'Mis de côté')], default='to_match', max_length=10)),
                        ('matched_by', models.CharField(blank=True, max_length=20)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bank_transactions', to='intake.import')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                        ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='ledger.entry')),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bank_transactions', to='core.office')),
                    ],
                    options={
                        'verbose_name': 'mouvement bancaire',
                        'db_table': 'intake_banktransaction',
                    },
                ),
                migrations.CreateModel(
                    name='MatchSuggestion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('score', models.PositiveSmallIntegerField()),
                        ('reason_fr', models.CharField(max_length=200)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_suggestions', to='ledger.account')),
                        ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='bank.banktransaction')),
                    ],
                    options={
                        'db_table': 'intake_matchsuggestion',
                        'ordering': ['-score'],
                    },
                ),
                migrations.AddIndex(
                    model_name='banktransaction',
                    index=models.Index(fields=['office', 'status', 'booked_on'], name='bank_to_match_idx'),
                ),
                migrations.AddConstraint(
                    model_name='banktransaction',
                    constraint=models.UniqueConstraint(fields=('office', 'key'), name='bank_transaction_once'),
                ),
                migrations.AddConstraint(
                    model_name='matchsuggestion',
                    constraint=models.UniqueConstraint(fields=('transaction', 'account'), name='suggestion_once'),
                ),
            ],
        ),
    ]
