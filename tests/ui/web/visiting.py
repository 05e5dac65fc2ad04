"""A visitor without a browser: requests as a browser sends them, or someone with bad intentions."""

from __future__ import annotations

import json
from typing import Any

import httpx

SESSION = "a-visit"


class Visitor:
    """One person's cookies, and the page's events called by name.

    Args:
        url: the server's.
    """

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url.rstrip("/"), timeout=30)

    def sign_in(self, name: str, password: str, next_page: str = "/") -> httpx.Response:
        return self.client.post("/sign-in", data={"name": name, "password": password, "next": next_page})

    def call(self, event: str, data: list[Any], query: str = "") -> dict[str, Any]:
        """Call an event as the page does; what comes back when it is over."""
        dependencies = self.client.get("/config").json()["dependencies"]
        number = next(d["id"] for d in dependencies if d["api_name"] == event)
        body = {"fn_index": number, "data": data, "session_hash": SESSION, "event_data": None, "trigger_id": None}
        self.client.post(f"/gradio_api/queue/join{query}", json=body).raise_for_status()
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": SESSION}) as lines:
            for line in lines.iter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    return dict(message)
        raise AssertionError("the event never ended")

    def upload(self, name: str, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.client.post("/gradio_api/upload", files={"files": (name, content)}, headers=headers)

    def close(self) -> None:
        self.client.close()
