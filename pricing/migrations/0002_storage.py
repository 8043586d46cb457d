"""What Django's models cannot say: how PostgreSQL stores prices, and the first sources."""

from django.db import migrations

COVERING_KEY = """
ALTER TABLE pricing_pricechange DROP CONSTRAINT pricing_pricechange_pkey;
ALTER TABLE pricing_pricechange ADD PRIMARY KEY (series_id, day) INCLUDE (market, low, mid, previous_market);
"""
# Half-empty pages let an update of a price stay in its page without touching the index (HOT).
ROOM_FOR_UPDATES = """
ALTER TABLE pricing_latestprice SET (fillfactor = 50);
ALTER TABLE pricing_pricehistory SET (fillfactor = 80);
"""
# Already compressed; kept in the row itself as long as a page has room, so that a chart is one page.
PACKED = """
ALTER TABLE pricing_pricehistory ALTER COLUMN data SET STORAGE MAIN;
ALTER TABLE pricing_priceday ALTER COLUMN data SET STORAGE EXTERNAL;
"""


def add_sources(apps, schema_editor):
    Source = apps.get_model("pricing", "Source")
    Source.objects.create(
        slug="tcgplayer", name="TCGplayer", url="https://www.tcgplayer.com", currency="USD", rank=10,
        attribution="Prices by TCGplayer, daily through TCGCSV.",
    )
    Source.objects.create(
        slug="demo", name="Demonstration", currency="USD", rank=200, is_demo=True, is_blended=False,
        attribution="Generated demonstration prices, not a market's.",
    )


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("catalog", "0002_games")]

    operations = [
        migrations.RunSQL(COVERING_KEY, migrations.RunSQL.noop),
        migrations.RunSQL(ROOM_FOR_UPDATES, migrations.RunSQL.noop),
        migrations.RunSQL(PACKED, migrations.RunSQL.noop),
        migrations.RunPython(add_sources, migrations.RunPython.noop),
    ]
