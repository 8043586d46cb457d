"""How long a statement may take whose cost depends on what somebody typed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from catalog import reads

ALLOW = "SELECT set_config('statement_timeout', %s, true)"


class OutOfPatienceError(Exception):
    """A statement took too long and was cancelled; nothing is broken by it."""


@contextmanager
def bounded(milliseconds: int) -> Iterator[None]:
    """Each statement within may take so long. Raises OutOfPatienceError; costs four small statements."""
    try:
        with transaction.atomic(using=reads.alias()), reads.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            (before,) = cursor.fetchall()[0]
            cursor.execute(ALLOW, [f"{milliseconds}ms"])
            yield
            cursor.execute(ALLOW, [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise OutOfPatienceError from error
        raise
