"""Puts the state of the syncs on the admin's first page, whose view is Django's own."""

from django import template

from pricing.health import Health, read

register = template.Library()


@register.simple_tag
def health() -> Health:
    return read()
