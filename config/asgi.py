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


async def elsewhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 -- ASGI hands them over
    headers = [(b"content-type", b"text/plain"), (b"upgrade", b"websocket")]
    await send({"type": "http.response.start", "status": 426, "headers": headers})
    await send({"type": "http.response.body", "body": b"Only sockets are served here."})


application = ProtocolTypeRouter(
    {"http": elsewhere, "websocket": AuthMiddlewareStack(URLRouter([path("live/", LiveConsumer.as_asgi())]))}
)
