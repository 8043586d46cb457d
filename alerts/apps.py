from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts import listening, privacy  # noqa: PLC0415 -- models load only after the apps

        listening.begin()
        privacy.begin()
