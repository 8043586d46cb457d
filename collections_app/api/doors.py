"""The decorator of every endpoint here: keys need `collections:read` or `collections:write`."""

from accounts.endpoints import endpoint_of

endpoint = endpoint_of("collections")
