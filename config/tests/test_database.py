"""A kept connection that the server has ended is noticed without a question, and made anew."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client


def pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (found,) = cursor.fetchone() or (0,)
        return int(found)


def as_a_request_begins() -> None:
    beginning: Any = connection
    beginning.health_check_enabled, beginning.health_check_done = True, False


def another() -> psycopg.Connection:
    """A connection to the same database."""
    given = connection.get_connection_params()
    known = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
    return psycopg.connect(**known, autocommit=True)


def end(backend: int) -> None:
    with another() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_stands_is_not_asked(django_assert_num_queries: Callable[..., Any]) -> None:
    first = pid()
    asked: list[str] = []
    as_a_request_begins()

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert connection.is_usable()
        assert pid() == first
    assert asked == ["SELECT pg_backend_pid()"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_made_anew(client: Client) -> None:
    first = pid()
    end(first)
    as_a_request_begins()
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    assert pid() != first


@pytest.mark.django_db(transaction=True)
def test_what_the_server_says_unasked_ends_no_connection() -> None:
    """A notice waits to be read: the server is asked, and answers."""
    with connection.cursor() as cursor:
        cursor.execute("LISTEN anything")
    with another() as other:
        other.execute("NOTIFY anything")
    assert connection.is_usable()
