"""What a database holds, table by table: equal before and after, or something was lost."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

import psycopg
from psycopg.sql import SQL, Identifier

# How values are written as text must not depend on who asks.
WRITTEN_ALIKE: Final = """
SELECT set_config(name, value, true) FROM (VALUES ('timezone', 'UTC'), ('datestyle', 'ISO, YMD'),
    ('intervalstyle', 'postgres'), ('extra_float_digits', '1'), ('bytea_output', 'hex'),
    ('search_path', 'public')) AS wanted(name, value)"""
TABLES: Final = """
SELECT relname::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"""
# The sum of the rows' digests: in whatever order the rows lie, and in no more memory than one of them.
SUM: Final = SQL("""
SELECT count(*), (coalesce(sum(('x' || left(digest, 16))::bit(64)::bigint), 0) || ','
               || coalesce(sum(('x' || right(digest, 16))::bit(64)::bigint), 0))::text
FROM (SELECT md5((the_row.*)::text) AS digest FROM {} AS the_row) AS digests""")


class Sum(NamedTuple):
    rows: int
    checksum: str


def of(connection: psycopg.Connection) -> dict[str, Sum]:
    """Of every table, as the transaction of this connection sees it."""
    connection.execute(WRITTEN_ALIKE)
    return {table: _sum(connection, table) for table in tables(connection)}


def tables(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(TABLES)]


def _sum(connection: psycopg.Connection, table: str) -> Sum:
    row = connection.execute(SUM.format(Identifier("public", table))).fetchone()
    return Sum(*cast("tuple[int, str]", row))


def differences(wanted: Mapping[str, Sum], found: Mapping[str, Sum]) -> Iterator[str]:
    """What a person should read of each table that is not as it was."""
    for table in sorted({*wanted, *found}):
        was, now = wanted.get(table), found.get(table)
        if was != now:
            rows = [str(one.rows) if one else "no table" for one in (was, now)]
            yield f"{table} (rows: {rows[0]} put away, {rows[1]} brought back)"
