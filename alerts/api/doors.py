"""The decorator of every endpoint here: keys need `alerts:read` or `alerts:write`."""

from accounts.endpoints import endpoint_of

endpoint = endpoint_of("alerts")
