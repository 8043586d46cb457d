"""What the answers that `alerts.payloads` writes look like."""

from rest_framework import serializers

from accounts.describing import Page, Shape
from alerts import models, queries
from catalog.shapes import CardName, GameName, SetName
from pricing.shapes import Currency, Decimal, Money


class WatchedPrinting(CardName):
    id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    finish = serializers.CharField()
    set = SetName()
    game = GameName()
    url = serializers.CharField()


class WatchedSet(SetName):
    game = GameName()
    url = serializers.CharField()


class WatchedCollection(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class WatchedSearch(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    q = serializers.CharField()


class Standing(Shape):
    """How far the nearest price is from firing: `away` is the change in percent that takes it to `mark`."""

    printing = WatchedPrinting(allow_null=True)
    price = Money(allow_null=True)
    mark = Money(allow_null=True)
    away = Decimal(allow_null=True)
    waits = serializers.BooleanField(help_text="The price has to go back across `mark` first.")
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    is_demo = serializers.BooleanField()


class Alert(Shape):
    """Of `printing`, `set`, `collection` and `search` three are null."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=models.Alert.Kind.values)
    rule = serializers.CharField()
    state = serializers.ChoiceField(choices=list(queries.STATES))
    trouble = serializers.CharField(help_text="Why its search finds nothing, and it is paused until it does.")
    url = serializers.CharField()
    printing = WatchedPrinting(allow_null=True)
    condition = serializers.CharField()
    grade = serializers.CharField()
    set = WatchedSet(allow_null=True)
    collection = WatchedCollection(allow_null=True)
    search = WatchedSearch(allow_null=True)
    threshold = Money(allow_null=True)
    percent = Decimal(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    least = Money(allow_null=True)
    currency = Currency()
    rearms = serializers.BooleanField()
    margin = Decimal()
    timing = serializers.ChoiceField(choices=models.Alert.Timing.values)
    channel_ids = serializers.ListField(child=serializers.IntegerField())
    expires_on = serializers.DateField(allow_null=True)
    finished_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    watched = serializers.IntegerField(help_text="How many price series it looks at.")
    events = serializers.IntegerField()
    last_event_on = serializers.DateField(allow_null=True)
    standing = Standing(allow_null=True)


class Alerts(Page):
    results = Alert(many=True)


class EventAlert(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    rule = serializers.CharField()


class Correction(Shape):
    """What the price really was; withdrawn where the rule would not have fired."""

    price = Money(allow_null=True)
    is_withdrawn = serializers.BooleanField()


class Event(Shape):
    id = serializers.IntegerField()
    alert = EventAlert()
    printing = WatchedPrinting(allow_null=True)
    condition = serializers.CharField()
    grade = serializers.CharField()
    day = serializers.DateField()
    created_at = serializers.DateTimeField()
    is_read = serializers.BooleanField()
    price = Money()
    before = Money(allow_null=True)
    percent = Decimal(allow_null=True)
    level = Money(allow_null=True, help_text="What the price was held against.")
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    is_demo = serializers.BooleanField()
    correction = Correction(allow_null=True)


class Inbox(Page):
    unread = serializers.IntegerField()
    results = Event(many=True)


class Fire(Shape):
    printing_id = serializers.IntegerField()
    price = Money()
    before = Money(allow_null=True)


class TrialDay(Shape):
    day = serializers.DateField()
    fires = Fire(many=True)


class Trial(Shape):
    since = serializers.DateField()
    until = serializers.DateField()
    known_since = serializers.DateField(allow_null=True)
    series = serializers.IntegerField()
    tried = serializers.IntegerField()
    count = serializers.IntegerField()
    lowest = Money(allow_null=True)
    highest = Money(allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    is_demo = serializers.BooleanField()
    results = TrialDay(many=True)


class Attempt(Shape):
    """One attempt to tell of an alert."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=models.Attempt.Outcome.values)
    code = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField()


class LoggedChannel(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=models.Channel.Kind.values)
    name = serializers.CharField()


class LoggedAttempt(Attempt):
    delivery_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=models.Delivery.Kind.values)
    event_id = serializers.IntegerField(allow_null=True)
    edition = serializers.IntegerField()
    channel = LoggedChannel()


class Log(Shape):
    results = LoggedAttempt(many=True)


class Channel(LoggedChannel):
    address = serializers.CharField()
    is_on = serializers.BooleanField()
    off_reason = serializers.CharField()
    failures = serializers.IntegerField()
    alerts = serializers.IntegerField(help_text="How many use it.")
    created_at = serializers.DateTimeField()


class NewChannel(Channel):
    secret = serializers.CharField(required=False, help_text="Of a webhook; shown this once.")


class Channels(Shape):
    results = Channel(many=True)


class Secret(Shape):
    secret = serializers.CharField()


class Hours(Shape):
    """Equal times mean no quiet hours."""

    time_zone = serializers.CharField()
    quiet_from = serializers.RegexField(r"^\d\d:\d\d$")
    quiet_until = serializers.RegexField(r"^\d\d:\d\d$")
    digest_at = serializers.RegexField(r"^\d\d:\d\d$")
