"""One Idempotency-Key, one effect: sent again, sent twice at once, killed half-way."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts import idempotency, keys
from accounts.models import IdempotentCall, User
from collections_app.models import Collection, ImportBatch

HERE = "/api/v1/collections/"
CELLAR = {"name": "Cellar"}


def send(client: Client, body: Any = CELLAR, *, key: str = "one", to: str = HERE) -> Any:
    headers = {"Idempotency-Key": key}
    return client.post(to, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def client(alice: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(alice)


@pytest.mark.django_db
class TestSentAgain:
    def test_the_second_answer_is_the_first(self, client: Client) -> None:
        first, second = send(client), send(client)
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second["Content-Type"] == first["Content-Type"]
        assert "Idempotent-Replayed" not in first
        assert second["Idempotent-Replayed"] == "true"
        assert Collection.objects.count() == 1

    def test_an_empty_answer_is_one_too(self, client: Client, alice: User) -> None:
        made = Collection.objects.create(owner=alice, name="x")
        client.defaults["HTTP_IDEMPOTENCY_KEY"] = '"quoted"'
        assert [client.delete(f"{HERE}{made.pk}/").status_code for _ in range(2)] == [204, 204]

    def test_with_a_key_as_with_a_session(self, alice: User) -> None:
        _, secret = keys.make(alice, name="mine", scopes=["collections:write"])
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        assert [send(client).status_code for _ in range(2)] == [201, 201]
        assert Collection.objects.count() == 1

    def test_another_body_or_address_is_refused(self, client: Client) -> None:
        send(client)
        for answer in (send(client, {"name": "Attic"}), send(client, to=f"{HERE}?x=1")):
            assert answer.status_code == 422
            assert answer.json()["type"].endswith("/idempotency-key-reused/")
        assert Collection.objects.count() == 1

    def test_bobs_key_is_another_one(self, client: Client, bob: User, client_for: Any) -> None:
        send(client)
        assert "Idempotent-Replayed" not in send(client_for(bob))
        assert Collection.objects.count() == 2

    def test_a_refusal_leaves_nothing(self, client: Client) -> None:
        assert send(client, {"name": ""}).status_code == 400
        assert send(client, CELLAR).status_code == 201

    def test_a_failure_leaves_nothing(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        client.raise_request_exception = False
        with monkeypatch.context() as broken:
            broken.setattr(idempotency, "_store", lambda *_: 1 / 0)
            assert send(client).status_code == 500
        assert Collection.objects.count() == 0
        assert "Idempotent-Replayed" not in send(client)

    @pytest.mark.parametrize("key", ["", "ä", "a b", "x" * 256])
    def test_a_key_that_is_none_is_refused(self, client: Client, key: str) -> None:
        assert send(client, key=key).status_code == 400

    def test_after_a_day_it_is_forgotten(self, client: Client) -> None:
        send(client)
        IdempotentCall.objects.update(created_at=timezone.now() - timedelta(hours=25))
        assert "Idempotent-Replayed" not in send(client, {"name": "Attic"})

    def test_what_is_stored_cannot_be_read(self, client: Client) -> None:
        send(client)
        assert "Cellar" not in IdempotentCall.objects.get().body


@pytest.mark.django_db
class TestInSteps:
    """A view that must not run in one transaction: taking up an import again."""

    @pytest.fixture
    def there(self, alice: User) -> str:
        cellar = Collection.objects.create(owner=alice, name="Cellar")
        batch = ImportBatch.objects.create(
            collection=cellar, filename="x.csv", size=3, digest="0" * 64, status="preview"
        )
        return f"/api/v1/imports/{batch.pk}/continue/"

    def test_the_second_answer_is_the_first(self, client: Client, there: str) -> None:
        first, second = send(client, {}, to=there), send(client, {}, to=there)
        assert (first.status_code, second.content) == (200, first.content)
        assert second["Idempotent-Replayed"] == "true"

    def test_a_second_call_does_not_wait_for_the_first(self, client: Client, there: str) -> None:
        send(client, {}, to=there)
        IdempotentCall.objects.update(status=None, body="")
        answer = send(client, {}, to=there)
        assert (answer.status_code, answer.json()["type"][-10:]) == (409, "/conflict/")

    def test_a_first_call_that_died_gives_way_in_the_end(self, client: Client, there: str) -> None:
        send(client, {}, to=there)
        IdempotentCall.objects.update(status=None, created_at=timezone.now() - idempotency.LEASE)
        assert "Idempotent-Replayed" not in send(client, {}, to=there)

    def test_a_refusal_leaves_nothing(self, client: Client, there: str) -> None:
        assert send(client, {}, to=there.replace("continue", "undo")).status_code == 400
        assert not IdempotentCall.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def secret(self, alice: User) -> str:
        return keys.make(alice, name="mine", scopes=["collections:write"])[1]

    def test_of_two_calls_at_once_one_has_an_effect(self, secret: str) -> None:
        barrier = Barrier(2)

        def ask(_: int) -> Any:
            barrier.wait()
            try:
                return send(Client(headers={"Authorization": f"Bearer {secret}"}))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(ask, range(2))
        assert (one.status_code, one.content) == (201, other.content)
        assert {"Idempotent-Replayed" in answer for answer in (one, other)} == {True, False}
        assert Collection.objects.count() == 1

    def test_a_process_that_is_killed_half_way_leaves_nothing(self, secret: str) -> None:
        forked = multiprocessing.get_context("fork")
        here, there = forked.Pipe()
        first = forked.Process(target=stands_still, args=(secret, there))
        first.start()
        assert here.recv() == 1  # it has made its collection, and not committed
        assert first.pid
        os.kill(first.pid, signal.SIGKILL)
        first.join()
        assert Collection.objects.count() == 0

        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answers = [send(client), send(client)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert ["Idempotent-Replayed" in answer for answer in answers] == [False, True]
        assert Collection.objects.count() == 1


def stands_still(secret: str, pipe: Any) -> None:
    """In a process of its own, with a connection of its own: the parent's is left alone."""
    connection.connection = None

    def wait(*_: Any) -> None:
        pipe.send(Collection.objects.count())
        signal.pause()

    idempotency._store = wait  # type: ignore[assignment]
    send(Client(headers={"Authorization": f"Bearer {secret}"}))
