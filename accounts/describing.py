"""How an endpoint says what it takes and answers: one line above it, read into the OpenAPI document.

docs/add-an-endpoint.md shows it. What is said here is what the tests hold every answer against.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django import forms
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny

View = TypeVar("View", bound=Callable[..., Any])
Schema = dict[str, Any]

PROBLEM_TYPE: Final = "application/problem+json"
OF_ALL: Final = (401, 406)  # 401 of a bad key, also where none is needed
OF_MEMBERS: Final = (403,)
OF_BODIES: Final = (415,)
PUBLIC: Final[list[dict[str, list[str]]]] = [{}, {"key": []}]
MEMBERS: Final[list[dict[str, list[str]]]] = [{"key": []}, {"session": []}]
MOVED: Final[Mapping[int, OpenApiResponse]] = {
    301: OpenApiResponse(description="It has another address now.")
}
PACKED: Final = "application/gzip"
BINARY: Final[Schema] = {"type": "string", "format": "binary"}
PARTS: Final = {(206, PACKED): OpenApiResponse(BINARY, description="The part that `Range` asks for.")}
# One word, one meaning: what a parameter of this name asks for, wherever it occurs.
MEANINGS: Final = {
    "code": "Of a statement of value.",
    "as_of": "The day whose prices are asked for; today's without it.",
    "base": "The currency whose worth is told, the euro unless said otherwise.",
    "after": "What `next` of the page before holds.",
    "basis": "`missing`: copies without a price.",
    "card": "The id of a card.",
    "condition": "The raw condition.",
    "currencies": "In which it is told, separated by commas; all that are quoted without them.",
    "currency": "The currency that amounts are converted into.",
    "day": "Of the rates, today unless said otherwise.",
    "direction": "`up`, unless said otherwise, or `down`.",
    "fields": "Only these, of a list in its results, separated by commas; `set.slug` is one inside another.",
    "finish": "The name of a finish, as the game's cards have it.",
    "floor": "The least of both prices, in cents.",
    "folder": "Of the files of one moment.",
    "from": "The first day.",
    "game": "The slug of a game.",
    "format": "`json` or `yaml`.",
    "game_slug": "The slug of a game.",
    "grade": "Grader and grade, such as PSA 10.",
    "ids": "Of printings, up to 500, separated by commas.",
    "interval": "`change`: only days on which the price changed.",
    "limit": "How many rows at most.",
    "name": "Of the file.",
    "id": "The number of what the address names.",
    "set_slug": "The slug of a set.",
    "token": "Of the link to a shared collection.",
    "kind": "Single cards or sealed products; both without it.",
    "page": "Which page, from 1 on.",
    "partial": "Leaves out cards that are not in the catalogue, in place of a refusal.",
    "price_max": "The highest market price of the lowest-priced printing, in USD.",
    "price_min": "The lowest market price of the lowest-priced printing, in USD.",
    "q": "What is searched for.",
    "range": "How far back, three months unless said otherwise.",
    "rarity": "The name of a rarity, as the game's cards have it.",
    "search": "Words of name, number or set.",
    "set": "The slug of a set; needs its game.",
    "since": "The first day; in the change feed a cursor, or `now`.",
    "source": "The slug of a source; without it the best-ranked that has a price.",
    "to": "The last day.",
    "sort": "The order; a leading `-` turns it round.",
    "state": "Only alerts of this state.",
    "thin": "Also cards that are seldom traded, where one sale can move the price.",
    "type": "Only what is of these types.",
    "unread": "Only what was not read yet.",
    "until": "The last day.",
    "verdict": "Only rows of this verdict.",
    "window": "How many days are looked back.",
}

PLAIN: Final[Mapping[type[forms.Field], Schema]] = {
    forms.BooleanField: {"type": "boolean"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.FileField: {"type": "string", "format": "binary"},
}


# What an answer looks like; the views give plain dictionaries. A docstring here would be, in the document,
# that of every shape without its own.
class Shape(serializers.Serializer[Any]):
    pass


class Page(Shape):
    count = serializers.IntegerField(help_text="Of all pages.")
    pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True, help_text="The address of the next page.")


class Count(Shape):
    count = serializers.IntegerField()


class FieldError(Shape):
    field = serializers.CharField(help_text="The parameter, or the field of the body.")
    detail = serializers.CharField()
    position = serializers.IntegerField(
        required=False, help_text="Of a search: the letter it fails at, from 0."
    )
    length = serializers.IntegerField(required=False, help_text="How many letters cannot be understood.")
    suggestions = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="The search as it may have been meant."
    )


class Problem(Shape):
    """Problem details (RFC 9457)."""

    type = serializers.URLField(help_text="Leads to an explanation.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField(help_text="What our log calls this call.")
    errors = FieldError(many=True, required=False, help_text="Each value that is not accepted.")  # type: ignore[assignment]


def describe(  # noqa: PLR0913 -- everything that an operation is
    method: str,
    operation_id: str,
    summary: str,
    *,
    more: str = "",
    query: type[forms.Form] | forms.Form | Iterable[OpenApiParameter] = (),
    body: Any = None,
    answer: Any = None,
    status: int = 200,
    problems: Iterable[int] = (),
    example: Any = None,
    moves: bool = False,
    parts: bool = False,
) -> Callable[[View], View]:
    """Stands above `@endpoint(…)`, once for each method.

    `query` is the form that reads the parameters, `body` a `Body`, `answer` a `Shape` (or schemas by media
    type); `problems` names only those that do not follow from the rest. What `moves` is led on to from an old
    address; of a compressed file `parts` can be asked for.
    """
    parameters = parameters_of(query) if isinstance(query, type | forms.Form) else list(query)

    def wrap(view: View) -> View:
        known = problems_of(
            view,
            asked={one.name for one in parameters if one.location == OpenApiParameter.QUERY},
            has_body=body is not None,
        )
        return extend_schema(
            operation_id=operation_id,
            methods=[method],
            summary=summary,
            description=more or summary,
            parameters=parameters,
            request=body,
            responses={
                **answers(answer, status=status, example=example),
                **(MOVED if moves else {}),
                **(PARTS if parts else {}),
                **refusals(sorted({*known, *problems} - {status})),
            },
            auth=PUBLIC if is_public(view) else MEMBERS,  # type: ignore[arg-type]
        )(view)

    return wrap


def is_public(view: Any) -> bool:
    return AllowAny in view.cls.permission_classes


def problems_of(view: Any, *, asked: Collection[str], has_body: bool) -> set[int]:
    """Those that follow; 404 also from an address that names something, which `config.operations` adds."""
    found = {*OF_ALL, *(OF_BODIES if has_body else ()), *(() if is_public(view) else OF_MEMBERS)}
    if asked or has_body:
        found.add(400)
    return found | {404} if "page" in asked else found


def answers(shape: Any, *, status: int, example: Any) -> dict[Any, Any]:
    """The good answer; `shape` may name a schema for each media type."""
    meaning = HTTPStatus(status).phrase
    if isinstance(shape, Mapping):
        return {(status, kind): OpenApiResponse(one, description=meaning) for kind, one in shape.items()}
    examples = [OpenApiExample("Example", value=example, response_only=True)] if example else []
    return {status: OpenApiResponse(shape, description=meaning, examples=examples)}


def refusals(statuses: Iterable[int]) -> dict[Any, Any]:
    return {
        (status, PROBLEM_TYPE): OpenApiResponse(Problem, description=HTTPStatus(status).phrase)
        for status in statuses
    }


def parameters_of(form: type[forms.Form] | forms.Form, *names: str, **renamed: str) -> list[OpenApiParameter]:
    """The parameters that a form reads: all, or those named; `price_min="min"` where the form calls it `min`.

    A form whose choices are made with it is given as it is made; where they are rows, any text is described.
    """
    fields = form.base_fields if isinstance(form, type) else form.fields
    read = dict(zip(names, names, strict=True)) | renamed or {name: name for name in fields}
    return [parameter(name, fields.get(of_form)) for name, of_form in read.items()]


def parameter(name: str, field: forms.Field | None) -> OpenApiParameter:
    usual = {} if field is None or field.initial is None else {"default": field.initial}
    return OpenApiParameter(
        name,
        {"type": "string"} if field is None else schema_of(field) | usual,
        required=field is not None and field.required and not usual,
        description=MEANINGS.get(name, ""),
    )


def schema_of(field: forms.Field) -> Schema:
    plain = next((schema for kind, schema in PLAIN.items() if isinstance(field, kind)), None)
    if plain is not None:
        return plain
    if isinstance(field, forms.ChoiceField):
        return choices_of(field)
    if isinstance(field, forms.DecimalField):
        whole = (field.max_digits or 12) - (field.decimal_places or 0)
        return {"type": "string", "pattern": rf"^\d{{1,{whole}}}(\.\d{{1,{field.decimal_places}}})?$"}
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer", **{name: value for name, value in limits.items() if value is not None}}
    longest = getattr(field, "max_length", None)
    return {"type": "string", **({"maxLength": longest} if longest else {})}


def object_of(form: forms.Form, *names: str, required: Iterable[str] = ()) -> Schema:
    """A body that a form reads, of all its fields or of those named."""
    read = {name: form.fields[name] for name in names or form.fields}
    found = {"type": "object", "properties": {name: schema_of(field) for name, field in read.items()}}
    return found | ({"required": list(required)} if required else {})


def choices_of(field: forms.ChoiceField) -> Schema:
    choices: Any = field.choices
    keys = [key for key, _ in choices if key != ""]
    one = {"type": "string", "enum": keys} if keys else {"type": "string"}
    return {"type": "array", "items": one} if isinstance(field, forms.MultipleChoiceField) else one
