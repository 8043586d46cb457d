"""What changed, in the order of the commits: written by the database itself, so that no writer can forget it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# A revision gets its place when its transaction commits, under a lock that is held until the commit is seen by
# everybody: whoever has read up to a place will never find a smaller one later. Before, it has none. Who
# listens is woken by the same commit.
PLACES = """
CREATE SEQUENCE catalog_revision_position OWNED BY catalog_revision.position;
CREATE FUNCTION catalog_place_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('catalog_revision'::regclass::oid::bigint);
    UPDATE catalog_revision SET position = nextval('catalog_revision_position'), made_at = clock_timestamp()
    WHERE id = NEW.id;
    PERFORM pg_notify('catalog_revision', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER place AFTER INSERT ON catalog_revision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_place_revision();
ALTER TABLE catalog_revision ALTER COLUMN data SET STORAGE EXTERNAL;
"""
NO_PLACES = "DROP TRIGGER place ON catalog_revision; DROP FUNCTION catalog_place_revision();"

# One row for each statement and game. `kind` is the first argument; the second, where there is one, is the SQL
# of a row's game. `words` stands apart: the index of a search, which says nothing new of a card.
FUNCTIONS = """
CREATE FUNCTION catalog_revise_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM touched) THEN
        INSERT INTO catalog_revision (kind, action) VALUES (TG_ARGV[0], '');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_revise_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO catalog_revision (kind, action, game_id, ids)
         SELECT %L, %L, %s, array_agg(t.id ORDER BY t.id) FROM touched t GROUP BY 3',
        TG_ARGV[0],
        CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END,
        TG_ARGV[1]
    );
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_revise_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_revision (kind, action, game_id, ids)
    SELECT 'card', 'changed', n.game_id, array_agg(n.id ORDER BY n.id)
    FROM touched n JOIN before o ON o.id = n.id
    WHERE (n.game_id, n.card_set_id, n.kind, n.name, n.slug, n.number, n.rarity_id,
           n.image_url, n.url, n.is_presale, n.details)
          IS DISTINCT FROM (o.game_id, o.card_set_id, o.kind, o.name, o.slug, o.number,
           o.rarity_id, o.image_url, o.url, o.is_presale, o.details)
    GROUP BY n.game_id;
    INSERT INTO catalog_revision (kind, action, game_id)
    SELECT DISTINCT 'words', '', n.game_id FROM touched n JOIN before o ON o.id = n.id
    WHERE (n.words, n.folded, n.number_key) IS DISTINCT FROM (o.words, o.folded, o.number_key);
    RETURN NULL;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION catalog_revise_all(); DROP FUNCTION catalog_revise_rows(); DROP FUNCTION catalog_revise_cards();
"""

OF_CARD = "(SELECT c.game_id FROM catalog_card c WHERE c.id = t.card_id)"
OPERATIONS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def trigger(table, operation, call, *, more=""):
    return f"""
CREATE TRIGGER revise_{operation.lower()} AFTER {operation} ON {table}
REFERENCING {OPERATIONS[operation]} TABLE AS touched {more}
FOR EACH STATEMENT EXECUTE FUNCTION {call};"""


def triggers(table, call, *, operations=OPERATIONS):
    made = "".join(trigger(table, operation, call) for operation in operations)
    gone = "".join(f"DROP TRIGGER revise_{operation.lower()} ON {table};" for operation in operations)
    return migrations.RunSQL(made, gone)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_newest_in_game")]

    # A game concerns all: every page's menu names it.
    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("kind", models.CharField(max_length=12)),
                ("action", models.CharField(blank=True, db_default="", max_length=7)),
                ("source", models.CharField(blank=True, db_default="", max_length=20)),
                ("day", models.DateField(null=True)),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), db_default=models.Value([]), default=list, size=None
                    ),
                ),
                ("data", models.BinaryField(db_default=b"", default=b"")),
                (
                    "game",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.game",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["game", "position"], name="revision_newest_of_game"),
                    models.Index(
                        fields=["id"], condition=models.Q(("position", None)), name="revision_without_place"
                    ),
                ],
            },
        ),
        migrations.RunSQL(PLACES, NO_PLACES),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        triggers("catalog_game", "catalog_revise_rows('game', 'NULL::int')"),
        triggers("catalog_cardset", "catalog_revise_rows('set', 't.game_id')"),
        triggers("catalog_card", "catalog_revise_rows('card', 't.game_id')", operations=["INSERT", "DELETE"]),
        migrations.RunSQL(
            trigger("catalog_card", "UPDATE", "catalog_revise_cards()", more="OLD TABLE AS before"),
            "DROP TRIGGER revise_update ON catalog_card",
        ),
        triggers("catalog_printing", f"catalog_revise_rows('printing', '{OF_CARD}')"),
        triggers("catalog_rarity", "catalog_revise_all('names')"),
        triggers("catalog_finish", "catalog_revise_all('names')"),
        triggers("catalog_externalid", "catalog_revise_all('names')"),
        triggers("catalog_searchword", "catalog_revise_all('words')"),
        triggers("catalog_setredirect", "catalog_revise_all('addresses')"),
        triggers("catalog_cardredirect", "catalog_revise_all('addresses')"),
    ]
