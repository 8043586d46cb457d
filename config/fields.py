"""`?fields=id,name,set.slug`: an answer with nothing but these, whatever view made it."""

import json
from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config import problems

PARAMETER: Final = "fields"
Tree = dict[str, "Tree"]  # of each name, what is wanted inside it; all of it where that is empty


class UnknownFieldError(ValueError):
    """`str()` names the fields there are."""


def sparse(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Of a list its results are thinned out, and what stands beside them stays."""
    asked = request.GET.get(PARAMETER, "")
    is_json = response.get("Content-Type", "").startswith("application/json")
    if not asked or response.status_code != 200 or not is_json or not isinstance(response, HttpResponse):
        return response
    try:
        thin = chosen(json.loads(response.content), tree(asked.split(",")))
    except UnknownFieldError as error:
        errors = [{"field": PARAMETER, "detail": str(error)}]
        return problems.answer(400, detail=problems.NOT_ACCEPTED, errors=errors)
    response.content = json.dumps(thin, ensure_ascii=False, separators=(",", ":")).encode()
    return response


def tree(names: Iterable[str]) -> Tree:
    """`set` beside `set.slug` means all of the set."""
    found: Tree = {}
    for name in sorted(set(map(str.strip, names))):
        branch, whole = found, False
        first, *inside = name.split(".")
        for part in (first, *inside):
            whole = part in branch and not branch[part]
            if whole:
                break
            branch = branch.setdefault(part, {})
    return found


def chosen(body: Any, wanted: Tree) -> Any:
    """Raises UnknownFieldError."""
    if isinstance(body, dict) and isinstance(body.get("results"), list):
        return {**body, "results": thinned(body["results"], wanted)}
    return thinned(body, wanted)


def thinned(value: Any, wanted: Tree, *, inside: str = "") -> Any:
    if not wanted or value is None:
        return value
    rows = value if isinstance(value, list) else [value]
    check(rows, wanted, inside=inside)
    thin = [
        {name: thinned(row[name], wanted[name], inside=f"{inside}{name}.") for name in wanted if name in row}
        for row in rows
        if row is not None
    ]
    return thin if isinstance(value, list) else thin[0]


def check(rows: list[Any], wanted: Tree, *, inside: str) -> None:
    """A name that none of the rows has is unknown; of no rows nothing can be said."""
    known = list(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
    strange = [name for name in wanted if name not in known]
    if strange and any(row is not None for row in rows):
        listed = ", ".join(inside + name for name in known) or f"none inside {inside.rstrip('.')}"
        raise UnknownFieldError(f"There is no field “{inside}{strange[0]}”. Known are {listed}.")
