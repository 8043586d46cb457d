"""What Prometheus learns about alerts on their way."""

from collections.abc import Iterable

from prometheus_client import Counter, Histogram

from alerts.models import AlertEvent

FIRED = Counter("alerts_fired", "Rules that were met, by kind", ["kind"])
DELIVERED = Counter("alerts_delivered", "Attempts to send, by channel and outcome", ["channel", "outcome"])
LAG = Histogram(
    "alerts_lag_seconds",
    "How long after its time an attempt began",
    buckets=(1, 5, 15, 30, 60, 120, 300, 900, 3600),
)


def count(events: Iterable[AlertEvent]) -> None:
    for event in events:
        FIRED.labels(event.kind).inc()
