"""What Prometheus learns about outgoing calls."""

from prometheus_client import Counter, Histogram

CALLS = Counter("market_calls", "Outgoing calls by source and outcome", ["source", "outcome"])
SECONDS = Histogram(
    "market_call_seconds",
    "Wall-clock seconds of one outgoing call, connection and body included",
    ["source"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
BYTES = Counter(
    "market_received_bytes", "Bytes received, after decompression; of downloaded files as sent", ["source"]
)
OUTWARD = Counter("outward_calls", "Calls of addresses that users typed, by outcome", ["outcome"])
OUTWARD_SECONDS = Histogram(
    "outward_call_seconds",
    "Wall-clock seconds of one call of an address that a user typed, redirects included",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
