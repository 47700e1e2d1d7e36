"""Test helpers for r1-entitlements-mock, a simulator of the RUCKUS One Entitlements API.

With pytest, use the fixture `r1mock`; elsewhere, start a :class:`Server` and make sandboxes on it::

    with Server.start() as server, server.sandbox(scenario="expiring") as mock:
        my_client(mock.url, mock.token())
        mock.advance("40d")
        mock.verify("GET", "/banners", count=1)
"""

from .aio import AsyncR1Mock
from .client import Fault, R1Mock, Snapshot
from .errors import R1MockError, VerificationError
from .server import Server, find_binary

__all__ = [
    "AsyncR1Mock",
    "Fault",
    "R1Mock",
    "R1MockError",
    "Server",
    "Snapshot",
    "VerificationError",
    "find_binary",
]
