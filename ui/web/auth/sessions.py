"""Sessions: a signed cookie that says who someone is, and a count of those who only guess."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Mapping

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ui.web.auth.accounts import Accounts, normal

COOKIE = "arxivqa"
DAYS = 30
_WINDOW = 15  # minutes


class Sessions:
    """Makes and reads the cookie. Nothing is kept on the server, so a restart ends no session.

    Args:
        accounts: a session ends when its user is removed or has another password.
        secret: what the cookie is signed with.
    """

    def __init__(self, accounts: Accounts, secret: bytes) -> None:
        self._accounts = accounts
        self._signer = URLSafeTimedSerializer(secret, salt="arxivqa sign-in")

    def begin(self, name: str) -> str:
        """The cookie of a user who has just signed in."""
        name = normal(name)
        return str(self._signer.dumps([name, self._accounts.mark(name)]))

    def user(self, cookies: Mapping[str, str]) -> str | None:
        """Who sent these cookies; None for nobody, or for one who must sign in again."""
        try:
            name, mark = self._signer.loads(cookies.get(COOKIE, ""), max_age=DAYS * 24 * 3600)
        except (BadData, ValueError, TypeError):
            return None
        return name if isinstance(name, str) and mark and mark == self._accounts.mark(name) else None


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
        """The attempt failed."""
        self._counts.hit(self._for_all, _network(address))

    def succeeded(self, address: str, name: str) -> None:
        """The attempt was the user's own, so those before it were too."""
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
