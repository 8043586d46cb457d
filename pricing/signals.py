"""The one signal: what is valued with prices hears of it when they change."""

from django.dispatch import Signal

# Sent once the change is committed, with the `run_id` of the run that brought it. The sender is IngestRun.
prices_recorded = Signal()
