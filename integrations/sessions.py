"""Connections that send nothing of ours but what we say, and that a deadline can cut."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from integrations import wire


def new() -> requests.Session:
    session = requests.Session()
    session.headers.update({"Accept": "application/json, */*;q=0.1", "Accept-Encoding": "gzip"})
    session.auth = _keep  # otherwise requests would send the passwords of the user's .netrc
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


class _Adapter(HTTPAdapter):
    """Makes connections that a deadline can cut, through a proxy too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = wire.POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = wire.POOLS
        return manager


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
