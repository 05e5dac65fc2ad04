"""How arXiv's API is asked: with its three seconds between requests, patience where it says so, and clear errors."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import requests

from vectorstore.errors import FetchError
from vectorstore.http import retry_after
from vectorstore.text.cleaning import clean

PAUSE = 3.0
"""Seconds between two requests, as arXiv's terms of use ask."""

LONGEST_WAIT = 600
"""Seconds; where arXiv asks for more, it is better to come back later."""

_TIMEOUTS = (15, 90)  # seconds to connect, and without a byte; a page of 500 papers takes arXiv up to a minute
_BUSY = (429, 503)
_ERROR_ENTRY = re.compile(rb"<id>[^<]*/api/errors[^<]*</id>")
_SUMMARY = re.compile(rb"<summary[^>]*>([^<]*)</summary>")


class PoliteSession(requests.Session):
    """A session that keeps a pause between requests and turns failures into those that the package tries again.

    Args:
        pause: seconds between the end of one request and the next.
        tell: told when it waits for arXiv.
    """

    def __init__(self, pause: float, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._pause = pause
        self._tell = tell
        self._next = 0.0
        self._answered = False

    def get(self, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]
        """Ask for a page.

        Raises:
            FetchError: arXiv cannot be reached, refuses the request, or wants to be left alone for long.
            requests.ConnectionError: it may work the next time.
        """
        time.sleep(max(0.0, self._next - time.monotonic()))
        try:
            response = super().get(url, timeout=_TIMEOUTS, **options)
            content = response.content
        except requests.RequestException as error:
            if not self._answered:
                raise FetchError(
                    f"arXiv cannot be reached ({_cause(error)}). Check the network and run this again; listings that "
                    "are on this machine can be read without it."
                ) from error
            raise requests.ConnectionError(error) from error
        finally:
            self._next = time.monotonic() + self._pause
        self._answered = True
        if response.status_code in _BUSY:
            self._wait(response)
        elif 400 <= response.status_code < 500 or _ERROR_ENTRY.search(content):
            blocked = response.status_code in (401, 403)
            advice = (
                "It may have closed itself to this network; try later" if blocked else "Correct it, and run it again"
            )
            raise FetchError(f"arXiv refused the request: {_reason(response)}. {advice}.")
        elif response.ok and not content.rstrip().endswith(b"</feed>"):
            # Python's reader would take half an abstract for a whole one.
            raise requests.ConnectionError("the page is cut off")
        return response

    def _wait(self, response: requests.Response) -> None:
        seconds = retry_after(response.headers.get("Retry-After")) or 0.0
        if seconds > LONGEST_WAIT:
            raise FetchError(
                f"arXiv asks to be left alone for {seconds / 60:.0f} minutes. Run the same command again then: it goes "
                "on from where it stopped."
            )
        if seconds > self._pause:
            self._tell(f"arXiv is busy and asks to wait {seconds:.0f} seconds")
        self._next = max(self._next, time.monotonic() + seconds)


def _reason(response: requests.Response) -> str:
    """What arXiv says of a request that it refuses: the summary of the one entry of such a feed, else the status."""
    said = _SUMMARY.search(response.content) if _ERROR_ENTRY.search(response.content) else None
    text = clean(said[1].decode("utf-8", "replace"))[:300].rstrip(". ") if said else ""
    return text or f"HTTP {response.status_code} {clean(response.reason or '')}".strip()


def _cause(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    text = str(error)
    if "NameResolutionError" in text or "getaddrinfo" in text:
        return "its name is not found: there seems to be no network"
    if "Connection refused" in text:
        return "the connection was refused"
    return clean(text)[:200]
