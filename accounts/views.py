"""Account pages that allauth does not have, and its list of sessions in fewer queries."""

from typing import Any

from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView

from accounts import sessions, themes
from accounts.forms import PreferencesForm
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = PreferencesForm(request.POST or None, instance=request.user)
    if not form.is_valid():
        return render(request, "accounts/preferences.html", {"form": form})
    user = form.save()
    messages.success(request, "Your preferences are saved.")
    response = redirect("accounts:preferences")
    themes.remember(response, theme=user.theme)
    return response


@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """A visitor's form carries no token, which would be a cookie of every page: its origin will do."""
    if request.user.is_anonymous and _is_ours(request.headers.get("Origin", ""), request):
        return _choose_theme(request)
    return csrf_protect(_choose_theme)(request)


def _is_ours(origin: str, request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return origin in {own, *settings.CSRF_TRUSTED_ORIGINS}


def _choose_theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    if wanted not in User.Theme.values:
        return HttpResponseBadRequest(f"theme must be one of {', '.join(User.Theme.values)}")
    if isinstance(request.user, User):
        themes.choose(request.user, theme=wanted)
    response = redirect(_way_back(request))
    themes.remember(response, theme=wanted)
    return response


class Sessions(ListUserSessionsView):  # type: ignore[misc]
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        # Past allauth's own view: its get_context_data runs the slow listing.
        context = FormView.get_context_data(self, **context)
        assert isinstance(self.request.user, User)
        return {**context, "sessions": sessions.live(self.request.user)}


def _way_back(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else "/"
