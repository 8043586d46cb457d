from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import admission, journal  # noqa: PLC0415 -- models load only after the apps

        admission.begin()
        journal.begin()
