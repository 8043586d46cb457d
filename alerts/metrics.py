"""What Prometheus learns about alerts on their way."""

from prometheus_client import Counter, Histogram

DELIVERED = Counter("alerts_delivered", "Attempts to send, by channel and outcome", ["channel", "outcome"])
LAG = Histogram(
    "alerts_lag_seconds",
    "How long after its time an attempt began",
    buckets=(1, 5, 15, 30, 60, 120, 300, 900, 3600),
)
