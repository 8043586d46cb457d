from ipaddress import ip_address, ip_network

import pytest

from integrations.addresses import is_public

# Each range with its neighbours below and above; None where those are refused too.
RANGES = [
    ("0.0.0.0/8", None, "1.0.0.0"),
    ("10.0.0.0/8", "9.255.255.255", "11.0.0.0"),
    ("100.64.0.0/10", "100.63.255.255", "100.128.0.0"),
    ("127.0.0.0/8", "126.255.255.255", "128.0.0.0"),
    ("169.254.0.0/16", "169.253.255.255", "169.255.0.0"),
    ("172.16.0.0/12", "172.15.255.255", "172.32.0.0"),
    ("192.0.0.0/24", "191.255.255.255", "192.0.1.0"),
    ("192.0.2.0/24", "192.0.1.255", "192.0.3.0"),
    ("192.31.196.0/24", "192.31.195.255", "192.31.197.0"),
    ("192.52.193.0/24", "192.52.192.255", "192.52.194.0"),
    ("192.88.99.0/24", "192.88.98.255", "192.88.100.0"),
    ("192.168.0.0/16", "192.167.255.255", "192.169.0.0"),
    ("192.175.48.0/24", "192.175.47.255", "192.175.49.0"),
    ("198.18.0.0/15", "198.17.255.255", "198.20.0.0"),
    ("198.51.100.0/24", "198.51.99.255", "198.51.101.0"),
    ("203.0.113.0/24", "203.0.112.255", "203.0.114.0"),
    ("224.0.0.0/4", "223.255.255.255", None),
    ("240.0.0.0/4", None, None),
    ("::/3", None, None),
    ("2001::/23", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
    ("2001:db8::/32", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
    ("2002::/16", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"),
    ("2620:4f:8000::/48", "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::"),
    ("3fff::/20", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"),
    ("4000::/2", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None),
    ("8000::/1", None, None),
]

REFUSED = {
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.1.2.3",
    "loopback of IPv6": "::1",
    "unspecified": "0.0.0.0",  # noqa: S104 - nothing is bound
    "unspecified of IPv6": "::",
    "private A": "10.1.2.3",
    "private B": "172.31.255.254",
    "private C": "192.168.1.1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local": "169.254.0.1",
    "credentials of a cloud": "169.254.169.254",
    "credentials of a cloud, of IPv6": "fd00:ec2::254",
    "DS-Lite": "192.0.0.1",
    "NAT64 discovery": "192.0.0.170",
    "6to4 relay": "192.88.99.1",
    "benchmark": "198.19.255.255",
    "documentation": "203.0.113.7",
    "multicast": "224.0.0.1",
    "multicast of one organisation": "239.255.255.250",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv4-mapped loopback": "::ffff:127.0.0.1",
    "IPv4-mapped private": "::ffff:10.0.0.1",
    "IPv4-mapped public": "::ffff:8.8.8.8",
    "IPv4-translated": "::ffff:0:127.0.0.1",
    "IPv4-compatible loopback": "::127.0.0.1",
    "IPv4-compatible public": "::8.8.8.8",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of a public address": "64:ff9b::8.8.8.8",
    "NAT64 for local use": "64:ff9b:1::7f00:1",
    "discard": "100::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "benchmark of IPv6": "2001:2::1",
    "ORCHID": "2001:10::1",
    "ORCHID, version 2": "2001:20::1",
    "documentation of IPv6": "2001:db8::1",
    "6to4 of loopback": "2002:7f00:1::",
    "6to4 of a public address": "2002:808:808::1",
    "newer documentation": "3fff:fff:ffff::1",
    "segment routing": "5f00::1",
    "unique local": "fc00::1",
    "unique local, as drawn": "fd12:3456:789a::1",
    "link-local of IPv6": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "public with a zone": "2606:4700:4700::1111%eth0",
    "site-local": "fec0::1",
    "multicast of IPv6": "ff02::1",
    "multicast of the whole internet": "ff0e::1",
}

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "162.159.128.233",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80e::200e",
    "2400:cb00:2048:1::c629:d7a2",
    "2800:3f0:4004:809::200e",
    "2c0f:fb50:4003::1",
]


@pytest.mark.parametrize("network", [network for network, _, _ in RANGES])
def test_a_special_range_is_refused_from_its_first_to_its_last_address(network: str) -> None:
    special = ip_network(network)
    assert [is_public(special[place]) for place in (0, 1, special.num_addresses // 2, -2, -1)] == [False] * 5


@pytest.mark.parametrize("address", [beside for _, *both in RANGES for beside in both if beside])
def test_just_outside_of_a_special_range_the_internet_begins(address: str) -> None:
    assert is_public(ip_address(address)) is True


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_on_the_public_internet_is_refused(kind: str) -> None:
    assert is_public(ip_address(REFUSED[kind])) is False


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_on_the_public_internet_passes(address: str) -> None:
    assert is_public(ip_address(address)) is True


def test_the_operator_may_allow_a_network_and_nothing_beside_it() -> None:
    allowed = [ip_network("192.168.1.0/24"), ip_network("fd00::/8")]
    home = ["192.168.1.0", "192.168.1.255", "fd12::1"]
    beside = ["192.168.0.255", "192.168.2.0", "10.0.0.1", "fc00::1", "::ffff:192.168.1.1", "fd12::1%eth0"]
    assert [is_public(ip_address(address), allowed=allowed) for address in home] == [True] * 3
    assert [is_public(ip_address(address), allowed=allowed) for address in beside] == [False] * 6
    assert is_public(ip_address("8.8.8.8"), allowed=allowed) is True
