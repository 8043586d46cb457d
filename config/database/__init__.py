"""The database as Django sees it."""
