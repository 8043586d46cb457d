import socket
from pathlib import Path

import psycopg
import pytest
import redis

from local import Refusal
from local.backing import backing, given, require_database, require_redis, without_secrets
from local.instance import Instance


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_both_run_when_none_is_given_and_stop_afterwards(instance: Instance, nothing_given: None) -> None:
    with backing(instance, durable=False) as urls:
        require_database(urls["DATABASE_URL"])
        require_redis(urls["REDIS_URL"])
    assert not instance.sockets.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls["DATABASE_URL"])
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(urls["REDIS_URL"]).ping()


def test_those_given_are_used_and_none_is_started(
    instance: Instance, nothing_given: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with backing(instance, durable=False) as urls:
        secret = tmp_path / "database_url"
        secret.write_text(urls["DATABASE_URL"] + "\n")
        monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
        monkeypatch.setenv("REDIS_URL", urls["REDIS_URL"])
        other = Instance("run-1", instance.checkout)
        with backing(other, durable=False) as theirs:
            assert theirs == urls
        assert not other.folder.exists()
        assert not other.sockets.exists()


def test_a_dead_database_is_one_plain_sentence_without_the_password(closed_port: int) -> None:
    with pytest.raises(Refusal) as refusal:
        require_database(f"postgresql://alice:hunter2@127.0.0.1:{closed_port}/tcg?application_name=x")
    said = str(refusal.value)
    assert said.startswith(f"The database at postgresql://127.0.0.1:{closed_port}/tcg does not answer: ")
    assert said.endswith("Connection refused.")
    assert "hunter2" not in said
    assert "\n" not in said


def test_a_dead_redis_is_one_plain_sentence_without_the_password(closed_port: int) -> None:
    with pytest.raises(Refusal) as refusal:
        require_redis(f"redis://:hunter2@127.0.0.1:{closed_port}/0")
    said = str(refusal.value)
    assert said.startswith(f"Redis at redis://127.0.0.1:{closed_port}/0 does not answer: ")
    assert "hunter2" not in said


def test_a_url_of_the_wrong_kind_is_one_plain_sentence() -> None:
    with pytest.raises(Refusal, match=r"DATABASE_URL must start with postgresql://\."):
        require_database("mysql://alice:hunter2@localhost/tcg")
    with pytest.raises(Refusal, match="REDIS_URL must start with redis://"):
        require_redis("memcached://localhost")


def test_an_empty_variable_counts_as_not_given() -> None:
    assert given("DATABASE_URL", env={"DATABASE_URL": " "}) == ""
    assert given("DATABASE_URL", env={"DATABASE_URL": "postgresql://h/n"}) == "postgresql://h/n"
    assert given("DATABASE_URL", env={}) == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://alice:p%40ss@db.example:5432/tcg?sslpassword=x", "postgresql://db.example:5432/tcg"),
        ("redis://:p@ss@cache:6379/1", "redis://cache:6379/1"),
        ("unix:///run/redis.sock?password=x", "unix:///run/redis.sock"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
