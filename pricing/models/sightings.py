"""What is kept of single listings where a marketplace consented to it in writing, and of that consent."""

from django.db import models
from django.db.models import Q

from catalog.models import Printing
from pricing.models.prices import CONDITIONS, PriceSeries, Source


class Consent(models.Model):
    """What the operator stated of a marketplace's written consent to the use of its prices, and when."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="consents")
    statement = models.TextField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(withdrawn_at=None), name="consent_one_stands"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.recorded_at:%Y-%m-%d}"


class Sighting(models.Model):
    """One listing seen at a marketplace, kept only under its consent: of these, estimates are made.

    `left_out` says why an estimate passes it over; empty for one that counts.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    item_id = models.CharField(max_length=80)
    printing = models.ForeignKey(Printing, models.CASCADE, related_name="+")
    condition = models.CharField(max_length=3, blank=True, choices=CONDITIONS)
    grade = models.CharField(max_length=20, blank=True)
    day = models.DateField(help_text="Of the sale, or the last on which it was offered.")
    price = models.PositiveIntegerField(help_text="With shipping where it is known, in minor units.")
    currency = models.CharField(max_length=3)
    title = models.CharField(max_length=250)
    url = models.URLField(max_length=500)
    left_out = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "item_id"], name="sighting_unique"),
            models.CheckConstraint(condition=Q(price__gt=0), name="sighting_positive"),
        ]
        indexes = [models.Index(fields=["printing", "source", "-day"], name="sighting_of_printing")]

    def __str__(self) -> str:
        return self.title


class Look(models.Model):
    """When a marketplace was last asked about a printing: the one asked about longest ago comes next."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    printing = models.ForeignKey(Printing, models.CASCADE, related_name="+")
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "printing"], name="look_unique")]

    def __str__(self) -> str:
        return f"{self.printing_id} at {self.source_id}"


class Sample(models.Model):
    """How many sightings the newest price of a series rests on, and how many were passed over."""

    series = models.OneToOneField(PriceSeries, models.CASCADE, primary_key=True, related_name="sample")
    day = models.DateField()
    size = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="sample_not_empty")]

    def __str__(self) -> str:
        return f"{self.size} of {self.series_id}"
