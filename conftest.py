"""What every test may ask for: the cast, signed-in clients, an empty cache."""

# ruff: noqa: ARG001 -- fixtures are asked for by name

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from config.tests import contract

# A busy machine is slow, not wrong: no example is timed. Explaining a failure traces every line, for longer
# than anybody waits where an example is a story with a database.
hypothesis_settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
)
hypothesis_settings.load_profile("house")

PASSWORD = "correct horse battery staple"  # noqa: S105 -- the cast's


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit come last, also in random order: they leave no migrated rows to those after them."""

    def commits(item: pytest.Item) -> bool:
        mark = item.get_closest_marker("django_db")
        is_told = bool(mark and mark.kwargs.get("transaction"))
        return is_told or "transactional_db" in getattr(item, "fixturenames", ())

    items.sort(key=commits)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database can be dropped: who still has it open, such as a server's last thread, is sent home."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True, scope="session")
def own_cache_keys() -> None:
    """Parallel workers share one Redis; a prefix each keeps their keys apart."""
    assert caches["default"]  # opened by an import already, perhaps: close it, so that the prefix counts
    del caches["default"]
    django_settings.CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(autouse=True, scope="session")
def answers_as_described() -> Iterator[None]:
    """Whatever the API answers to any test is held against its document."""
    ask = Client.request

    def held(self: Client, **request: Any) -> Any:
        response = ask(self, **request)
        contract.hold(response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", held)
        yield


@pytest.fixture(autouse=True)
def empty_cache(own_cache_keys: None) -> Iterator[None]:
    yield
    cast("Any", caches["default"]).delete_pattern("*")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> list[str]:
    """Argon2 is slow by design; tests that are not about it need not wait. Returns the real list."""
    real = list(settings.PASSWORD_HASHERS)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return real


def _user(name: str, **fields: Any) -> User:
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def alice(db: None) -> User:
    return _user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return _user("bob")


@pytest.fixture
def carla(db: None) -> User:
    return _user("carla", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True, scope="session")
def no_collected_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests link static files by their plain names: nothing has to be collected first."""
    django_settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django_settings.STORAGES["staticfiles"]["BACKEND"] = plain


@pytest.fixture(autouse=True, scope="session")
def staff_show_a_second_factor() -> None:
    """As in production."""
    django_settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    return signed_in


def signed_in(user: User) -> Client:
    """Staff have just shown their second factor, as if they had one."""
    client = Client()
    client.force_login(user)
    if User.objects.filter(pk=user.pk, is_staff=True).exists():
        shown = client.session
        record_authentication(cast("Any", SimpleNamespace(session=shown)), user, "mfa", reauthenticated=True)
        shown.save()
    return client
