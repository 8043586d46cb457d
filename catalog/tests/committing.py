"""Inside a test's transaction nothing is committed; this does what waits for that."""

from django.db import connection


def commit() -> None:
    """As if the transaction ended here: revisions get their places."""
    connection.check_constraints()
