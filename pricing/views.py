"""Pages and addresses of prices that belong to no card's page: offers at eBay, and notices from eBay."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from catalog import queries as catalogue
from catalog.models import Printing
from integrations.ebay import notices
from integrations.errors import MarketError
from pricing import offers


@never_cache
@require_safe
def printing_offers(request: HttpRequest, pk: int) -> HttpResponse:
    """What is on offer at eBay now; a part of the card's page when that asks for it."""
    if not offers.are_on():
        raise Http404("This site does not ask eBay.")
    try:
        printing = catalogue.printing(pk)
    except Printing.DoesNotExist:
        raise Http404("There is no such printing here.") from None
    template = "_offers.html" if request.headers.get("HX-Request") == "true" else "offers.html"
    context = {"printing": printing, "card": printing.card, "offers": offers.of(printing)}
    response = render(request, template, context)
    response["X-Robots-Tag"] = "noindex, nofollow"  # each visit may cost one of the day's requests to eBay
    response["Vary"] = "HX-Request"
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def ebay_account_deletion(request: HttpRequest) -> HttpResponse:
    """Where eBay tells of deleted accounts; see integrations.ebay.notices. We store nothing of its users."""
    if not (settings.EBAY_DELETION_TOKEN and settings.EBAY_DELETION_ENDPOINT):
        raise Http404("This site takes no notices from eBay.")
    if request.method == "GET":
        return _challenged(request.GET.get("challenge_code", ""))
    try:
        is_signed = notices.verify(request.body, request.headers.get("X-EBAY-SIGNATURE", ""))
    except MarketError:
        return HttpResponse(status=500)  # eBay sends it again
    return HttpResponse(status=204 if is_signed else 412)


def _challenged(code: str) -> HttpResponse:
    if not 0 < len(code) <= 200:
        return JsonResponse({"detail": "challenge_code is missing"}, status=400)
    answer = notices.challenge_response(
        code, token=settings.EBAY_DELETION_TOKEN, endpoint=settings.EBAY_DELETION_ENDPOINT
    )
    return JsonResponse({"challengeResponse": answer})
