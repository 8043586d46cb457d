"""The photo of a lot: for its owner's eyes only."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.pages import found, members, page, person, sent
from collections_app import photos, queries
from collections_app.forms import PhotoForm
from collections_app.models import Disposal, Lot
from collections_app.views.lots import facts


@members
@require_http_methods(["GET", "HEAD", "POST"])
def lot_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = found(queries.lot, person(request), pk)
    if request.method != "POST":
        return picture(shown)
    if "remove" in request.POST:
        photos.remove(shown)
        messages.success(request, "The photo is removed.")
        return redirect(shown)
    form = PhotoForm(sent(request), request.FILES)
    if form.is_valid():
        try:
            photos.keep(shown, form.cleaned_data["photo"])
        except photos.PhotoError as error:
            form.add_error("photo", str(error))
        else:
            messages.success(request, "The photo is saved.")
            return redirect(shown)
    sold = list(
        Disposal.objects.filter(lot=shown).select_related("sale").order_by("-sale__sold_on", "-sale_id")
    )
    return page(request, "collections/lot.html", form=form, sold=sold, **facts(request, shown))


def picture(shown: Lot) -> HttpResponseBase:
    """Kept by the owner's browser alone, which may not guess another type than ours."""
    if not shown.photo:
        raise Http404("This lot has no photo.")
    try:
        file = shown.photo.open("rb")
    except FileNotFoundError:
        raise Http404("The photo of this lot is lost.") from None
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, content_type="image/webp", headers=headers)
