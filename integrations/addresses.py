"""Which addresses are on the public internet, and may therefore be called for a user."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PUBLIC: Final = tuple(map(ip_network, ("0.0.0.0/0", "2000::/3")))
_SPECIAL: Final = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a carrier's customers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, where clouds keep their credentials
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # automatic multicast tunnels
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which wraps any IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: Address, *, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is on the public internet, or in a network that the operator allows.

    Refused is every range of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), every
    multicast address, and of IPv6 all but the global unicast space 2000::/3 (IANA IPv6 Address Space), so
    that nothing that wraps an IPv4 address passes: IPv4-mapped, IPv4-compatible, NAT64, 6to4, Teredo. An
    address with a zone is local to one machine's link. `ipaddress` itself is no judge of this: `is_private`
    denies 100.64.0.1, and `is_global` affirms the NAT64 form of 127.0.0.1.
    """
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    if _lies_in(address, allowed):
        return True
    return _lies_in(address, _PUBLIC) and not _lies_in(address, _SPECIAL)


def _lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
