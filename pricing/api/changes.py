"""The change feed by API: docs/changes.md says how to follow it."""

from typing import Any

from django import forms
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from catalog import queries, reads
from catalog.api import reading
from catalog.asking import checked, given, turned
from catalog.forms import GamesForm
from pricing import feed, shapes
from pricing.changes import written

NOW = "now"


class Gone(APIException):
    status_code = 410
    default_code = "gone"


class ChangesQuery(GamesForm):
    """`since` is a cursor, or `now`; without one everything that is kept."""

    since = forms.CharField(max_length=40, required=False)
    type = forms.MultipleChoiceField(choices=[(kind, kind) for kind in feed.KINDS], required=False)
    limit = forms.IntegerField(min_value=1, max_value=feed.MOST, required=False)

    def clean_since(self) -> feed.Cursor:
        said = self.cleaned_data["since"]
        if said == NOW:
            return feed.newest()
        try:
            return feed.read(said) if said else feed.oldest()
        except feed.BadCursor as error:
            raise forms.ValidationError(str(error)) from None


@describe(
    "GET",
    "listChanges",
    "What changed, in the order in which it was committed, each change once.",
    query=ChangesQuery({}, games=()),
    answer=shapes.Changes,
    problems=[410],
)
@reading("GET")
def changes(request: Request) -> Response:
    reads.from_primary()  # a cursor lies ahead of a feed that is a moment older
    asked: dict[str, Any] = {**given(request, "since", "game", "limit")}
    asked["type"] = [
        kind for said in request.query_params.getlist("type") for kind in said.split(",") if kind
    ]
    form = ChangesQuery(asked, games=queries.games())
    wanted = checked(form)
    try:
        page = feed.page(
            wanted["since"],
            game_id=form.game.pk if form.game else None,
            kinds=wanted["type"] or feed.KINDS,
            limit=wanted["limit"] or feed.MOST,
        )
    except feed.GoneError as error:
        raise Gone(str(error)) from None
    after = str(page.after)
    return Response(
        {
            "cursor": after,
            "has_more": page.has_more,
            "next": turned(request, since=after),
            "results": written(page.entries),
        }
    )
