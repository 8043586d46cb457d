"""The sources beside TCGplayer, what they call our games, and what their terms allow."""

from django.db import migrations

SOURCES = [
    dict(
        slug="ebay-sold", name="eBay sales", url="https://www.ebay.com", currency="USD", rank=150,
        attribution="Estimated from items sold on eBay, used with eBay's consent.",
        keeps_history=False, is_blended=False, shown_hours=6,
    ),
    dict(
        slug="ebay-offers", name="eBay offers", url="https://www.ebay.com", currency="USD", rank=160,
        attribution="Estimated from offers on eBay, used with eBay's consent.",
        keeps_history=False, is_blended=False, shown_hours=6, origin="ebay-sold",
    ),
]
# What each source's catalogue calls our games.
GAMES = {}


def add_sources(apps, schema_editor):
    Source = apps.get_model("pricing", "Source")
    for facts in SOURCES:
        Source.objects.create(**facts)
    Game = apps.get_model("catalog", "Game")
    ExternalId = apps.get_model("catalog", "ExternalId")
    for source, categories in GAMES.items():
        for slug, category in categories.items():
            for game in Game.objects.filter(slug=slug):
                ExternalId.objects.create(source=source, kind="game", external_id=category, game=game)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0006_sightings"), ("catalog", "0003_sources_and_staff")]

    operations = [migrations.RunPython(add_sources, migrations.RunPython.noop)]
