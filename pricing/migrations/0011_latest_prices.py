"""The latest prices of many printings as a function: PostgreSQL keeps its plan, which costs more to make than
a hundred prices cost to read (docs/adr/0017). pricing.latest calls it.
"""

from django.db import migrations

# Of each printing, in the order of `ids`, the series that answers for it: of the best-ranked source with a price,
# of `asked_source` where it is not ''; with `every` all of its series, of any condition and grade.
# What the source's terms let us show no longer is NULL. A printing that is not shown has the id NULL.
FUNCTION = """
CREATE FUNCTION pricing_latest_prices(
    ids int[], asked_condition text, asked_grade text, asked_source text, now timestamp, every boolean
) RETURNS TABLE (
    place bigint, asked int, printing_id int, series_id int, condition text, grade text, language text,
    currency text, market int, low int, mid int, source text, as_of date, is_stale boolean, is_demo boolean,
    keeps_history boolean, rank smallint
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH best AS (
    SELECT DISTINCT ON (s.printing_id, CASE WHEN every THEN s.id END)
           s.printing_id, s.id AS series_id, s.condition, s.grade, s.language, s.currency, s.source_id, s.game_id,
           l.market, l.low, l.mid, l.missing_since, o.slug, o.is_demo, o.fresh_hours, o.rank, h.is_hidden,
           o.keeps_history AND o.shown_hours IS NULL AS keeps_history
    FROM pricing_priceseries s
    JOIN pricing_source o ON o.id = s.source_id
    JOIN pricing_latestprice l ON l.series_id = s.id
    CROSS JOIN LATERAL (
        -- The source was perhaps asked again on the same day.
        SELECT o.shown_hours IS NOT NULL AND coalesce((
            SELECT max(again.finished_at) FROM pricing_ingestrun again
            WHERE again.source_id = s.source_id AND again.game_id = s.game_id AND again.day = (
                SELECT max(r.day) FROM pricing_ingestrun r WHERE r.status = 'done' AND r.source_id = s.source_id
                AND r.game_id = s.game_id AND r.day < coalesce(l.missing_since, 'infinity')
            ) AND again.status IN ('done', 'corrected', 'unchanged')
        ) + make_interval(hours => o.shown_hours) < now, true) AS is_hidden OFFSET 0
    ) h
    WHERE s.printing_id = ANY(ids) AND (asked_source = '' OR o.slug = asked_source)
      AND (every OR s.condition = asked_condition AND s.grade = asked_grade)
    ORDER BY s.printing_id, CASE WHEN every THEN s.id END, (h.is_hidden OR l.market IS NULL), o.rank, s.id
)
SELECT wanted.place, wanted.id, p.id, b.series_id, coalesce(b.condition, asked_condition)::text,
       coalesce(b.grade, asked_grade)::text, b.language::text, b.currency::text,
       CASE WHEN NOT b.is_hidden THEN b.market END, CASE WHEN NOT b.is_hidden THEN b.low END,
       CASE WHEN NOT b.is_hidden THEN b.mid END, b.slug::text, listed.as_of,
       coalesce(listed.as_of + make_interval(hours => 24 + b.fresh_hours) < now, false),
       coalesce(b.is_demo, false), coalesce(b.keeps_history, true), b.rank
FROM unnest(ids) WITH ORDINALITY AS wanted(id, place)
LEFT JOIN (
    catalog_printing p JOIN catalog_card c ON c.id = p.card_id
    JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published
) ON p.id = wanted.id
LEFT JOIN best b ON b.printing_id = p.id
LEFT JOIN LATERAL (
    SELECT max(r.day) AS as_of FROM pricing_ingestrun r WHERE r.status = 'done' AND r.source_id = b.source_id
    AND r.game_id = b.game_id AND r.day < coalesce(b.missing_since, 'infinity')
) listed ON true
ORDER BY wanted.place;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0010_saved_searches")]

    operations = [
        migrations.RunSQL(
            FUNCTION,
            "DROP FUNCTION pricing_latest_prices(int[], text, text, text, timestamp, boolean)",
        )
    ]
