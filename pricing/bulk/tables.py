"""What the files hold: one row of each table as JSON and as the cells of a CSV file, both in SQL."""

from dataclasses import dataclass
from typing import Final

from pricing.queries import AS_OF, SPOKEN
from pricing.written import amount, money

# What a spreadsheet would run is made text by an apostrophe, as in the exports of collections.
ACTIVE: Final = r" *[=+\-@\t\r]|''"
SHOWN = "JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`sql` is its value in JSON, `cell` that in CSV where it is another; `is_text` cells are defused."""

    name: str
    sql: str
    cell: str = ""
    is_text: bool = False

    @property
    def in_csv(self) -> str:
        cell = self.cell or self.sql
        return (
            f"CASE WHEN {cell} ~ '^(?:{ACTIVE})' THEN '''' || {cell} ELSE {cell} END"
            if self.is_text
            else cell
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    rows: str

    def as_json(self) -> str:
        """SQL of one text for each row."""
        listed = ", ".join(f"{column.sql} AS {column.name}" for column in self.columns)
        return f"SELECT row_to_json(one)::text FROM (SELECT {listed} {self.rows}) one"  # noqa: S608 -- our own

    def as_csv(self) -> str:
        """SQL of the cells of each row."""
        listed = ", ".join(f"{column.in_csv} AS {column.name}" for column in self.columns)
        return f"SELECT {listed} {self.rows}"


def column(name: str, sql: str) -> Column:
    return Column(name=name, sql=sql)


def text(name: str, sql: str) -> Column:
    return Column(name=name, sql=sql, is_text=True)


def price(name: str) -> Column:
    """An object in JSON, a decimal number in CSV, where the currency has a column of its own."""
    found = f"l.{name}"
    return Column(
        name=name, sql=money(found, currency="s.currency"), cell=amount(found, currency="s.currency")
    )


def external_ids(owner: str, key: str) -> Column:
    """What sources call the row: a list, in CSV as JSON."""
    found = f"""coalesce((
        SELECT json_agg(json_build_object('source', e.source, 'id', e.external_id) ORDER BY e.source, e.external_id)
        FROM catalog_externalid e WHERE e.{owner} = {key}), '[]')"""  # noqa: E501, S608 -- names of our own
    return column("external_ids", found)


GAMES = Table(
    name="games",
    columns=(
        text("slug", "g.slug"),
        text("name", "g.name"),
        text("language", "g.language"),
        external_ids("game_id", "g.id"),
    ),
    rows="FROM catalog_game g ORDER BY g.id",
)
SETS = Table(
    name="sets",
    columns=(
        text("game", "g.slug"),
        text("slug", "cs.slug"),
        text("name", "cs.name"),
        text("code", "cs.code"),
        column("released_on", "cs.released_on"),
        external_ids("card_set_id", "cs.id"),
    ),
    rows="""FROM catalog_cardset cs JOIN catalog_game g ON g.id = cs.game_id
        WHERE cs.is_published ORDER BY cs.id""",
)
CARDS = Table(
    name="cards",
    columns=(
        column("id", "c.id"),
        text("game", "g.slug"),
        text("set", "cs.slug"),
        text("name", "c.name"),
        text("number", "c.number"),
        column("kind", "c.kind"),
        text("rarity", "coalesce(r.name, '')"),
        text("image_url", "c.image_url"),
        external_ids("card_id", "c.id"),
    ),
    rows=f"""FROM catalog_card c {SHOWN} JOIN catalog_game g ON g.id = c.game_id
        LEFT JOIN catalog_rarity r ON r.id = c.rarity_id ORDER BY c.id""",
)
PRINTINGS = Table(
    name="printings",
    columns=(
        column("printing_id", "p.id"),
        column("card_id", "p.card_id"),
        text("finish", "f.name"),
    ),
    rows=f"""FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id
        JOIN catalog_card c ON c.id = p.card_id {SHOWN} ORDER BY p.id""",
)
# A file is a copy that is kept: only of sources whose terms let us keep and show their prices for good.
PRICES = Table(
    name="prices",
    columns=(
        column("printing_id", "s.printing_id"),
        column("source", "o.slug"),
        column("condition", "s.condition"),
        text("grade", "s.grade"),
        text("language", "s.language"),
        text("currency", "s.currency"),
        price("market"),
        price("low"),
        price("mid"),
        column("as_of", AS_OF),
        column("price_since", "l.changed_on"),
        column("is_demo", "o.is_demo"),
    ),
    rows=f"""FROM pricing_latestprice l JOIN pricing_priceseries s ON s.id = l.series_id
        JOIN pricing_source o ON o.id = s.source_id AND o.keeps_history AND o.shown_hours IS NULL
        JOIN catalog_printing p ON p.id = s.printing_id JOIN catalog_card c ON c.id = p.card_id {SHOWN}
        LEFT JOIN ({SPOKEN}
        ) d ON d.source_id = s.source_id AND d.game_id = s.game_id""",
)
TABLES: Final = (GAMES, SETS, CARDS, PRINTINGS, PRICES)
