"""The service worker that shows pushed messages: at the root, so that it is there for the whole site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

SCRIPT = settings.BASE_DIR / "static" / "js" / "push-worker.js"


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for it anew at each visit, so that a release reaches them."""
    script = SCRIPT.read_text(encoding="utf-8")
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
