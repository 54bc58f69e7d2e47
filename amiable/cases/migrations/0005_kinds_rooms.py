"""What belongs to kinds is in their rooms from now on; the tables keep their names (docs/adr/0011)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0004_accounts_room'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(
                    model_name='socialnote',
                    name='author',
                ),
                migrations.RemoveField(
                    model_name='socialnote',
                    name='dossier',
                ),
                migrations.DeleteModel(
                    name='Guarantee',
                ),
                migrations.DeleteModel(
                    name='SocialNote',
                ),
            ],
        ),
    ]
