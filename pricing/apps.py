from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"

    def ready(self) -> None:
        from pricing import following, listening, saving  # noqa: PLC0415 -- models load only after the apps

        following.begin()
        listening.begin()
        saving.begin()
