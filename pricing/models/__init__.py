"""The rows of prices, by what they are about."""

from pricing.models.prices import (
    CONDITIONS,
    Disagreement,
    ExchangeRate,
    IngestRun,
    LatestPrice,
    MissedDay,
    Mover,
    PriceChange,
    PriceCorrection,
    PriceDay,
    PriceHistory,
    PriceReview,
    PriceSeries,
    Source,
)
from pricing.models.saved import SavedSearch
from pricing.models.sightings import Consent, Look, Sample, Sighting

__all__ = [
    "CONDITIONS",
    "Consent",
    "Disagreement",
    "ExchangeRate",
    "IngestRun",
    "LatestPrice",
    "Look",
    "MissedDay",
    "Mover",
    "PriceChange",
    "PriceCorrection",
    "PriceDay",
    "PriceHistory",
    "PriceReview",
    "PriceSeries",
    "Sample",
    "SavedSearch",
    "Sighting",
    "Source",
]
