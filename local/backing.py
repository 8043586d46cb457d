"""The database and the broker: those that DATABASE_URL and REDIS_URL name, else embedded ones."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
import redis

from local import Refusal
from local.instance import Instance
from local.postgres import postgres
from local.valkey import valkey


@contextmanager
def backing(instance: Instance, *, durable: bool) -> Iterator[dict[str, str]]:
    """Runs what is not given; gives DATABASE_URL and REDIS_URL. Raises Refusal when one does not answer."""
    database, broker = given("DATABASE_URL"), given("REDIS_URL")
    if database:
        require_database(database)
    if broker:
        require_redis(broker)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, instance.sockets, ignore_errors=True)
        yield {
            "DATABASE_URL": database or stack.enter_context(postgres(instance, durable=durable)),
            "REDIS_URL": broker or stack.enter_context(valkey(instance, durable=durable)),
        }


def given(name: str, *, env: Mapping[str, str] = os.environ) -> str:
    """The caller's own value, or that in the file which NAME_FILE names; else empty."""
    file = env.get(f"{name}_FILE")
    return (Path(file).read_text() if file else env.get(name, "")).strip()


def require_database(url: str) -> None:
    """Raises Refusal, without the password, when the database does not answer."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise Refusal("DATABASE_URL must start with postgresql://.")
    parts = environ.Env.db_url_config(url)  # as the settings read it
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parameters = {name: parts[part] for name, part in names.items() if parts[part]}
    try:
        psycopg.connect(**{"connect_timeout": 5} | parameters | parts.get("OPTIONS", {})).close()
    except psycopg.Error as error:
        raise Refusal(f"The database at {without_secrets(url)} does not answer: {_reason(error)}") from None


def require_redis(url: str) -> None:
    """Raises Refusal, without the password, when Redis does not answer."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except ValueError:
        raise Refusal("REDIS_URL must start with redis://, rediss:// or unix://.") from None
    except redis.RedisError as error:
        raise Refusal(f"Redis at {without_secrets(url)} does not answer: {_reason(error)}") from None


def without_secrets(url: str) -> str:
    """Scheme, host and path only: user names, passwords and options stay private."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
