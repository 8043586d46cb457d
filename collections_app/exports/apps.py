"""The files of other apps, with the columns of their own exports. docs/import-formats.md has the sources."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from catalog.models import Card
from collections_app.exports import costs, words
from collections_app.exports.amounts import written
from collections_app.exports.holdings import ticket
from collections_app.exports.sheet import lines
from collections_app.models import Collection

# The app's card list as it stands in StepKie/MtgCsvHelper, SampleCsvs/Collection/tcgplayer-collection.csv.
TCGPLAYER = (
    "Quantity,Name,Simple Name,Set,Card Number,Set Code,Printing,Condition,Language,Rarity,Product ID,SKU"
)
MANABOX = (
    "Binder Name,Binder Type,Name,Set code,Set name,Collector number,Foil,Rarity,Quantity,ManaBox ID,"
    "Scryfall ID,Purchase price,Misprint,Altered,Condition,Language,Purchase price currency"
)
MOXFIELD = (
    "Count,Tradelist Count,Name,Edition,Condition,Language,Foil,Tags,Last Modified,Collector Number,Alter,"
    "Proxy,Purchase Price"
)
COLLECTR = (
    "Portfolio Name,Category,Set,Product Name,Card Number,Rarity,Variance,Grade,Card Condition,"
    "Average Cost Paid,Quantity,Market Price (As of {day}),Price Override,Watchlist,Date Added,Notes,Language"
)
# Games as Collectr calls them; any other by our name.
CATEGORIES = {"pokemon": "Pokemon", "magic": "Magic: The Gathering", "yugioh": "YuGiOh"}
CATEGORIES |= {"one-piece": "One Piece", "lorcana": "Lorcana"}


def tcgplayer(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:  # noqa: ARG001 -- as the others
    return lines(TCGPLAYER.split(","), map(_tcgplayer, lots))


def _tcgplayer(lot: Any) -> list[object]:
    card = lot.printing.card
    is_sealed = card.kind == Card.Kind.SEALED
    return [
        lot.quantity,
        card.name,
        words.simple(card.name).split(" // ")[0],
        card.card_set.name,
        card.number,
        card.card_set.code,
        lot.printing.finish.name,
        "Unopened" if is_sealed else words.FIVE_STEPS[lot.condition],
        words.LANGUAGE_NAMES[lot.language],
        card.rarity.name if card.rarity else "",
        ticket(lot, "tcgplayer"),
        "",
    ]


def manabox(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:
    kind = "list" if collection.kind == Collection.Kind.WISH else "binder"
    return lines(MANABOX.split(","), ([collection.name, kind, *_manabox(lot)] for lot in lots))


def _manabox(lot: Any) -> list[object]:
    card = lot.printing.card
    return [
        words.simple(card.name),
        card.card_set.code,
        card.card_set.name,
        card.number,
        words.foil(lot.printing.finish.name, name=card.name) or "normal",
        card.rarity.name.lower() if card.rarity else "",
        lot.quantity,
        "",
        ticket(lot, "scryfall"),
        written(lot.unit_cost, lot.currency),
        "false",
        "false",
        words.SEVEN_STEPS[lot.condition],
        words.LANGUAGE_CODES[lot.language],
        "" if lot.unit_cost is None else lot.currency,
    ]


def moxfield(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:
    cost = costs.in_currency_of(collection)
    rows = (_moxfield(lot, cost=cost(lot)) for lot in lots)
    return lines(MOXFIELD.split(","), rows, quotes_all=True)


def _moxfield(lot: Any, *, cost: str) -> list[object]:
    card = lot.printing.card
    return [
        lot.quantity,
        0,
        words.simple(card.name),
        card.card_set.code.lower(),
        words.SIX_STEPS[lot.condition],
        words.LANGUAGE_NAMES[lot.language],
        words.foil(lot.printing.finish.name, name=card.name),
        "",
        lot.updated_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        card.number,
        "False",
        "False",
        cost,
    ]


def collectr(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:
    cost = costs.in_currency_of(collection)
    header = COLLECTR.format(day=datetime.now(UTC).date()).split(",")
    wish = str(collection.kind == Collection.Kind.WISH).lower()
    return lines(header, ([collection.name, *_collectr(lot, cost=cost(lot), wish=wish)] for lot in lots))


def _collectr(lot: Any, *, cost: str, wish: str) -> list[object]:
    card = lot.printing.card
    return [
        CATEGORIES.get(card.game.slug, card.game.name),
        card.card_set.name,
        card.name,
        card.number,
        card.rarity.name if card.rarity else "",
        lot.printing.finish.name,
        f"{lot.grader} {lot.grade}" if lot.grader else "Ungraded",
        "" if lot.grader else words.FIVE_STEPS[lot.condition],
        cost or "0",
        lot.quantity,
        "",
        "0",
        wish,
        lot.acquired_on.isoformat(),
        lot.notes,
        words.LANGUAGE_NAMES[lot.language],
    ]
