"""`python deploy/probe.py PORT PATH`: ends well when that answers 200 within five seconds.

The image has no curl; this needs the standard library only, so that a probe costs little.
"""

import http.client
import sys


def main(port: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"{path} on port {port} does not answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        print(f"{path} on port {port} answers {status}", file=sys.stderr)
    return int(status != http.client.OK)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
