"""What every HTTP client of ours needs to know: is a server on this machine, whom to trust, when to come back."""

from __future__ import annotations

import ipaddress
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine.

    >>> is_loopback("http://localhost:11434"), is_loopback("https://api.openai.com/v1")
    (True, False)
    """
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def trusted() -> ssl.SSLContext:
    """The authorities whose certificates are trusted, read once: that takes longer than many a request."""
    import httpx  # which who only asks for an address's place need not wait for

    return httpx.create_ssl_context()


def retry_after(stated: str | None) -> float | None:
    """How many seconds a server asks to wait: `Retry-After` is a number of them or a date; None where it is neither.

    >>> retry_after("120"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), retry_after("soon")
    (120.0, 0.0, None)
    """
    if stated is None:
        return None
    if stated.strip().isdecimal():
        return float(stated)
    try:
        day = parsedate_to_datetime(stated)
        return max((day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
