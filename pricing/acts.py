"""What staff did, in the admin's own log: the one place of the workbench that writes there."""

from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from accounts.models import User


def note(by: User, row: Model, said: str) -> None:
    """Beside the row, in the transaction that changed it."""
    note_all(by, [row], said)


def note_all(by: User, rows: Iterable[Model], said: str) -> None:
    """The same of several rows of one model."""
    if listed := list(rows):
        LogEntry.objects.log_actions(by.pk, listed, CHANGE, change_message=said)
