"""Attempts: a count of those who only guess a password."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ui.web.auth.accounts import normal

_WINDOW = 15  # minutes


class Attempts:
    """Counts failed attempts, from an address on a name and from an address on all; both only for a while.

    An address alone never locks a user out: others may still sign in from theirs.
    """

    def __init__(self) -> None:
        self._counts = MovingWindowRateLimiter(MemoryStorage())
        self._for_name = RateLimitItemPerMinute(5, _WINDOW)
        self._for_all = RateLimitItemPerMinute(30, _WINDOW)

    def wait(self, address: str, name: str) -> int:
        """Count an attempt before it is checked.

        Returns:
            0 where it may be checked, else the minutes until another one may.
        """
        who, name = _network(address), normal(name)[:64]
        if not self._counts.test(self._for_all, who):
            return self._left(self._for_all, who)
        if not self._counts.hit(self._for_name, who, name):
            return self._left(self._for_name, who, name)
        return 0

    def failed(self, address: str) -> None:
        """Count an attempt that failed."""
        self._counts.hit(self._for_all, _network(address))

    def succeeded(self, address: str, name: str) -> None:
        """Forget the attempts on a name: the last one was the user's own, so those before it were too."""
        self._counts.clear(self._for_name, _network(address), normal(name)[:64])

    def _left(self, item: RateLimitItemPerMinute, *names: str) -> int:
        return max(1, math.ceil((self._counts.get_window_stats(item, *names).reset_time - time.time()) / 60))


def _network(address: str) -> str:
    """An address, or for IPv6 the network that one customer gets whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
