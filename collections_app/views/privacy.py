"""What we know of a person: to take away, or to be forgotten. These pages are part of the account's."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from accounts.pages import members, person
from collections_app import privacy
from collections_app.paper_forms import GoodbyeForm
from collections_app.views.papers import attached


@members
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/data.html", {"holdings": privacy.holdings_of(person(request))})


@members
@require_POST
def data_download(request: HttpRequest) -> HttpResponseBase:
    journal.note(person(request), journal.Kind.EXPORTED, said="everything", request=request)
    archive = StreamingHttpResponse(privacy.everything(person(request)), content_type="application/zip")
    return attached(archive, filename=f"tcg-price-tracker-{now().date()}.zip")


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Asks for the password anew unless that was just now: an open browser must not be enough."""
    user = person(request)
    form = GoodbyeForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        try:
            privacy.forget(user)
        except privacy.StaffError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, "Your account and everything in it is deleted. Goodbye!")
            return redirect("catalog:home")
    context = {"form": form, "holdings": privacy.holdings_of(user)}
    return render(request, "accounts/delete.html", context, status=400 if form.errors else 200)
