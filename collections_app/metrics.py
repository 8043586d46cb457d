"""What Prometheus learns about live prices."""

from prometheus_client import Gauge

SOCKETS = Gauge("live_sockets", "Sockets that are open", multiprocess_mode="livesum")
