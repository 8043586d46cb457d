"""What is valued with prices hears by these signals that something it rests on changed."""

from datetime import date
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from catalog.models import Game
from pricing.models import IngestRun

# Sent once the change is committed, with `game`, its slug, and `day`: from this day on prices of this game
# may differ. The sender is IngestRun.
prices_recorded = Signal()

# Sent within the transaction that changes what collections hold, or which prices value it, with their
# `collection_ids`. The sender is their model.
holdings_changed = Signal()

# Sent within the transaction in which a saved search comes to ask for something else, with its `search_id`.
# The sender is SavedSearch.
search_changed = Signal()

# Sent within the transaction that corrects a price which was told of, with the `series` and the `day` from
# which on it was another. The sender is PriceCorrection.
price_corrected = Signal()


def announce(game: Game, *, day: date) -> None:
    """Sends prices_recorded when the transaction is committed. A listener that fails is logged, no more."""
    transaction.on_commit(partial(prices_recorded.send_robust, sender=IngestRun, game=game.slug, day=day))
