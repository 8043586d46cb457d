"""Where the words wait that the next page shows: in a cookie named as all of ours, or else in the session."""

from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

COOKIE: Final = f"{settings.COOKIE_PREFIX}messages"


class NoticeCookie(CookieStorage):
    cookie_name = COOKIE


class NoticeStorage(FallbackStorage):
    storage_classes = (NoticeCookie, SessionStorage)
