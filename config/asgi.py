"""The entry of the server for sockets; pages and the API are served by config.wsgi."""

import os
from typing import Any

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from collections_app.live.consumer import LiveConsumer  # noqa: E402 -- models load only after the apps
from config import processes  # noqa: E402

processes.begin()


async def elsewhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 -- ASGI hands them over
    is_probe = scope["path"] == "/healthz"
    headers = [(b"content-type", b"text/plain"), *([] if is_probe else [(b"upgrade", b"websocket")])]
    said = b"alive\n" if is_probe else b"Only sockets are served here."
    await send({"type": "http.response.start", "status": 200 if is_probe else 426, "headers": headers})
    await send({"type": "http.response.body", "body": said})


application = ProtocolTypeRouter(
    {"http": elsewhere, "websocket": AuthMiddlewareStack(URLRouter([path("live/", LiveConsumer.as_asgi())]))}
)
