"""Limits are another room's: every one of them was taken there by `limits.0002`, under its own id."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0005_kinds_rooms'),
        ('limits', '0002_from_dossiers'),
    ]

    operations = [
        migrations.DeleteModel(name='DossierLimit'),
    ]
