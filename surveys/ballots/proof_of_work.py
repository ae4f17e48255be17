"""When one address sends open-link ballots in a flood: a proof of work, and nobody is shut out.

A lecture hall, or a whole campus behind one address, stays under the limit. Above it a ballot must bring a number that
takes some 2^bits tries to find (after Hashcash, Back 2002): once, that is nothing; for whoever sends thousands it is a
core for each few ballots a second. Without JavaScript one waits for the next minute.
"""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv6Address, ip_address

_WITH_PORT = re.compile(r"^(?:\[([^\]]*)\]|([0-9.]+))(?::\d+)?$")


def has_proof(token: str, proof: str, bits: int) -> bool:
    """Whether SHA-256 of "TOKEN:PROOF" begins with so many zero bits. `token` is the ballot token's text."""
    if not 0 < len(proof) <= 20 or not proof.isascii():
        return False
    digest = hashlib.sha256(f"{token}:{proof}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def sender_of(address: str) -> str:
    """What counts as one sender: an IPv4 address (also as IPv6 maps it), or the /64 that one IPv6 line has."""
    bare = _WITH_PORT.sub(r"\1\2", address.strip())  # some proxies write the port too
    try:
        parsed = ip_address(bare)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return parsed.packed[:8].hex(":", 2)
    return str(parsed)
