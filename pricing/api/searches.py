"""Saved searches by API. Filters go by the names that /api/v1/search/ gives them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import endpoint, found, person
from accounts.models import User
from catalog import queries
from catalog.asking import API_NAMES, MisreadError, checked
from catalog.forms import LONGEST_SEARCH, SearchForm
from catalog.grammar import ParseError
from pricing import bodies, saving
from pricing.api import shapes
from pricing.models import SavedSearch

FORM_NAMES = {API_NAMES.get(name, name): name for name in saving.FILTERS}


class SearchInput(bodies.Body):
    name = serializers.CharField(max_length=80)
    q = serializers.CharField(max_length=LONGEST_SEARCH, allow_blank=True, required=False)
    filters = serializers.DictField(child=serializers.CharField(max_length=220), required=False)

    def validate_filters(self, filters: dict[str, str]) -> dict[str, str]:
        if unknown := filters.keys() - FORM_NAMES.keys():
            raise ValidationError(f"There is no filter “{min(unknown)}”. Known are {', '.join(FORM_NAMES)}.")
        return {FORM_NAMES[name]: value for name, value in filters.items() if value}

    def facts(self, known: SavedSearch | None = None) -> saving.Facts:
        """What was not said stays as it is known. Raises ValidationError of what the search would refuse."""
        before = {"name": known.name, "q": known.q, "filters": known.chosen()} if known else {}
        facts = saving.Facts(**before | self.validated_data)
        checked(SearchForm({"q": facts.q, **facts.filters}, games=queries.games()))
        return facts


@describe("GET", "listSearches", "Your saved searches.", answer=shapes.SavedSearches)
@describe("POST", "saveSearch", "Saves a search.", body=SearchInput, answer=shapes.SavedSearch, status=201)
@endpoint("GET", "POST")
def searches(request: Request) -> Response:
    owner = person(request)
    if request.method == "POST":
        made = written(owner, bodies.read(SearchInput, request.data))
        return Response(payload(made), status=status.HTTP_201_CREATED)
    return Response({"results": [payload(search) for search in saving.of(owner)]})


@describe("GET", "getSavedSearch", "A saved search.", answer=shapes.SavedSearch)
@describe("PATCH", "changeSavedSearch", "Changes what is sent.", body=SearchInput, answer=shapes.SavedSearch)
@describe("DELETE", "deleteSavedSearch", "Deletes it.", status=204)
@endpoint("GET", "PATCH", "DELETE")
def search(request: Request, pk: int) -> Response:
    owner = person(request)
    known = found(saving.one, owner, pk)
    if request.method == "DELETE":
        known.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method == "PATCH":
        known = written(owner, bodies.read(SearchInput, request.data, is_partial=True), known=known)
    return Response(payload(known))


def written(owner: User, said: Any, *, known: SavedSearch | None = None) -> SavedSearch:
    facts = said.facts(known)
    try:
        return saving.edit(known, facts) if known else saving.save(owner, facts)
    except saving.SaveError as error:
        raise ValidationError({"name": [str(error)]}) from None
    except ParseError as error:
        raise MisreadError(error, field="q") from None


def payload(search: SavedSearch) -> dict[str, Any]:
    return {
        "id": search.pk,
        "name": search.name,
        "q": search.q,
        "filters": api_names(search.chosen()),
        "created_at": search.created_at.isoformat(),
        "url": search.get_absolute_url(),
    }


def api_names(filters: Mapping[str, str]) -> dict[str, str]:
    return {API_NAMES.get(name, name): value for name, value in filters.items()}
