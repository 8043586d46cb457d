"""What the answers that `pricing.payloads` writes look like."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.describing import Shape
from catalog.shapes import CardFacts, CardKind, CardName, Game, GameName, SetFacts, SetName
from pricing import feed
from pricing.blending import Agreement
from pricing.bodies import LARGEST_ID, Amount, Body, Ids
from pricing.observations import Reason

AMOUNT = r"^-?\d+(\.\d+)?$"


@extend_schema_field({"type": "string", "pattern": AMOUNT})
class Decimal(serializers.CharField):
    """A decimal string, never a float."""


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{3}$"})
class Currency(serializers.CharField):
    """ISO 4217."""


class Money(Shape):
    amount = Decimal()
    currency = Currency()


# Who says a price, the last day on which it was listed, and what to think of it.
class Provenance(Shape):
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    as_of = serializers.DateField(allow_null=True)
    is_stale = serializers.BooleanField()
    is_demo = serializers.BooleanField()


class CardRow(CardKind, Provenance):
    id = serializers.IntegerField()
    image_url = serializers.CharField()
    game = GameName()
    set = SetName()
    printings = serializers.IntegerField()
    finish = serializers.CharField(help_text="Of the lowest-priced printing.")
    market = Money(allow_null=True)
    change_7d = Decimal(allow_null=True)


class SearchResults(Shape):
    corrected = serializers.CharField(allow_null=True, help_text="What was searched for, if not that.")
    next = serializers.URLField(allow_null=True)
    results = CardRow(many=True)


class PrintingRow(CardKind, Provenance):
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    finish = serializers.CharField()
    market = Money(allow_null=True)
    low = Money(allow_null=True)
    mid = Money(allow_null=True)
    change_24h = Decimal(allow_null=True)
    change_7d = Decimal(allow_null=True)


class SetValue(Shape):
    """`base` is every single card once in its lowest-priced finish, `master` every printing of a single."""

    cards = serializers.IntegerField()
    printings = serializers.IntegerField()
    unpriced = serializers.IntegerField(help_text="In neither sum.")
    base = Money(allow_null=True)
    master = Money(allow_null=True)
    change_7d = Decimal(allow_null=True)
    as_of = serializers.DateField(allow_null=True)


class Checklist(Shape):
    game = Game()
    set = SetFacts()
    value = SetValue(allow_null=True)
    results = PrintingRow(many=True)


# Some names are words of Python's own.
Change: Any = type("Change", (Shape,), {"from": Money(allow_null=True), "percent": Decimal(allow_null=True)})


class Vote(Shape):
    source = serializers.CharField()  # type: ignore[assignment]
    weight = serializers.CharField(help_text="A fraction, such as 1/2.")
    levelled = Money(allow_null=True)


class LeftOut(Shape):
    source = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.ChoiceField(choices=[one.value for one in Reason])
    why = serializers.CharField()


class Blend(Shape):
    """The price blended of all sources whose terms allow it."""

    amount = Money(allow_null=True)
    low = Money(allow_null=True)
    high = Money(allow_null=True)
    spread = Decimal(allow_null=True)
    agreement = serializers.ChoiceField(choices=[one.value for one in Agreement])
    sample = serializers.IntegerField()
    as_of = serializers.DateField(allow_null=True)
    is_stale = serializers.BooleanField()
    method = serializers.CharField()
    used = Vote(many=True)
    left_out = LeftOut(many=True)
    levels = serializers.DictField(child=Decimal(allow_null=True))


class PricedPrinting(Provenance):
    printing_id = serializers.IntegerField()
    finish = serializers.CharField()
    market = Money(allow_null=True)
    low = Money(allow_null=True)
    mid = Money(allow_null=True)
    high = Money(allow_null=True)
    direct_low = Money(allow_null=True)
    changes = serializers.DictField(child=Change(), help_text="By window: 24h, 7d, 30d, 1y.")
    blend = Blend()


class ConditionPrice(Shape):
    finish = serializers.CharField()
    condition = serializers.CharField()
    grade = serializers.CharField()
    language = serializers.CharField()
    market = Money(allow_null=True)
    low = Money(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    is_demo = serializers.BooleanField()


class Card(CardFacts):
    printings = PricedPrinting(many=True)
    conditions = ConditionPrice(many=True)


class Run(Shape):
    id = serializers.IntegerField()
    adapter = serializers.CharField()


class Policy(Shape):
    """What the terms of a source let us do with its prices."""

    is_blended = serializers.BooleanField()
    keeps_history = serializers.BooleanField()
    shown_hours = serializers.IntegerField(allow_null=True)
    origin = serializers.CharField(allow_null=True, help_text="The source whose prices it passes on.")


class Doubts(Shape):
    open = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    corrected = serializers.IntegerField()


class MarketOfDay(Shape):
    day = serializers.DateField()
    market = Money(allow_null=True)


class Word(Provenance):
    """What one source says of a printing."""

    attribution = serializers.CharField()
    sample = serializers.IntegerField(allow_null=True)
    passed_over = serializers.IntegerField(allow_null=True)
    market = Money(allow_null=True)
    low = Money(allow_null=True)
    mid = Money(allow_null=True)
    converted = Money(allow_null=True)
    rate_of = serializers.DateField(allow_null=True)
    price_since = serializers.DateField(allow_null=True)
    changes = serializers.DictField(child=Change())
    run = Run(allow_null=True)
    policy = Policy()
    doubtful = Doubts()
    history = MarketOfDay(many=True)


class Evidence(Shape):
    card = CardFacts()
    finish = serializers.CharField()
    printing_id = serializers.IntegerField()
    currency = Currency()
    blend = Blend()
    sources = Word(many=True)


class Point(MarketOfDay):
    low = Money(allow_null=True)
    mid = Money(allow_null=True)


class PrintingHistory(Provenance):
    printing_id = serializers.IntegerField()
    finish = serializers.CharField()
    points = Point(many=True)


class History(Shape):
    card_id = serializers.IntegerField()
    range = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField()
    results = PrintingHistory(many=True)


class MovedSet(Shape):
    name = serializers.CharField()


class MoverFacts(CardName, Provenance):
    card_id = serializers.IntegerField()
    image_url = serializers.CharField()
    game = GameName()
    set = MovedSet()
    finish = serializers.CharField()
    percent = Decimal(allow_null=True)


Mover: Any = type("Mover", (MoverFacts,), {"from": Money(allow_null=True), "to": Money(allow_null=True)})


class Movers(Shape):
    results = Mover(many=True)


class GameOfSource(Shape):
    """How far a source has come with a game."""

    game = serializers.CharField()
    newest_day = serializers.DateField(allow_null=True)
    is_stale = serializers.BooleanField()


class Source(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    attribution = serializers.CharField(help_text="Show it beside the prices.")
    currency = Currency()
    is_demo = serializers.BooleanField()
    newest_day = serializers.DateField(allow_null=True)
    policy = Policy()
    games = GameOfSource(many=True)


class Sources(Shape):
    results = Source(many=True)


class DescribedAmount(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Amount
    match_subclasses = True

    def map_serializer_field(self, *_: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.target.pattern.pattern}$"}


class DescribedIds(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Ids

    def map_serializer_field(self, *_: Any) -> dict[str, Any]:
        one = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        return {
            "type": "array",
            "items": one,
            "minItems": self.target.least,
            "maxItems": self.target.most,
        }


class DescribedBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Names that a body does not know are refused."""

    target_class = Body
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return {**schema, "additionalProperties": False}


class FeedEntry(Shape):
    """An entry of the change feed; which fields it has follows from its type."""

    id = serializers.CharField(help_text="A place in the feed to go on from.")
    type = serializers.ChoiceField(choices=feed.KINDS)
    at = serializers.DateTimeField()
    game = serializers.CharField(allow_null=True)
    action = serializers.ChoiceField(choices=["added", "changed", "removed"], required=False)
    game_id = serializers.IntegerField(required=False)
    set_id = serializers.IntegerField(required=False)
    set = serializers.CharField(required=False, allow_null=True, help_text="null once it is gone.")
    card_id = serializers.IntegerField(required=False)
    printing_id = serializers.IntegerField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    condition = serializers.CharField(required=False, allow_blank=True)
    grade = serializers.CharField(required=False, allow_blank=True)
    language = serializers.CharField(required=False)
    day = serializers.DateField(required=False, allow_null=True)
    market = Money(required=False, allow_null=True)
    low = Money(required=False, allow_null=True)
    mid = Money(required=False, allow_null=True)


class Changes(Shape):
    cursor = serializers.CharField(help_text="What is known once these are read.")
    has_more = serializers.BooleanField(help_text="More is there already.")
    next = serializers.URLField(help_text="Where to go on, now or later.")
    results = FeedEntry(many=True)
