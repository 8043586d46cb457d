"""Is the address free? Asked before anything heavy happens, with the standard library only."""

import errno
import os
import socket
import sys

from local import Refusal

LAST = 65535


def chosen_address() -> tuple[str, int]:
    """HOST and PORT of the environment. Raises Refusal when the port is no port."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) <= LAST:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def require_free(host: str, port: int) -> None:
    """Raises Refusal when the address cannot be listened on."""
    try:
        if port > LAST:  # the system would take it for another
            raise OSError(errno.EINVAL, "there is no such port")  # noqa: TRY301
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As web servers do: a port that lingers from a program that has ended counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refusal(
            f"Port {port} on {host} cannot be used ({error.strerror}): choose another PORT or HOST, as in"
            f" `make run PORT={port + 1 if port < LAST else 8000}`."
        ) from error


def near(host: str, port: int) -> int:
    """The next port if it is free, else any that is."""
    try:
        require_free(host, port + 1)
    except Refusal:
        return any_free(host)
    return port + 1


def any_free(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    try:
        require_free(*chosen_address())
    except Refusal as refusal:
        sys.exit(str(refusal))
