"""A case may cover several accounts, and be notified to several parties."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('correspondence', '0003_accounts_room'),
        ('dossiers', '0006_limits_room'),
        ('parties', '0002_situations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dossier',
            name='stage',
            field=models.CharField(choices=[('to_prepare', 'À préparer'), ('ready', 'Prêt à envoyer'), ('sent', 'Envoyé'), ('acknowledged', 'Reçu par le partenaire'), ('answered', 'Réponse reçue'), ('followed', 'Suivi'), ('prepared', 'En préparation'), ('gated', 'Conditions réunies'), ('notified', 'Acte notifié'), ('paying', 'Le tiers verse'), ('released', 'Mainlevée'), ('filed', 'Déposé au greffe'), ('decided', 'Décision rendue'), ('served', 'Décision signifiée'), ('opposed', 'Recours formé'), ('final', 'Décision définitive'), ('enforced', 'Décision exécutée'), ('closed', 'Terminé'), ('abandoned', 'Abandonné')], default='to_prepare', max_length=12, verbose_name='étape'),
        ),
        migrations.CreateModel(
            name='CaseAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claimed_cents', models.BigIntegerField(null=True, verbose_name='montant réclamé')),
                ('as_of', models.DateField(verbose_name='arrêté au')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covered_by', to='accounts.account')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='covers', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'compte du dossier',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('case', 'account'), name='case_account_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20, verbose_name='rôle')),
                ('served_on', models.DateField(null=True, verbose_name='notifié le')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='dossiers.dossier')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.partner')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='correspondence.document')),
            ],
            options={
                'verbose_name': 'partie',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', False), ('partner__isnull', False), _connector='XOR'), name='case_party_is_somebody'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('case', 'role', 'person'), name='case_party_person_once'), models.UniqueConstraint(condition=models.Q(('partner__isnull', False)), fields=('case', 'role', 'partner'), name='case_party_partner_once')],
            },
        ),
    ]
