"""The whole site under load: how much it takes, and what becomes of it when its parts are killed."""
