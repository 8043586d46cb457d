"""Searches that people keep."""

from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse


class SavedSearch(models.Model):
    """A search as it was asked: its words, and its filters as they stand in the address of the page."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches")
    name = models.CharField(max_length=80)
    q = models.CharField(max_length=500, blank=True)
    filters = models.CharField(max_length=1000, blank=True, help_text="Such as game=pokemon&kind=single.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="savedsearch_name_of_owner_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="savedsearch_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('catalog:search')}?{urlencode(self.asked())}"

    def chosen(self) -> dict[str, str]:
        """The filters by name."""
        return dict(parse_qsl(self.filters))

    def asked(self) -> dict[str, str]:
        """What the search form is filled with."""
        return {"q": self.q} | self.chosen() if self.q else self.chosen()
