"""The OpenAPI document, built once for each process, and the explorer that reads it."""

import json
from functools import cache
from hashlib import sha256
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.decorators import renderer_classes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.describing import Schema, describe
from catalog.api import endpoint

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}


class AsYaml(JSONRenderer):
    """Lets YAML be asked for; problems are JSON all the same."""

    media_type = MEDIA_TYPES["yaml"]
    format = "yaml"


@cache
def document() -> Schema:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    found: Schema = generator.get_schema(public=True)
    return found


@cache
def written(kind: str) -> bytes:
    if kind == "yaml":
        return yaml.safe_dump(document(), allow_unicode=True, sort_keys=False, width=110).encode()
    return json.dumps(document(), ensure_ascii=False).encode()


@describe(
    "GET",
    "getDocument",
    "This document, in JSON or YAML.",
    answer={MEDIA_TYPES["json"]: {"type": "object"}, MEDIA_TYPES["yaml"]: {"type": "string"}},
)
@endpoint
@renderer_classes([JSONRenderer, AsYaml])
def schema(request: Request) -> Any:
    kind = request.accepted_renderer.format
    response = HttpResponse(written(kind), content_type=MEDIA_TYPES[kind])
    response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = "public, max-age=60"
    return get_conditional_response(request._request, etag=response["ETag"], response=response)  # noqa: SLF001


@require_safe
def explorer(request: HttpRequest) -> HttpResponseBase:
    return render(request, "explorer.html")
