"""The files of other apps: their columns, their words, and what they cannot say left out."""

import csv
import io
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Card, ExternalId, Game, Printing, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory
from collections_app.exports import FORMATS, formats, words
from collections_app.imports.formats import FORMATS as READ
from collections_app.imports.formats import recognise
from collections_app.models import LANGUAGES, RAW_CONDITIONS, Collection
from collections_app.tests import factories
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
APPS = {"tcgplayer": "tcgplayer-app", "collectr": "collectr", "manabox": "manabox", "moxfield": "moxfield"}


@pytest.fixture
def foil() -> Printing:
    """A Magic card as TCGplayer names it."""
    game = Game.objects.get(slug="magic")
    card_set = CardSetFactory.create(game=game, name="Innistrad: Midnight Hunt", code="MID")
    rarity = Rarity.objects.create(game=game, name="Uncommon")
    name = "Ambitious Farmhand // Seasoned Cathar (Borderless)"
    card = CardFactory.create(card_set=card_set, name=name, number="2", rarity=rarity)
    for source, number in (("tcgplayer", "248154"), ("scryfall", "54d4e7c3")):
        ExternalId.objects.create(source=source, kind="card", external_id=number, card=card)
    return PrintingFactory.create(card=card, finish=FinishFactory.create(game=game, name="Foil"))


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice, "Binder")


def rows_of(collection: Collection, slug: str) -> list[dict[str, str]]:
    text = "".join(FORMATS[slug].write(collection))
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def one(collection: Collection, slug: str) -> dict[str, str]:
    [row] = rows_of(collection, slug)
    return {name: cell for name, cell in row.items() if cell}


def test_tcgplayer_gets_its_product_numbers(binder: Collection, foil: Printing) -> None:
    factories.lot(binder, foil, quantity=2, condition="LP", language="zh-TW")
    assert one(binder, "tcgplayer") == {
        "Quantity": "2",
        "Name": "Ambitious Farmhand // Seasoned Cathar (Borderless)",
        "Simple Name": "Ambitious Farmhand",
        "Set": "Innistrad: Midnight Hunt",
        "Card Number": "2",
        "Set Code": "MID",
        "Printing": "Foil",
        "Condition": "Lightly Played",
        "Language": "Traditional Chinese",
        "Rarity": "Uncommon",
        "Product ID": "248154",
    }


def test_manabox_gets_costs_in_their_own_currency(binder: Collection, foil: Printing) -> None:
    factories.lot(binder, foil, condition="MP", language="qya", unit_cost=250, currency="JPY")
    said = one(binder, "manabox")
    assert (said["Binder Name"], said["Binder Type"]) == ("Binder", "binder")
    assert (said["Name"], said["Foil"]) == ("Ambitious Farmhand // Seasoned Cathar", "foil")
    assert (said["Condition"], said["Language"], said["Scryfall ID"]) == ("light_played", "ph", "54d4e7c3")
    assert (said["Purchase price"], said["Purchase price currency"]) == ("250", "JPY")


def test_moxfield_gets_everything_in_quotes_and_costs_in_the_owners_currency(
    binder: Collection, foil: Printing
) -> None:
    says(date(2026, 3, 2), USD="1.25", GBP="0.80")
    factories.lot(binder, foil, condition="DMG", unit_cost=100, currency="GBP")
    assert '"Count","Tradelist Count","Name"' in "".join(FORMATS["moxfield"].write(binder))
    said = one(binder, "moxfield")
    assert (said["Edition"], said["Collector Number"], said["Foil"]) == ("mid", "2", "foil")
    assert (said["Condition"], said["Purchase Price"], said["Count"]) == ("Damaged", "1.56", "1")


def test_a_cost_without_a_rate_is_left_out_rather_than_taken_for_another_currency(
    binder: Collection, foil: Printing
) -> None:
    factories.lot(binder, foil, unit_cost=100, currency="GBP")
    assert "Purchase Price" not in one(binder, "moxfield")
    assert one(binder, "collectr")["Average Cost Paid"] == "0"


def test_collectr_gets_grades_days_and_notes(binder: Collection, foil: Printing) -> None:
    factories.lot(
        binder, foil, condition="", grader="PSA", grade="10", unit_cost=1250, notes="=SUM(A1)\nfrom Ann"
    )
    said = one(binder, "collectr")
    assert (said["Portfolio Name"], said["Category"]) == ("Binder", "Magic: The Gathering")
    assert (said["Grade"], said["Average Cost Paid"], said["Watchlist"]) == ("PSA 10", "12.50", "false")
    assert (said["Date Added"], said["Notes"]) == ("2026-03-02", "'=SUM(A1)\nfrom Ann")


def test_a_wish_list_stays_one(alice: User, foil: Printing) -> None:
    wishes = factories.collection(alice, "Wishes", kind=Collection.Kind.WISH)
    factories.lot(wishes, foil)
    assert one(wishes, "manabox")["Binder Type"] == "list"
    assert one(wishes, "collectr")["Watchlist"] == "true"


def test_sealed_products_are_unopened(binder: Collection) -> None:
    box = CardFactory.create(kind=Card.Kind.SEALED, name="Booster Box", number="")
    factories.lot(binder, PrintingFactory.create(card=box))
    assert one(binder, "tcgplayer")["Condition"] == "Unopened"


def test_what_an_app_cannot_say_is_left_out_and_counted(binder: Collection, foil: Printing) -> None:
    factories.lot(binder, foil)
    factories.lot(binder, foil, condition="", grader="CGC", grade="9.5")
    factories.lot(binder, PrintingFactory.create())
    sold = factories.lot(binder, foil)
    sold.disposed, sold.quantity = 1, 0
    sold.save()
    held = {"csv": 4, "json": 4, "collectr": 3, "tcgplayer": 2, "manabox": 1, "moxfield": 1}
    assert formats.counts(binder) == held
    for slug in APPS:
        assert len(rows_of(binder, slug)) == held[slug], slug


@pytest.mark.parametrize(("slug", "reader"), APPS.items())
@pytest.mark.parametrize("condition", [code for code, _ in RAW_CONDITIONS])
def test_our_own_readers_understand_what_we_write(
    slug: str, reader: str, condition: str, binder: Collection, foil: Printing
) -> None:
    factories.lot(binder, foil, quantity=3, condition=condition, language="ja")
    [row] = rows_of(binder, slug)
    known = recognise(list(row))
    assert known is not None
    assert known is READ[reader]
    entry = known.read(row)
    assert (entry.quantity, entry.condition, entry.language) == (3, condition, "ja")
    assert entry.wanted.finish.lower() == "foil"
    assert entry.wanted.number == "2"


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_every_language_has_a_word(language: str) -> None:
    assert words.LANGUAGE_NAMES[language]
    assert words.LANGUAGE_CODES[language]


@pytest.mark.parametrize(
    ("name", "simple"),
    [
        ("Umbreon ex - 176", "Umbreon ex"),
        ("Abuelo's Awakening (Borderless) (Foil Etched)", "Abuelo's Awakening"),
        ("Ho-Oh", "Ho-Oh"),
        ("Circle of Protection: Red", "Circle of Protection: Red"),
        ("Fire // Ice", "Fire // Ice"),
    ],
)
def test_a_plain_name_is_what_a_market_added_to(name: str, simple: str) -> None:
    assert words.simple(name) == simple


@pytest.mark.parametrize(
    ("finish", "name", "foil"),
    [("Normal", "Bolt", ""), ("Foil", "Bolt", "foil"), ("Foil", "Bolt (Foil Etched)", "etched")],
)
def test_etched_stands_in_the_name(finish: str, name: str, foil: str) -> None:
    assert words.foil(finish, name=name) == foil


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("slug", APPS)
def test_a_file_costs_the_same_however_long(
    slug: str,
    count: int,
    binder: Collection,
    foil: Printing,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Where costs are converted, which currencies there are and their rates are asked for first."""
    for _ in range(count):
        factories.lot(binder, foil, currency="EUR", unit_cost=5)
    statements = {"tcgplayer": 1, "manabox": 1, "moxfield": 3, "collectr": 3}
    with django_assert_num_queries(statements[slug]):
        text = "".join(FORMATS[slug].write(binder))
    assert text.count("\n") == 1 + count
