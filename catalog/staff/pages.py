"""An act in two steps: what would follow from it is said before it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from catalog.curation import MOST, CannotCurateError

SHOWN = 50  # of the chosen rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One action on chosen rows. `form` is made with the rows and what was posted.

    `foresee` says what would follow, `do` what followed; both may raise CannotCurateError.
    """

    name: str
    title: str
    button: str
    form: Callable[..., forms.Form]
    foresee: Callable[[dict[str, Any]], Sequence[str]]
    do: Callable[[dict[str, Any]], str]
    warning: str = ""
    template: str = "admin/catalog/act.html"
    extra: dict[str, Any] = field(default_factory=dict)


def perform(
    admin: ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Any], *, act: Act
) -> TemplateResponse | None:
    """The page that asks, or the act itself once what was foreseen is confirmed as it was shown."""
    if queryset.count() > MOST:
        admin.message_user(request, f"Choose at most {MOST:,} at once.", messages.ERROR)
        return None
    form = act.form(request.POST if "asked" in request.POST else None, rows=queryset)
    foreseen: Sequence[str] = ()
    if form.is_valid():
        try:
            if "confirmed" in request.POST and request.POST.get("foreseen") == shape(form):
                admin.message_user(request, act.do(form.cleaned_data), messages.SUCCESS)
                return None
            foreseen = act.foresee(form.cleaned_data)
        except CannotCurateError as error:
            form.add_error(None, str(error))
    return TemplateResponse(
        request, act.template, _context(admin, request, queryset, act=act, form=form, foreseen=foreseen)
    )


def shape(form: forms.Form) -> str:
    """What the form asks for: a confirmation counts only for that."""
    return repr(sorted((name, str(value)) for name, value in form.cleaned_data.items()))


def _context(  # noqa: PLR0913 -- what a page shows
    admin: ModelAdmin[Any],
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    act: Act,
    form: forms.Form,
    foreseen: Sequence[str],
) -> dict[str, Any]:
    chosen = list(queryset[:SHOWN])
    return {
        **admin.admin_site.each_context(request),
        "title": act.title,
        "opts": admin.opts,
        "media": admin.media + form.media,
        "act": act,
        "form": form,
        "foreseen": foreseen,
        "shape": shape(form) if foreseen else "",
        "rows": chosen,
        "more": max(queryset.count() - len(chosen), 0),
        "keys": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "index": request.POST.get("index", "0"),
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        **act.extra,
    }
