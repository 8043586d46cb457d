import os
import socket
import subprocess
import sys

import pytest

from local import Refusal
from local.instance import CHECKOUT
from local.port import chosen_address, near, require_free


def test_the_standard_address_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    assert chosen_address() == ("127.0.0.1", 8000)


@pytest.mark.parametrize("port", ["", "web", "0", "65536", "-1", "80.0"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Refusal, match="PORT must be a number from 1 to 65535"):
        chosen_address()


def test_a_taken_port_is_one_plain_sentence_before_anything_else_happens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        env = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "PYTHON": sys.executable}
        done = subprocess.run(
            ["make", "run"], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
        )
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode != 0
    assert done.stdout == ""
    sentence = (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use): choose another PORT or HOST"
    )
    assert said == [f"{sentence}, as in `make run PORT={port + 1}`."]


def test_a_port_is_free_again_when_its_program_has_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            pass  # leaves the connection in TIME_WAIT
    require_free("127.0.0.1", port)


def test_the_port_beside_is_the_next_or_any_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        found = near("127.0.0.1", taken - 1)
        assert found not in {taken, 0}
        require_free("127.0.0.1", found)
    assert near("127.0.0.1", taken - 1) == taken
    assert 0 < near("127.0.0.1", 65535) < 65535
