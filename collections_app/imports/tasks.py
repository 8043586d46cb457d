"""The steps of an import that the worker does. Every task may run twice: the second time changes nothing."""

from celery import shared_task
from django.utils import timezone

from collections_app.imports import bringing, desk, reading


@shared_task(name="collections_app.read_import")
def read(batch_id: int) -> None:
    reading.read(batch_id)


@shared_task(name="collections_app.bring_import")
def bring(batch_id: int, by_folder: bool = False) -> None:  # noqa: FBT001, FBT002 -- tasks take plain arguments
    bringing.bring(batch_id, by_folder=by_folder)


@shared_task(name="collections_app.undo_import")
def undo(batch_id: int) -> None:
    bringing.undo(batch_id)


@shared_task(name="collections_app.forget_import_files")
def forget_files() -> str:
    return f"{desk.forget_files(timezone.now().date())} files of old imports deleted"
