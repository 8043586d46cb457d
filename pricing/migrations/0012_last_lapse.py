"""When prices last became too old to be shown, as a function: PostgreSQL keeps its plan (pricing.kept calls it)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# In seconds since 1970: when the source was heard whose prices, which may be shown for some hours only, ended
# since the hour of `now` began; NULL where none did.
FUNCTION = """
CREATE FUNCTION pricing_last_lapse(now timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT extract(epoch FROM max(heard.at))::text FROM pricing_source o CROSS JOIN LATERAL (
            SELECT max(finished_at) AS at FROM pricing_ingestrun WHERE source_id = o.id
            AND finished_at >= date_trunc('hour', now, 'UTC') - make_interval(hours => o.shown_hours)
            AND finished_at < now - make_interval(hours => o.shown_hours)
        ) heard WHERE o.shown_hours IS NOT NULL
    );
END $$;
"""


class Migration(migrations.Migration):
    atomic = False  # an index of a table that is written to is made beside the writers
    dependencies = [("pricing", "0011_latest_prices")]

    operations = [
        AddIndexConcurrently(
            model_name="ingestrun",
            index=models.Index(fields=["source", "finished_at"], name="ingestrun_heard"),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION pricing_last_lapse(timestamptz)"),
    ]
