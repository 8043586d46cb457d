"""Prices in Django's own templates, written as everywhere."""

from django import template

from pricing import formats

register = template.Library()


@register.filter
def money(amount: int | None, currency: str) -> str:
    """`{{ amount|money:currency }}` of minor units; without a currency an amount means nothing."""
    return formats.money(amount, currency) if currency else formats.UNKNOWN
