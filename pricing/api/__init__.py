"""The public read API of prices: many at once, their history, what rates convert them. docs/prices-api.md."""
