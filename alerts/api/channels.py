"""The ways to reach somebody, by API: made, changed, tried, removed; and when messages may come."""

from collections.abc import Callable
from typing import TypeVar

from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import found, person
from accounts.idempotency import in_steps
from accounts.models import User
from alerts import channels as writing
from alerts import hours as telling
from alerts import payloads, queries, shapes
from alerts.api import inputs
from alerts.api.doors import endpoint
from alerts.channels import ChannelError
from alerts.models import Channel
from pricing import bodies
from pricing.payloads import Json

Made = TypeVar("Made")


@describe("GET", "listChannels", "How you are told besides the inbox.", answer=shapes.Channels)
@describe(
    "POST", "addChannel", "Adds a channel.", body=inputs.NewChannelInput, answer=shapes.NewChannel, status=201
)
@endpoint("GET", "POST")
def channels(request: Request) -> Response:
    if request.method == "POST":
        return add(request)
    return Response({"results": [payloads.channel(one) for one in queries.channels_of(person(request))]})


def add(request: Request) -> Response:
    """The only answer, besides that of a new one, with a webhook's secret."""
    owner = person(request)
    said = bodies.read(inputs.NewChannelInput, request.data)
    asked = said.validated_data
    made = refusing(lambda: writing.add(owner, said.facts(), use_for_alerts=asked["use_for_alerts"]))
    if asked.get("is_on") is False:
        writing.switch(made, on=False)
    secret = {"secret": writing.secret_of(made)} if made.kind == Channel.Kind.WEBHOOK else {}
    return Response(described(owner, made.pk) | secret, status=status.HTTP_201_CREATED)


@describe("GET", "getChannel", "One channel.", answer=shapes.Channel)
@describe("PATCH", "changeChannel", "Changes what is sent.", body=inputs.ChannelInput, answer=shapes.Channel)
@describe("DELETE", "removeChannel", "Removes a channel with its log.", status=204)
@endpoint("GET", "PATCH", "DELETE")
def channel(request: Request, pk: int) -> Response:
    owner = person(request)
    known = found(queries.channel, owner, pk)
    if request.method == "DELETE":
        writing.remove(known)
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method == "PATCH":
        edit(request, known)
    return Response(described(owner, pk))


def edit(request: Request, known: Channel) -> None:
    said = bodies.read(inputs.ChannelInput, request.data, is_partial=True)
    if said.validated_data.keys() - {"is_on"}:
        refusing(lambda: writing.edit(known, said.facts(writing.facts_of(known))))
    if "is_on" in said.validated_data:
        writing.switch(known, on=said.validated_data["is_on"])


@describe(
    "POST",
    "testChannel",
    "Sends a test at once and answers what came of it; ten an hour.",
    answer=shapes.Attempt,
    problems=[400],
)
@endpoint("POST")
@in_steps
def test(request: Request, pk: int) -> Response:
    known = found(queries.channel, person(request), pk)
    return Response(payloads.attempt(refusing(lambda: writing.test(known))))


@describe(
    "POST",
    "rotateSecret",
    "Gives a webhook a new secret.",
    more="For a day messages are signed with the one it replaces as well.",
    answer=shapes.Secret,
    problems=[400],
)
@endpoint("POST")
def rotate(request: Request, pk: int) -> Response:
    known = found(queries.channel, person(request), pk)
    return Response({"secret": refusing(lambda: writing.rotate(known))})


@describe("GET", "getHours", "When messages may come.", answer=shapes.Hours)
@describe("PUT", "setHours", "Says all four of the hours.", body=inputs.HoursInput, answer=shapes.Hours)
@endpoint("GET", "PUT")
def hours(request: Request) -> Response:
    owner = person(request)
    if request.method == "PUT":
        telling.keep(owner, **bodies.read(inputs.HoursInput, request.data).validated_data)
    return Response(payloads.hours(queries.hours_of(owner)))


def refusing(verb: Callable[[], Made]) -> Made:
    """What the verb gives. Raises ValidationError where it refuses."""
    try:
        return verb()
    except ChannelError as error:
        raise ValidationError({error.field or "channel": [str(error)]}) from None


def described(owner: User, pk: int) -> Json:
    return payloads.channel(queries.channels_of(owner).get(pk=pk))
