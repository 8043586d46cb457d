"""eBay: what is on offer there now, and what was sold where eBay grants that.

eBay's API License Agreement (3 September 2025) rules its use: listings are shown apart from everything else
and at most 6 hours old, no user of eBay is stored, and without eBay's written consent no price is suggested
or modelled from them. Facts of the interfaces: https://developer.ebay.com/api-docs.
"""

from django.conf import settings


def is_on() -> bool:
    """Whether the operator has keys of eBay's."""
    return bool(settings.EBAY_CLIENT_ID and settings.EBAY_CLIENT_SECRET)
