"""Who asks from inside: a program on this machine, or one that brings the operator's token."""

from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import authentication

# Behind a proxy on the same machine everyone comes from a loopback address; what it forwards says so.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def is_inside(request: HttpRequest) -> bool:
    return has_token(request) or (is_local(request) and _is_known_host(request))


def has_token(request: HttpRequest) -> bool:
    """Whether it brings METRICS_TOKEN as a bearer; without such a setting nobody does."""
    token: str = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(authentication.sent(request), token)


def is_local(request: HttpRequest) -> bool:
    """Whether a program on this machine asks directly; without an address, a proxy does by its socket."""
    address = request.META.get("REMOTE_ADDR", "")
    return bool(address) and ip_address(address).is_loopback and not any(map(request.META.get, FORWARDED))


def _is_known_host(request: HttpRequest) -> bool:
    """A page on another site cannot have a browser of this machine ask for it under that site's name."""
    try:
        return bool(request.get_host())
    except DisallowedHost:
        return False
