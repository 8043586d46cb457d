"""What changed about the past is marked with the change, and the worker asked when it is committed."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from collections_app import restating
from collections_app.models import Collection
from collections_app.tests import factories
from pricing.tests.queue import Sent, own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def stale_from(collection: Collection) -> date | None:
    return Collection.objects.values_list("stale_from", flat=True).get(pk=collection.pk)


def test_the_earliest_mark_stays(alice: User) -> None:
    one, other = factories.collection(alice), factories.collection(alice)
    for days in (3, 1, 2):
        restating.restate([one.pk], since=MARCH + timedelta(days=days))
    assert (stale_from(one), stale_from(other)) == (MARCH + timedelta(days=1), None)


def test_each_collection_is_asked_for_once_and_not_before_the_commit(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    one, other = factories.collection(alice), factories.collection(alice)
    with own_queue("default") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            restating.restate([other.pk, one.pk, one.pk], since=MARCH)
            assert sent() == []
        assert sent() == [Sent("collections_app.fill", [pk], {}) for pk in (one.pk, other.pk)]


def test_an_unreachable_queue_is_no_obstacle(
    alice: User, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    one = factories.collection(alice)
    with unreachable_queue(), django_capture_on_commit_callbacks(execute=True):
        restating.restate([one.pk], since=MARCH)
    assert stale_from(one) == MARCH
    assert [record.getMessage() for record in caplog.records] == [
        f"Collection {one.pk} is filled at night: the queue cannot be reached."
    ]
