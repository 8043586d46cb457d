"""Of what an answer is made, as a function: PostgreSQL keeps its plan (catalog.revisions calls it)."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION catalog_generation(scope text, key text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    game int;
BEGIN
    CASE scope
        WHEN 'all' THEN RETURN concat_ws('.',
            coalesce((SELECT max(position) FROM catalog_revision), 0),
            coalesce((SELECT max(id) FROM catalog_revision WHERE position IS NULL), 0));
        WHEN 'id' THEN game := key;
        WHEN 'game' THEN SELECT id INTO game FROM catalog_game WHERE slug = key;
        WHEN 'card' THEN SELECT game_id INTO game FROM catalog_card WHERE id = key::int;
        WHEN 'printing' THEN SELECT c.game_id INTO game FROM catalog_printing p
            JOIN catalog_card c ON c.id = p.card_id WHERE p.id = key::int;
    END CASE;
    RETURN concat_ws('.',
        coalesce((SELECT max(position) FROM catalog_revision WHERE game_id = game), 0),
        coalesce((SELECT max(position) FROM catalog_revision WHERE game_id IS NULL), 0),
        coalesce((SELECT max(id) FROM catalog_revision WHERE position IS NULL), 0));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_revisions")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION catalog_generation(text, text)")]
