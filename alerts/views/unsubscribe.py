"""Ends alerts by mail for whoever holds one: by a click in the mail program (RFC 8058), or on our page."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from alerts import unsubscribing
from alerts.unsubscribing import OutdatedError, Subscription


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A mail program sends no cookie, so its one request is taken without; nothing else is."""
    try:
        subscription = unsubscribing.read(token)
    except BadSignature:
        raise Http404(
            "This link is not one of ours, or is incomplete. Copy it whole from the mail."
        ) from None
    except OutdatedError:
        raise Http404("Alerts no longer go to the address that this mail was sent to.") from None
    if request.POST.get("List-Unsubscribe") == "One-Click":
        unsubscribing.stop_all(subscription)
        return HttpResponse("You are unsubscribed.", content_type="text/plain")
    return _page(request, subscription)


@csrf_protect
def _page(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Looking at it changes nothing: programs that examine mails follow their links."""
    if request.method != "POST":
        return render(request, "alerts/unsubscribe.html", {"subscription": subscription})
    stop = unsubscribing.stop_rule if "rule" in request.POST else unsubscribing.stop_all
    stop(subscription)
    return redirect(request.path)
