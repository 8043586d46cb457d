"""Login limits that outlive a Redis failure."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django_prometheus.cache.backends.redis import RedisCache


class LimitKeepingCache(RedisCache):  # type: ignore[misc]
    """Redis; while it is down, the entries of allauth live in this process's memory.

    allauth takes a lock with `add` before it counts a login, and marks a used authenticator code with `add`.
    A cache that ignores its errors answers None, which allauth reads as "limit reached": nobody could sign
    in. Everything else in the cache may simply be missed, so only allauth's keys are kept.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("login limits", params)

    def add(self, key: str, value: Any, *args: Any, **options: Any) -> bool:
        added = super().add(key, value, *args, **options)
        if added is None and _is_kept(key):
            return self._memory.add(key, value, *args, **options)
        return bool(added)

    def set(self, key: str, value: Any, *args: Any, **options: Any) -> bool:
        stored = super().set(key, value, *args, **options)
        if stored is None and _is_kept(key):
            self._memory.set(key, value, *args, **options)
        return bool(stored)

    def get(self, key: str, default: Any = None, *args: Any, **options: Any) -> Any:
        value = super().get(key, None, *args, **options)
        if value is None and _is_kept(key):
            value = self._memory.get(key, None, *args, **options)
        return default if value is None else value

    def delete(self, key: str, *args: Any, **options: Any) -> bool:
        forgotten = _is_kept(key) and self._memory.delete(key, *args, **options)
        return bool(super().delete(key, *args, **options)) or forgotten


def _is_kept(key: str) -> bool:
    return key.startswith("allauth")
