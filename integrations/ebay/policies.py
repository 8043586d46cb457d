"""How eBay wants to be treated: its limits per API, and what we keep clear of them.

Limits of a key pair that eBay has not reviewed (developer.ebay.com, API call limits): 5,000 requests a day
of Browse, Metadata and Analytics each, 10,000 of Notification, 1,000 tokens a day.
"""

from typing import Final

from integrations.http import DoorPolicy

_SHUT_OUT: Final = frozenset({403})

BROWSE = DoorPolicy(
    slug="ebay",
    min_interval=0.5,
    burst=10,  # people wait for these answers
    deadline=15,
    max_bytes=8_000_000,
    max_wait=10.0,
    daily_quota=4_500,
    hourly_quota=1_000,
    trip_on=_SHUT_OUT,
)
INSIGHTS = DoorPolicy(
    slug="ebay-insights",
    min_interval=0.5,
    burst=10,
    deadline=15,
    max_bytes=8_000_000,
    max_wait=10.0,
    daily_quota=4_500,
    hourly_quota=1_000,
    trip_on=_SHUT_OUT,
)
# Metadata and Analytics, which are asked rarely.
DESK = DoorPolicy(
    slug="ebay-desk",
    min_interval=0.5,
    burst=5,
    deadline=15,
    max_bytes=16_000_000,
    daily_quota=1_000,
    hourly_quota=200,
    trip_on=_SHUT_OUT,
)
# Anyone can make us ask for a key, so these requests spend nothing that others need.
KEYS = DoorPolicy(
    slug="ebay-keys",
    min_interval=0.2,
    burst=5,
    deadline=10,
    max_bytes=100_000,
    max_wait=5.0,
    daily_quota=1_000,
    hourly_quota=200,
    trip_on=_SHUT_OUT,
)
# Wrong keys stay wrong: each further request for a token would only spend the day's.
TOKEN = DoorPolicy(
    slug="ebay-token",
    min_interval=1.0,
    burst=3,
    deadline=15,
    max_bytes=100_000,
    daily_quota=800,
    hourly_quota=100,
    trip_on=frozenset({400, 401, 403}),
)
# eBay refuses this scope to most; that must not keep the others from their tokens.
INSIGHTS_TOKEN = DoorPolicy(
    slug="ebay-insights-token",
    min_interval=1.0,
    burst=3,
    deadline=15,
    max_bytes=100_000,
    daily_quota=100,
    hourly_quota=20,
    trip_on=frozenset({400, 401, 403}),
)


def all_of_them() -> tuple[DoorPolicy, ...]:
    """For pages that show what is left of each."""
    return BROWSE, INSIGHTS, DESK, KEYS, TOKEN, INSIGHTS_TOKEN
