"""The bank's lines are the room `bank`'s from now on; their tables keep their names (docs/adr/0011)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name='MatchSuggestion'),
                migrations.DeleteModel(name='BankTransaction'),
            ],
        ),
    ]
