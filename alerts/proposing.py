"""What a new rule about a printing begins with."""

from alerts import drawing, watching
from alerts.editing import today
from alerts.models import Alert
from pricing.models import LatestPrice

DIGITS = 2  # of a round price


def threshold(printing_id: int, *, currency: str) -> int | None:
    """A round price about a tenth below today's, in minor units; None while there is none."""
    watched = [series for _, series in watching.series_of([Alert(printing_id=printing_id)])]
    latest = LatestPrice.objects.select_related("series").filter(series__in=watched).first()
    if latest is None:
        return None
    price = drawing.converted(latest.market, latest.series.currency, currency, day=today())
    return rounded(price * 9 // 10) if price else None


def rounded(amount: int) -> int:
    """Down to its first digits: 29,700 is 29,000."""
    unit: int = 10 ** max(0, len(str(amount)) - DIGITS)
    return max(1, amount // unit * unit)
