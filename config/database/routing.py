"""Which database a model is read from and written to (docs/replica.md)."""

from typing import Any, Final

from django.db.models import Model

from catalog import reads

READ_AT_REPLICA: Final = {"catalog", "pricing", "collections_app", "alerts"}


class Router:
    """Who somebody is, sessions, keys and repeated calls are read where they are written."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        return reads.alias() if model._meta.app_label in READ_AT_REPLICA else reads.PRIMARY  # noqa: SLF001 -- documented API

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        if model._meta.app_label in READ_AT_REPLICA:  # noqa: SLF001
            reads.from_primary()
        return reads.PRIMARY

    def allow_relation(self, *_rows: Model, **_hints: Any) -> bool:
        """Rows of the replica are the primary's."""
        return True

    def allow_migrate(self, db: str, *_app: str, **_hints: Any) -> bool:
        return db == reads.PRIMARY
