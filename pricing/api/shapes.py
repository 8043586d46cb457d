"""What the answers about many prices, about rates and about the daily files look like."""

from typing import Any

from rest_framework import serializers

from accounts.describing import Shape
from catalog.shapes import CardFacts, CardKind, GameName, SetName
from pricing.bulk.files import KINDS
from pricing.bulk.tables import TABLES
from pricing.intervals import Interval
from pricing.models import CONDITIONS
from pricing.shapes import Currency, Decimal, Money, Point, Provenance

NEXT = "The address of the next page."


class Kind(Shape):
    """Which of a printing's prices it is."""

    condition = serializers.ChoiceField(choices=[key for key, _ in CONDITIONS])
    grade = serializers.CharField()
    language = serializers.CharField(allow_null=True)


class Price(Kind, Provenance):
    printing_id = serializers.IntegerField()
    market = Money(allow_null=True)
    low = Money(allow_null=True)
    mid = Money(allow_null=True)
    rate_of = serializers.DateField(
        allow_null=True, help_text="The day its exchange rate was quoted; null where nothing was converted."
    )


class Prices(Shape):
    currency = Currency(allow_null=True, help_text="As it was asked for.")
    day = serializers.DateField(allow_null=True, help_text="As it was asked for; null is now.")
    results = Price(many=True, help_text="In the order of the ids.")
    missing = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids that are not in the catalogue."
    )


class PriceHistory(Kind, Provenance):
    """The history of one series."""

    printing_id = serializers.IntegerField()
    currency = Currency(allow_null=True)
    interval = serializers.ChoiceField(choices=list(Interval))
    results = Point(many=True)


class ListedCard(CardKind):
    id = serializers.IntegerField()
    image_url = serializers.CharField()
    game = GameName()
    set = SetName()


class Cards(Shape):
    next = serializers.URLField(allow_null=True, help_text=NEXT)
    results = ListedCard(many=True)


class ListedPrinting(CardKind):
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    finish = serializers.CharField()
    image_url = serializers.CharField()
    game = GameName()
    set = SetName()


class Printings(Shape):
    next = serializers.URLField(allow_null=True, help_text=NEXT)
    results = ListedPrinting(many=True)


class ExternalId(Shape):
    source = serializers.CharField()
    id = serializers.CharField(help_text="What the source calls it.")


ExternalIds: Any = type(
    "ExternalIds", (Shape,), {"card": ExternalId(many=True), "set": ExternalId(many=True)}
)


class Printing(Shape):
    printing_id = serializers.IntegerField()
    finish = serializers.CharField()
    card = CardFacts()
    external_ids = ExternalIds()
    prices = Price(many=True, help_text="Of each source, condition and grade.")


class ExchangeRate(Shape):
    currency = Currency()
    rate = Decimal(allow_null=True, help_text="What one unit of the base is in it; null is unknown.")
    quoted_on = serializers.DateField(allow_null=True, help_text="null where nothing had to be quoted.")


class ExchangeRates(Shape):
    day = serializers.DateField()
    base = Currency()
    results = ExchangeRate(many=True)


class BulkFile(Shape):
    name = serializers.CharField()
    table = serializers.ChoiceField(choices=[table.name for table in TABLES])
    kind = serializers.ChoiceField(choices=list(KINDS))
    rows = serializers.IntegerField()
    size = serializers.IntegerField(help_text="In bytes, compressed.")
    sha256 = serializers.CharField(help_text="Of the compressed file.")
    url = serializers.URLField()


class Manifest(Shape):
    """The daily files of one moment."""

    made_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Of the tables and their columns.")
    cursor = serializers.CharField(help_text="Where to go on in the change feed.")
    files = BulkFile(many=True)


class SavedSearch(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    q = serializers.CharField(allow_blank=True)
    filters = serializers.DictField(child=serializers.CharField(), help_text="As the search takes them.")
    created_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="The search on the site.")


class SavedSearches(Shape):
    results = SavedSearch(many=True)
