"""Curation of the catalogue in the staff's admin: its pages, forms and files."""
