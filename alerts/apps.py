from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts import following, listening, privacy  # noqa: PLC0415 -- models load only after the apps

        following.begin()
        listening.begin()
        privacy.begin()
