"""What happened to somebody's alerts, by API."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import Count, describe
from accounts.endpoints import person
from alerts import payloads, queries, reading, shapes
from alerts.api import inputs
from alerts.api.doors import endpoint
from catalog.asking import asked, next_page, page_of
from pricing import bodies


@describe("GET", "listEvents", "The inbox, the newest first.", query=inputs.InboxQuery, answer=shapes.Inbox)
@endpoint("GET")
def inbox(request: Request) -> Response:
    query = asked(inputs.InboxQuery, request).cleaned_data
    number = query["page"] or 1
    shown = queries.inbox(person(request), page=number, only_unread=query["unread"])
    page = page_of(shown, asked=number)
    return Response(payloads.inbox(page, next_one=next_page(request, page)))


@describe(
    "POST",
    "markRead",
    "Marks events as read and answers how many were not.",
    body=inputs.ReadInput,
    answer=Count,
)
@endpoint("POST")
def read(request: Request) -> Response:
    said = bodies.read(inputs.ReadInput, request.data).validated_data
    return Response({"count": reading.mark_read(person(request), said.get("ids"))})
