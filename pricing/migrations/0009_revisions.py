"""What prices depend on revises all that is shown of them (docs/adr/0012); prices themselves: pricing.feed."""

from django.db import migrations

OPERATIONS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}

# A run changes what is known of a game when its status does: until then its day does not count.
RUNS = """
CREATE FUNCTION pricing_revise_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_revision (kind, game_id) VALUES ('run', NEW.game_id);
    RETURN NULL;
END $$;
CREATE TRIGGER revise_insert AFTER INSERT ON pricing_ingestrun
FOR EACH ROW WHEN (NEW.status IN ('done', 'corrected')) EXECUTE FUNCTION pricing_revise_run();
CREATE TRIGGER revise_update AFTER UPDATE ON pricing_ingestrun
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION pricing_revise_run();
"""
NO_RUNS = """
DROP TRIGGER revise_insert ON pricing_ingestrun; DROP TRIGGER revise_update ON pricing_ingestrun;
DROP FUNCTION pricing_revise_run();
"""


def triggers(table, call):
    made = "".join(
        f"""
CREATE TRIGGER revise_{operation.lower()} AFTER {operation} ON {table} REFERENCING {rows} TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION {call};"""
        for operation, rows in OPERATIONS.items()
    )
    gone = "".join(f"DROP TRIGGER revise_{operation.lower()} ON {table};" for operation in OPERATIONS)
    return migrations.RunSQL(made, gone)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0008_workbench"), ("catalog", "0005_revisions")]

    operations = [
        migrations.RunSQL(RUNS, NO_RUNS),
        triggers("pricing_source", "catalog_revise_all('source')"),
        triggers("pricing_exchangerate", "catalog_revise_all('rates')"),
        triggers("pricing_priceseries", "catalog_revise_rows('series', 't.game_id')"),
        triggers("pricing_pricereview", "catalog_revise_all('doubts')"),
        triggers("pricing_sample", "catalog_revise_all('samples')"),
    ]
