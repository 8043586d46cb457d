from collections.abc import Callable

import redis

from local.instance import Instance
from local.valkey import valkey


def test_what_is_queued_outlives_a_stop_when_it_is_durable(instance: Instance) -> None:
    with valkey(instance, durable=True) as url, redis.Redis.from_url(url, decode_responses=True) as client:
        assert client.config_get("port") == {"port": "0"}
        client.rpush("market", "task")
    with valkey(instance, durable=True) as url, redis.Redis.from_url(url, decode_responses=True) as client:
        assert client.lrange("market", 0, -1) == ["task"]


def test_nothing_is_written_when_it_is_thrown_away_anyway(instance: Instance) -> None:
    with valkey(instance, durable=False) as url, redis.Redis.from_url(url) as client:
        client.set("key", "value")
    assert list((instance.folder / "valkey").iterdir()) == []


def test_two_run_at_once(new_instance: Callable[[], Instance]) -> None:
    with (
        valkey(new_instance(), durable=False) as one,
        valkey(new_instance(), durable=False) as two,
        redis.Redis.from_url(one) as first,
        redis.Redis.from_url(two) as second,
    ):
        first.set("key", "one")
        assert second.get("key") is None
