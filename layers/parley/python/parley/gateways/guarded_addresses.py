"""Which network addresses a URL of somebody else's choice may lead to: public ones, in their plain form."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Not even for local work: metadata of the machine, and what is no single machine's.
_NEVER_V4 = (
    IPv4Network("169.254.0.0/16"),  # link-local, with the metadata of most clouds
    IPv4Network("224.0.0.0/4"),  # multicast
    IPv4Network("255.255.255.255/32"),
)
_NEVER_V6 = (
    IPv6Network("fe80::/10"),  # link-local
    IPv6Network("ff00::/8"),  # multicast
    IPv6Network("fd00:ec2::/32"),  # the metadata of AWS
)

# Beyond what the standard library holds for not global, by the registries of special-purpose addresses:
# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
_NOT_PUBLIC_V4 = (
    IPv4Network("100.64.0.0/10"),  # behind carriers' NAT, and the metadata of one cloud
    IPv4Network("168.63.129.16/32"),  # the host agent of one cloud
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("240.0.0.0/4"),
)
_PUBLIC_V6 = IPv6Network("2000::/3")  # all that is given out as global unicast
_NOT_PUBLIC_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
)

# Translators put the IPv4 address into the last 32 bits. A network with NAT64 has public services under the
# first (RFC 6052), and nobody but the network itself under the second (RFC 8215).
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = IPv6Network("::/96")


def is_allowed(address: str, *, allow_private: bool) -> bool:
    """`allow_private` opens all but link-local, multicast and metadata addresses, in any dress."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_allowed_v4(parsed, allow_private=allow_private)
    if any(parsed in network for network in _NEVER_V6):
        return False
    embedded = _embedded(parsed)
    if embedded and not _is_allowed_v4(embedded, allow_private=allow_private):
        return False
    return allow_private or parsed in _NAT64 or _is_public_v6(parsed)


def _is_allowed_v4(address: IPv4Address, *, allow_private: bool) -> bool:
    if any(address in network for network in _NEVER_V4):
        return False
    is_public = address.is_global and not any(address in network for network in _NOT_PUBLIC_V4)
    return allow_private or is_public


def _is_public_v6(address: IPv6Address) -> bool:
    is_plain = address.is_global and address.scope_id is None
    return is_plain and address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a machine with the mapping or the tunnel in question would really speak to."""
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in (_NAT64, _LOCAL_NAT64, _COMPATIBLE)):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
