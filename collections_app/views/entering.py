"""The page on which a whole set is typed in: one field for each printing, a column for each finish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.pages import members, person
from catalog.models import Card, CardSet
from collections_app import collecting, completion, entering, queries
from collections_app.models import Collection
from collections_app.rows import ChecklistRow
from collections_app.set_forms import EntryForm
from collections_app.views.sets import published

OVERTAKEN = "Meanwhile changed: {held} held now. Save again to make it what is written here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A printing's field: `text` as held or typed."""

    printing_id: int
    finish: str
    text: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A card with a cell for each finish of the page; None where there is no such printing."""

    name: str
    number: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is typed in where: a page of a set, into a collection (None is one yet to be made)."""

    card_set: CardSet
    mine: list[Collection]
    into: Collection | None
    page: int
    pages: int
    rows: list[ChecklistRow]

    @property
    def address(self) -> str:
        where = reverse("collections:enter", args=[self.card_set.game.slug, self.card_set.slug])
        return f"{where}?collection={self.into.pk if self.into else ''}&page={self.page}"


@members
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, game_slug: str, set_slug: str) -> HttpResponse:
    owner, shown = person(request), published(game_slug, set_slug)
    mine = list(queries.collections_of(owner, kind=Collection.Kind.OWNED))
    checklist = completion.checklist(owner, shown.pk)
    parts = entering.pages([row for row in checklist if row.kind == Card.Kind.SINGLE])
    page = _page(request, pages=len(parts))
    rows = parts[page - 1]
    into = _chosen(request, mine)
    sheet = Sheet(card_set=shown, mine=mine, into=into, page=page, pages=len(parts), rows=rows)
    if request.method == "POST":
        return save(request, sheet)
    return answer(request, sheet, was=entering.held(into, shown))


def save(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    form = EntryForm(request.POST.dict(), rows=sheet.rows)
    if form.errors:
        shown = partial(answer, was=form.was, typed=form.typed, errors=form.errors)
        return shown(request, sheet, status=HTTPStatus.BAD_REQUEST)
    into = sheet.into or collecting.first(person(request))
    done = entering.enter(into, sheet.card_set, changes=form.changes())
    if done.changed or not done.overtaken:
        said = f"{done.changed} {'printing' if done.changed == 1 else 'printings'} changed in “{into}”."
        messages.success(request, said if done.changed else "Nothing was changed.")
    sheet = replace(sheet, into=into)
    if not done.overtaken:
        return redirect(sheet.address)
    complaints = {key: OVERTAKEN.format(held=held) for key, held in done.overtaken.items()}
    was = entering.held(into, sheet.card_set)
    return answer(request, sheet, was=was, typed=form.typed, errors=complaints, status=HTTPStatus.CONFLICT)


def answer(  # noqa: PLR0913 -- what a form shows again
    request: HttpRequest,
    sheet: Sheet,
    *,
    was: Mapping[int, int],
    typed: Mapping[int, str] | None = None,
    errors: Mapping[int, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    finishes = sorted({row.finish for row in sheet.rows})
    texts = {key: str(count) for key, count in was.items()} | dict(typed or {})
    context: dict[str, Any] = {
        "sheet": sheet,
        "card_set": sheet.card_set,
        "game": sheet.card_set.game,
        "finishes": finishes,
        "lines": grid(sheet.rows, finishes=finishes, texts=texts, errors=errors or {}),
        "was": " ".join(
            f"{row.printing_id}:{was[row.printing_id]}" for row in sheet.rows if was.get(row.printing_id)
        ),
        "errors": errors or {},
    }
    return render(request, "collections/enter.html", context, status=status)


def grid(
    rows: Sequence[ChecklistRow],
    *,
    finishes: Sequence[str],
    texts: Mapping[int, str],
    errors: Mapping[int, str],
) -> list[Line]:
    lines = []
    for _, group in groupby(rows, key=attrgetter("card_id")):
        card = {row.finish: row for row in group}
        cells = [_cell(card.get(finish), texts=texts, errors=errors) for finish in finishes]
        first = next(iter(card.values()))
        lines.append(Line(name=first.name, number=first.number, cells=cells))
    return lines


def _cell(row: ChecklistRow | None, *, texts: Mapping[int, str], errors: Mapping[int, str]) -> Cell | None:
    if row is None:
        return None
    key = row.printing_id
    return Cell(printing_id=key, finish=row.finish, text=texts.get(key, ""), error=errors.get(key, ""))


def _chosen(request: HttpRequest, mine: Sequence[Collection]) -> Collection | None:
    """The collection asked for, else the oldest. Somebody else's, and a wish list, are not there."""
    asked = request.GET.get("collection", "")
    if not asked:
        return min(mine, key=attrgetter("pk"), default=None)
    for collection in mine:
        if str(collection.pk) == asked:
            return collection
    raise Http404("There is nothing of yours at this address.")


def _page(request: HttpRequest, *, pages: int) -> int:
    asked = request.GET.get("page") or "1"
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= pages):
        raise Http404("There is no such page of this set.")
    return int(asked)
