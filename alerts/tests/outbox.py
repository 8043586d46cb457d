"""The outbox as tests look at it."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from alerts.delivering import attempt, claim
from alerts.models import Attempt, Channel, Delivery
from alerts.tests import factories
from alerts.tests.factories import NOW

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
_moments = count()


def delivery(to: Channel, **said: Any) -> Delivery:
    """Due before NOW, each a moment after those made before it."""
    due_at = NOW - timedelta(days=1) + timedelta(seconds=next(_moments))
    return factories.delivery(factories.event(factories.alert(to.owner)), to, **{"due_at": due_at} | said)


def fresh(one: Delivery) -> Delivery:
    return Delivery.objects.get(pk=one.pk)


def turn() -> Attempt | None:
    """The next message's."""
    claimed = claim(timezone.now())
    assert claimed is not None
    return attempt(claimed)
