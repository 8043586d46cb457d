"""What the answers of the API of collections look like; those of the import desk are in `desk_shapes`."""

from rest_framework import serializers

from accounts.describing import Page, Shape
from catalog.shapes import CardKind, CardName, GameName, SetFacts, SetName
from collections_app import models
from pricing.shapes import Currency, Decimal, Money, Provenance


class CollectionFacts(Shape):
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=models.Collection.Kind.values)
    shows_cost = serializers.BooleanField()


class Collection(CollectionFacts):
    id = serializers.IntegerField()
    visibility = serializers.ChoiceField(choices=models.Collection.Visibility.values)
    shared_at = serializers.CharField(allow_null=True, help_text="Its page for visitors.")
    created_at = serializers.DateTimeField()
    lots = serializers.IntegerField()
    quantity = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Copies without a price: no part of the value.")
    value = Money()


class Collections(Shape):
    results = Collection(many=True)


class CollectionName(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SharedLot(CardKind):
    """What was paid, gained and when is there only where the owner shows it."""

    id = serializers.IntegerField()
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    image_url = serializers.CharField()
    game = GameName()
    set = SetName()
    finish = serializers.CharField()
    condition = serializers.CharField(help_text="Empty where it is graded.")
    grader = serializers.CharField()
    grade = serializers.CharField()
    language = serializers.CharField()
    quantity = serializers.IntegerField()
    disposed = serializers.IntegerField(required=False)
    acquired_on = serializers.DateField(required=False)
    unit_cost = Money(allow_null=True, required=False)
    price = Money(allow_null=True, help_text="Of one copy: the market price times `percent`.")
    percent = Decimal(allow_null=True)
    basis = serializers.ChoiceField(choices=models.Lot.Basis.values)
    source_name = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    is_stale = serializers.BooleanField()
    is_demo = serializers.BooleanField()
    value = Money(allow_null=True)
    cost = Money(allow_null=True, required=False)
    gain = Money(allow_null=True, required=False)
    gain_percent = Decimal(allow_null=True, required=False)


class Lot(SharedLot):
    """Some copies of one printing, acquired together."""

    collection_id = serializers.IntegerField()
    disposed = serializers.IntegerField()
    acquired_on = serializers.DateField()
    unit_cost = Money(allow_null=True)
    cost = Money(allow_null=True)
    gain = Money(allow_null=True)
    gain_percent = Decimal(allow_null=True)
    notes = serializers.CharField()
    has_photo = serializers.BooleanField()


class Lots(Page):
    results = Lot(many=True)


class Ids(Shape):
    ids = serializers.ListField(child=serializers.IntegerField())


class MadeSale(Shape):
    id = serializers.IntegerField()
    collection_id = serializers.IntegerField()
    sold_on = serializers.DateField()
    quantity = serializers.IntegerField()
    unit_price = Money(allow_null=True)
    fees = Money()
    notes = serializers.CharField()


class NamedSet(Shape):
    name = serializers.CharField()


class Sale(MadeSale, CardName):
    card_id = serializers.IntegerField()
    set = NamedSet()
    finish = serializers.CharField()
    grading = serializers.CharField(help_text="Its condition or grade: NM, PSA 10.")
    proceeds = Money(allow_null=True)
    gain = Money(allow_null=True)


class Sales(Page):
    results = Sale(many=True)


class SharedTotals(Shape):
    """What was paid and gained is there only where the owner shows it."""

    lots = serializers.IntegerField()
    quantity = serializers.IntegerField()
    missing = serializers.IntegerField()
    fresh_percent = serializers.IntegerField()
    rates_on = serializers.DateField(allow_null=True)
    rates_are_carried = serializers.BooleanField()
    value = Money()
    fresh = Money()
    stale = Money()
    is_open = serializers.BooleanField(required=False)
    costless = serializers.IntegerField(required=False)
    unrealised_percent = Decimal(allow_null=True, required=False)
    missing_cost = Money(required=False)
    ceiling = Money(required=False)
    cost = Money(allow_null=True, required=False)
    unrealised = Money(allow_null=True, required=False)
    realised = Money(allow_null=True, required=False)


class Totals(SharedTotals):
    is_open = serializers.BooleanField(help_text="Even the cost of a copy without a price is unknown.")
    costless = serializers.IntegerField(help_text="Copies whose cost is unknown.")
    unrealised_percent = Decimal(allow_null=True)
    missing_cost = Money()
    ceiling = Money()
    cost = Money(allow_null=True)
    unrealised = Money(allow_null=True)
    realised = Money(allow_null=True)


class Shared(Page):
    collection = CollectionFacts()
    totals = SharedTotals()
    results = SharedLot(many=True)


class Share(Shape):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    quantity = serializers.IntegerField()
    value = Money()
    percent = Decimal()


class Allocation(Shape):
    game = Share(many=True)
    set = Share(many=True)
    rarity = Share(many=True)
    condition = Share(many=True)


class GameSlug(Shape):
    slug = serializers.CharField()


class Contribution(CardName):
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    game = GameSlug()
    set = NamedSet()
    image_url = serializers.CharField()
    finish = serializers.CharField()
    quantity = serializers.IntegerField()
    value = Money()
    cost = Money()
    gain = Money()
    percent = Decimal(allow_null=True)


class Value(Shape):
    totals = Totals()
    allocation = Allocation()
    best = Contribution(many=True)
    worst = Contribution(many=True)


class Returns(Shape):
    """`change` is with deposits, `percent` without them, time-weighted."""

    since = serializers.DateField()
    until = serializers.DateField()
    change = Money()
    change_percent = Decimal(allow_null=True)
    percent = Decimal(allow_null=True)


class Day(Shape):
    day = serializers.DateField()
    quantity = serializers.IntegerField()
    missing = serializers.IntegerField()
    value = Money()
    stale = Money()
    cost = Money()
    added = Money()
    removed = Money()
    realised = Money()


class ValueHistory(Shape):
    returns = Returns(allow_null=True)
    results = Day(many=True)


class Explanation(Shape):
    """Price, additions, removals, exchange and corrections sum to the change."""

    since = serializers.DateField()
    until = serializers.DateField()
    before = Money()
    after = Money()
    change = Money()
    price = Money()
    additions = Money()
    removals = Money()
    exchange = Money()
    corrections = Money()
    edited = Money()
    coverage = Money()


class Progress(Shape):
    owned = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.IntegerField()
    cost_to_complete = Money()
    unpriced = serializers.IntegerField(help_text="Missing ones without a price: no part of the cost.")


class FinishProgress(Progress):
    finish = serializers.CharField()


class SetProgress(Shape):
    game = GameName()
    set = SetFacts()
    base = Progress()
    master = Progress()
    finishes = FinishProgress(many=True)


class Completion(Shape):
    results = SetProgress(many=True)


class OwnedPrinting(CardKind, Provenance):
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    finish = serializers.CharField()
    owned = serializers.IntegerField()
    wished = serializers.IntegerField()
    market = Money(allow_null=True)


class SetCompletion(SetProgress):
    results = OwnedPrinting(many=True)


class Wished(Shape):
    collection_id = serializers.IntegerField()
    count = serializers.IntegerField()


class Restored(CollectionName):
    url = serializers.CharField()


class ReportSummary(Shape):
    code = serializers.CharField()
    collection = CollectionName()
    made_at = serializers.DateTimeField()
    quantity = serializers.IntegerField()
    missing = serializers.IntegerField()
    value = Money()
    digest = serializers.CharField(help_text="SHA-256 of what it says.")
    verify_url = serializers.URLField()


class Reports(Shape):
    results = ReportSummary(many=True)


class ReportLine(CardName):
    set = serializers.CharField()
    game = serializers.CharField()
    finish = serializers.CharField()
    grading = serializers.CharField()
    kind = serializers.CharField()
    language = serializers.CharField()
    quantity = serializers.IntegerField()
    price = Money(allow_null=True)
    value = Money(allow_null=True)
    cost = Money(allow_null=True, required=False, help_text="Where it was asked for.")
    source = serializers.CharField()  # type: ignore[assignment]
    as_of = serializers.DateField(allow_null=True)
    basis = serializers.ChoiceField(choices=models.Lot.Basis.values)
    is_stale = serializers.BooleanField()
    is_demo = serializers.BooleanField()


class ReportRate(Shape):
    """What a unit of another currency was worth, and of which day the rate is."""

    currency = Currency()
    rate = Decimal(allow_null=True)
    as_of = serializers.DateField(allow_null=True)


class Report(ReportSummary):
    holds = serializers.BooleanField(help_text="It still is what was certified; else it has no lines.")
    is_demo = serializers.BooleanField()
    rates = ReportRate(many=True)
    lines = ReportLine(many=True)
