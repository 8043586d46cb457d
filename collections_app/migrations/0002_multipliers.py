from decimal import Decimal

from django.db import migrations

# Raw conditions as shops commonly grade them down. Grades as the median of monthly prices of Pokémon cards of
# five dollars and more from 2020 to 2025: 1.9 times the raw price for a 9, 4.6 times for a PSA 10; other
# graders' tens at the lower quartile. They are starting points: staff change them in the admin.
STARTING = [
    ("NM", "", 100),
    ("LP", "", 85),
    ("MP", "", 70),
    ("HP", "", 50),
    ("DMG", "", 30),
    ("", "PSA 10", 460),
    ("", "10", 327),
    ("", "9.5", 220),
    ("", "9", 188),
    ("", "8.5", 120),
    ("", "8", 110),
    ("", "7", 100),
]


def start(apps, schema_editor):
    multiplier = apps.get_model("collections_app", "Multiplier")
    multiplier.objects.bulk_create(
        multiplier(condition=condition, grade=grade, percent=Decimal(percent))
        for condition, grade, percent in STARTING
    )


class Migration(migrations.Migration):
    dependencies = [("collections_app", "0001_initial")]
    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
