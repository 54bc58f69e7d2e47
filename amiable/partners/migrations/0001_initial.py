"""The social worker’s notes, out of the engine of cases: their table is the one it made (docs/adr/0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('dossiers', '0005_kinds_rooms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='SocialNote',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(max_length=2000, verbose_name='note')),
                        ('written_on', models.DateField(verbose_name='écrite le')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='social_notes', to='dossiers.dossier')),
                    ],
                    options={
                        'verbose_name': 'note de la conseillère',
                        'db_table': 'dossiers_socialnote',
                        'ordering': ['-pk'],
                    },
                ),
            ],
        ),
    ]
