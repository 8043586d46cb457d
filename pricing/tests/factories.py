"""Sources, series and finished runs; prices come through `pricing.tests.market`, as real ones do."""

# factory_boy is typed only in part.
# mypy: disallow-untyped-calls=False

from datetime import UTC, date, datetime
from typing import Any

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog.tests.factories import GameFactory, PrintingFactory
from pricing.models import IngestRun, PriceSeries, Source


class SourceFactory(DjangoModelFactory[Source]):
    class Meta:
        model = Source

    slug: Any = Sequence(lambda n: f"source-{n}")
    name: Any = LazyAttribute(lambda source: source.slug.title())
    currency: Any = "USD"


class SeriesFactory(DjangoModelFactory[PriceSeries]):
    class Meta:
        model = PriceSeries

    printing: Any = SubFactory(PrintingFactory)
    source: Any = SubFactory(SourceFactory)
    game: Any = SelfAttribute("printing.card.game")
    language: Any = "en"
    currency: Any = "USD"


class RunFactory(DjangoModelFactory[IngestRun]):
    class Meta:
        model = IngestRun

    source: Any = SubFactory(SourceFactory)
    adapter: Any = "test"
    game: Any = SubFactory(GameFactory)
    day: Any = date(2026, 1, 1)
    status: Any = IngestRun.Status.DONE
    started_at: Any = datetime(2026, 1, 1, 20, tzinfo=UTC)
    finished_at: Any = datetime(2026, 1, 1, 20, 5, tzinfo=UTC)
