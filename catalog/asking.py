"""What is asked of the API behind the question mark, and which page of a list."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.forms import Form
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from catalog.grammar import ParseError

MOST_NAMED = 80  # accepted values in one message
# The API says what the numbers are; the pages' forms call them as their labels do.
API_NAMES = {"min": "price_min", "max": "price_max"}


class Paged(Protocol):
    """Part of a list; the pages are counted from 1, and an empty list may have none."""

    @property
    def page(self) -> int: ...
    @property
    def pages(self) -> int: ...


class MisreadError(ValidationError):
    """A search that cannot be meant; the problem says where it went wrong and what may stand there."""

    def __init__(self, error: ParseError, *, field: str) -> None:
        super().__init__({field: [error.message]})
        place = {"position": error.position, "length": error.length, "suggestions": error.suggestions}
        self.places = {field: place}


Page = TypeVar("Page", bound=Paged)


def asked(kind: type[Form], request: Request) -> Any:
    """The form with what was asked. Raises ValidationError."""
    form = kind(given(request, *kind.base_fields))
    checked(form)
    return form


def given(request: Request, *names: str) -> dict[str, str]:
    """These parameters under the names of the pages' forms; empty ones are as good as absent."""
    form_names = {api: form for form, api in API_NAMES.items()}
    asked = {name: request.query_params.get(name, "") for name in names}
    return {form_names.get(name, name): value for name, value in asked.items() if value}


def checked(form: Form) -> dict[str, Any]:
    """What the form understood. Raises ValidationError with every complaint under its parameter's name."""
    if form.is_valid():
        return form.cleaned_data
    complaints: Mapping[str, list[FormError]] = form.errors.as_data()
    raise ValidationError(
        {
            API_NAMES.get(name, name): [complaint(error, field=form.fields.get(name)) for error in errors]
            for name, errors in complaints.items()
        }
    )


def complaint(error: FormError, *, field: forms.Field | None) -> str:
    if error.code != "invalid_choice" or not isinstance(field, forms.ChoiceField):
        return " ".join(error.messages)
    choices: Any = field.choices
    accepted = [str(key) for key, _ in choices if key]
    named = f"Accepted are {', '.join(accepted[:MOST_NAMED])}" if accepted else "Name the game it belongs to"
    more = f" and {len(accepted) - MOST_NAMED} more" if len(accepted) > MOST_NAMED else ""
    return f"“{(error.params or {}).get('value', '')}” is not accepted. {named}{more}."


def page_of(found: Page, *, asked: int) -> Page:
    """Raises NotFound for a page behind the last."""
    if asked > max(found.pages, 1):
        raise NotFound(f"There is no page {asked}; the last is {max(found.pages, 1)}.")
    return found


def next_page(request: Request, page: Paged) -> str | None:
    return turned(request, page=str(page.page + 1)) if page.page < page.pages else None


def turned(request: Request, **to: str) -> str:
    """The address that is asked, with these parameters instead."""
    query = request.query_params.copy()
    for name, value in to.items():
        query[name] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
