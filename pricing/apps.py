from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"

    def ready(self) -> None:
        from pricing import listening  # noqa: PLC0415 -- models load only after the apps

        listening.begin()
