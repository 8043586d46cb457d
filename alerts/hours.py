"""When a person wants to be told."""

from datetime import time
from typing import Final
from zoneinfo import available_timezones

from accounts.models import User
from alerts.models import Hours

ZONES: Final = tuple(sorted(available_timezones()))


def keep(owner: User, *, time_zone: str, quiet_from: time, quiet_until: time, digest_at: time) -> Hours:
    """From the next message on; equal times mean no quiet hours. The zone is one of ZONES."""
    said = {
        "time_zone": time_zone,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "digest_at": digest_at,
    }
    return Hours.objects.update_or_create(owner=owner, defaults=said)[0]
