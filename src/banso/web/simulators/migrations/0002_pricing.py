# ruff: noqa: D100, D101, RUF012 - written by makemigrations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("simulators", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="scenario",
            name="kind",
            field=models.CharField(
                choices=[
                    ("fish", "fish"),
                    ("growth", "growth"),
                    ("pricing", "pricing"),
                ],
                max_length=10,
            ),
        ),
    ]
