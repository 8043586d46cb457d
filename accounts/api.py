"""Who is signed in, and their keys, by API. Only a session may change either."""

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.urls import reverse
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import keys as writing
from accounts import shapes
from accounts.describing import describe
from accounts.endpoints import endpoint_of, found, person

endpoint = endpoint_of("account")


@describe("GET", "getUser", "Who you are, and how values are shown to you.", answer=shapes.Person)
@describe("PATCH", "changeUser", "Changes what is sent.", body=shapes.UserInput, answer=shapes.Person)
@endpoint("GET", "PATCH")
def user(request: Request) -> Response:
    me = person(request)
    if request.method == "PATCH":
        said = shapes.UserInput(data=request.data)
        said.is_valid(raise_exception=True)
        for name, value in said.validated_data.items():
            setattr(me, name, value)
        me.save(update_fields=list(said.validated_data))
    return Response(shapes.person_of(me))


@describe("GET", "listKeys", "Your keys, the newest first.", answer=shapes.Keys)
@describe(
    "POST",
    "makeKey",
    "Makes a key; this is the only answer that holds it.",
    more="Only with a session whose password was confirmed in the last minutes.",
    body=shapes.KeyInput,
    answer=shapes.NewKey,
    status=201,
)
@endpoint("GET", "POST")
def keys(request: Request) -> Response:
    if request.method == "POST":
        return _make(request)
    return Response({"results": [shapes.key_of(key) for key in writing.of(person(request))]})


@describe("DELETE", "revokeKey", "Revokes a key: it signs nobody in any more.", status=204)
@endpoint("DELETE")
def key(request: Request, pk: int) -> Response:
    writing.revoke(found(writing.of(person(request)).get, pk=pk))
    return Response(status=status.HTTP_204_NO_CONTENT)


def _make(request: Request) -> Response:
    if is_reauthentication_required(request._request, app="account"):  # noqa: SLF001
        raise PermissionDenied(f"Confirm your password first, at {reverse('account_reauthenticate')}.")
    said = shapes.KeyInput(data=request.data)
    said.is_valid(raise_exception=True)
    try:
        made, secret = writing.make(person(request), **said.validated_data)
    except writing.KeyRefusedError as refused:
        raise ValidationError({refused.field: [str(refused)]}) from None
    return Response(shapes.key_of(made) | {"key": secret}, status=status.HTTP_201_CREATED)
