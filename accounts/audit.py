"""What staff did, in words: the one door to the audit log, in which Django's admin writes too.

A line is written with the act itself, in its transaction: what was taken back leaves no line.
"""

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from accounts.models import User

__all__ = ["ADDITION", "CHANGE", "DELETION", "note", "note_each"]
LONGEST_NAME = 200  # of LogEntry.object_repr
AT_ONCE = 2_000


def note(user: User, obj: Model, message: str, *, flag: int = CHANGE) -> None:
    """Writes down what `user` did to `obj`, which may be about to be deleted."""
    note_each(user, [(obj, message)], flag=flag)


def has_acted(user: User) -> bool:
    """Whether lines of the log are this person's: they would go with the account."""
    return LogEntry.objects.filter(user=user).exists()


def note_each(user: User, said: Iterable[tuple[Model, str]], *, flag: int = CHANGE) -> None:
    """As `note`, for many objects with a message each."""
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                user_id=user.pk,
                content_type=ContentType.objects.get_for_model(obj, for_concrete_model=False),
                object_id=str(obj.pk),
                object_repr=str(obj)[:LONGEST_NAME],
                action_flag=flag,
                change_message=message,
            )
            for obj, message in said
        ],
        batch_size=AT_ONCE,
    )
