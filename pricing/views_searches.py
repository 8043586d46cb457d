"""Saved searches: the page that lists them, and what renames and deletes one."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.pages import found, members, page, person, sent
from catalog import queries
from catalog.forms import SearchForm
from catalog.grammar import ParseError
from pricing import saving


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return save(request)
    return listed(request, form=NameForm(), kept={})


def save(request: HttpRequest) -> HttpResponse:
    """Of the page of results: its words and filters, under the name beside the button."""
    asked = SearchForm(request.POST, games=queries.games())
    form = NameForm(request.POST)
    kept = {name: request.POST.get(name, "") for name in ("q", *saving.FILTERS)}
    if not asked.is_valid():
        form.add_error(None, "This search cannot be saved: it is not understood.")
    elif form.is_valid():
        facts = saving.Facts(name=form.cleaned_data["name"], q=asked.cleaned_data["q"], filters=kept)
        try:
            made = saving.save(person(request), facts)
        except (saving.SaveError, ParseError) as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{made}” is saved.")
            return redirect("pricing:searches")
    return listed(request, form=form, kept=kept)


def listed(request: HttpRequest, *, form: NameForm, kept: dict[str, str]) -> HttpResponse:
    context = {"searches": saving.of(person(request)), "form": form, "kept": kept, "most": saving.MOST}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "searches/index.html", context, status=status)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    search = found(saving.one, person(request), pk)
    form = NameForm(sent(request), initial={"name": search.name})
    if form.is_bound and form.is_valid():
        try:
            saving.rename(search, form.cleaned_data["name"])
        except saving.SaveError as error:
            form.add_error("name", str(error))
        else:
            return redirect("pricing:searches")
    return page(request, "searches/rename.html", form=form, search=found(saving.one, person(request), pk))


@members
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    search = found(saving.one, person(request), pk)
    if request.method == "POST":
        search.delete()
        messages.success(request, f"“{search}” is deleted.")
        return redirect("pricing:searches")
    context = {"search": search, "alerts": search.alerts.count()}
    return render(request, "searches/delete.html", context)
