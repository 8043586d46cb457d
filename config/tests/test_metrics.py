from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from config.inside import FORWARDED

ClientFor = Callable[[User], Client]
ELSEWHERE = "203.0.113.9"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_reads_metrics(address: str, client: Client) -> None:
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == 200
    assert "http_requests_total" in answer.content.decode()


@pytest.mark.parametrize("address", [ELSEWHERE, "10.0.0.7", "2001:db8::1", ""])
def test_other_machines_and_a_proxys_socket_do_not(address: str, client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403


@pytest.mark.parametrize("header", FORWARDED)
def test_what_a_proxy_on_this_machine_forwards_is_not_local(header: str, client: Client) -> None:
    forwarded: dict[str, Any] = {header: "https"}
    assert client.get("/metrics", **forwarded).status_code == 403


def test_bob_is_refused_elsewhere_and_carla_is_not(bob: User, carla: User, client_for: ClientFor) -> None:
    found = [client_for(user).get("/metrics", REMOTE_ADDR=ELSEWHERE).status_code for user in (bob, carla)]
    assert found == [403, 200]
