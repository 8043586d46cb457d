"""Files as collectors upload them, and a small catalogue they are about."""

import csv
import io
from collections.abc import Mapping

import pytest
from django.core.files.base import ContentFile

from catalog.models import Card, CardSet, Game, Printing
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory
from collections_app.imports import desk
from collections_app.models import Collection, ImportBatch

HEADER = "Name,Set code,Set name,Collector number,Foil,Rarity,Quantity,ManaBox ID,Scryfall ID,Purchase price"
HEADER += ",Misprint,Altered,Condition,Language,Purchase price currency,Binder Name,Binder Type"
COLUMNS = HEADER.split(",")
PLAIN = {"Foil": "normal", "Quantity": "1", "Condition": "near_mint", "Language": "en"}
PLAIN |= {"Set code": "LEA", "Set name": "Limited Edition Alpha", "Binder Type": "binder"}
LOTUS = {"Name": "Black Lotus", "Collector number": "232"}
ELEMENTAL = {"Name": "Air Elemental", "Collector number": "46"}
ISLAND = {"Name": "Island"}  # two of them in the set
STRANGER = {"Name": "Nobody Knows Me", "Collector number": "999"}
BROKEN = {"Name": "Black Lotus", "Quantity": "0"}
UNKNOWN = "Karte,Ausgabe,Nr,Anzahl"  # the header of no app


def catalogue() -> dict[str, Printing]:
    """A set of Magic: each printing under its card's number and finish."""
    game = Game.objects.get(slug="magic")
    alpha = CardSetFactory.create(game=game, name="Limited Edition Alpha", code="LEA", slug="alpha")
    cards = [("Black Lotus", "232"), ("Air Elemental", "46"), ("Island", "288"), ("Island", "289")]
    made = [printed(alpha, name, number=number) for name, number in cards]
    return {f"{one.card.number} {one.finish.name}": one for printings in made for one in printings}


def printed(into: CardSet, name: str, *, number: str) -> list[Printing]:
    card: Card = CardFactory.create(card_set=into, name=name, number=number)
    finishes = [FinishFactory.create(game=into.game, name=finish) for finish in ("Normal", "Foil")]
    return [PrintingFactory.create(card=card, finish=finish) for finish in finishes]


def manabox(*rows: Mapping[str, str]) -> bytes:
    return table(COLUMNS, [[(PLAIN | dict(row)).get(name, "") for name in COLUMNS] for row in rows])


def table(header: list[str], rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def received(into: Collection, content: bytes, *, name: str = "cards.csv", currency: str = "") -> ImportBatch:
    """Uploaded, and not read yet."""
    return desk.receive(into, ContentFile(content, name=name), filename=name, currency=currency)


def previewed(into: Collection, content: bytes, **options: str) -> ImportBatch:
    batch = received(into, content, **options)
    desk.proceed(batch)
    return fresh(batch)


def imported(
    into: Collection, content: bytes, *, by_folder: bool = False, again: bool = False
) -> ImportBatch:
    batch = previewed(into, content)
    desk.proceed(desk.bring(batch, again=again, by_folder=by_folder), by_folder=by_folder)
    return fresh(batch)


def fresh(batch: ImportBatch) -> ImportBatch:
    """As the database has it now."""
    return ImportBatch.objects.select_related("collection__owner", "game").get(pk=batch.pk)


def verdicts(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("line").values_list("verdict", flat=True))


def held(collection: Collection) -> list[tuple[str, int]]:
    rows = collection.lots.order_by("id").values_list("printing__card__name", "quantity")
    return list(rows)


def magic() -> Game:
    return Game.objects.get(slug="magic")


def dies_at(number: int, verb: str, *, of: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the worker die when it begins that transaction, and live again afterwards."""
    left = [number]
    real = getattr(of, verb)

    def mortal(*args: object, **options: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr(of, verb, mortal)
