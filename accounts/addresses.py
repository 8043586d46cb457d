"""Where a request comes from."""

from ipaddress import ip_address, ip_network

from allauth.core.internal.httpkit import clean_client_ip, get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest


def of(request: HttpRequest) -> str | None:
    """The address that the outermost of TRUSTED_PROXY_COUNT proxies saw; None where there is none.

    What stands further left in X-Forwarded-For is the caller's own invention. Who names fewer hops than there
    are proxies came past them, so the address at the other end of the connection counts.
    """
    try:
        found: str | None = get_client_ip(request)
    except ImproperlyConfigured:
        found = clean_client_ip(request.META.get("REMOTE_ADDR", ""))
    return found


def network(address: str) -> str:
    """What is counted as one. Whoever has one address of IPv6 has all of its /64."""
    if ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/64", strict=False))
