"""The checks that every request passes before the pages, and the headers that keep the browser on this server."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The browser itself refuses what would leave the machine. Gradio's own scripts need the two 'unsafe' words.
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_COOKIE = "arxivqa"
_DAYS = 30
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_UPLOAD = "/gradio_api/upload"
_BLOCKED = (
    "/login",
    "/logout",
    "/monitoring",
    *(f"/gradio_api/{name}" for name in ("api/", "call", "deep_link", "dev", "file=http", "process", "proxy", "vibe")),
)

# A form's own bytes, such as the boundaries between its files.
_ENVELOPE = 64 * 1024
_LARGEST_REQUEST = 8 << 20  # the pages send questions and choices


class SecurityHeaders:
    """Adds the headers to every answer of the server; an answer that brings its own keeps them.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_confined if scope["type"] == "http" else send)


class OriginCheck:
    """Refuses what another site's page makes the browser send, also under a name that leads to this address.

    Starlette's TrustedHostMiddleware would check the name, but its refusal does not say what to do.

    Args:
        app: what answers.
        hosts: the names under which the page may be called; None for any, as where it is bound to an address.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self.app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return PlainTextResponse(
                "This page is for the machine that it runs on, under 127.0.0.1 or localhost. To let others in, make "
                "users (arxivqa users add NAME) and start it with --host.",
                421,
            )
        if scope["method"] in _SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return PlainTextResponse("This request came from another site, so nothing was done.", 403)
        return None


class BlockedPaths:
    """Refuses what Gradio serves and the pages do not need.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        blocked = scope["type"] == "http" and scope["path"].startswith(_BLOCKED)
        await (PlainTextResponse("There is nothing here.", 404) if blocked else self.app)(scope, receive, send)


class SignedSession:
    """Keeps `request.session` in a signed cookie: Starlette's, marked Secure where the request came over HTTPS.

    Args:
        app: what answers.
        secret: what the cookie is signed with.
    """

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._plain, self._secure = (
            SessionMiddleware(app, secret, _COOKIE, max_age=_DAYS * 24 * 3600, same_site="lax", https_only=https)
            for https in (False, True)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._secure if scope.get("scheme") == "https" else self._plain)(scope, receive, send)


class RequireLogin:
    """Lets in who is signed in, and everyone to the paths that are open. A page leads to the sign-in page instead.

    Gradio's own check covers only a part of its paths, so this stands before all of them.

    Args:
        app: what answers.
        user: tells who sent a request; None for nobody.
        open_paths: what may be asked for without signing in.
        entrance: the address of the sign-in page for one who wanted to see a path.
    """

    def __init__(
        self,
        app: ASGIApp,
        user: Callable[[Scope], str | None],
        open_paths: frozenset[str],
        entrance: Callable[[str], str],
    ) -> None:
        self.app = app
        self._user = user
        self._open = open_paths
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nobody serves what is neither a request nor the server's own start and stop, such as a web socket.
        allowed = scope["type"] == "lifespan" or (
            scope["type"] == "http" and (scope["path"] in self._open or self._user(scope) is not None)
        )
        await (self.app if allowed else self._refusal(scope))(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        wants_page = scope.get("method") == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        if not wants_page:
            return JSONResponse({"detail": "Sign in first."}, 401)
        query = scope["query_string"].decode("ascii", "replace")
        return RedirectResponse(self._entrance(f"{scope['path']}?{query}" if query else scope["path"]), 303)


class MaxBodySize:
    """Refuses what is too long before any of it is kept: uploads past their limit, and requests that carry no files.

    Args:
        app: what answers.
        limit: how many bytes the files of one upload may have together.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        upload = scope["path"].rstrip("/") == _UPLOAD
        limit = self._limit if upload else _LARGEST_REQUEST
        stated = Headers(scope=scope).get("content-length", "")
        if not stated.isdecimal():  # no browser does that, and nothing would hold the sender to an end
            return PlainTextResponse("Say how long the request is.", 411)
        if int(stated) <= limit + _ENVELOPE:
            return None
        what = "Together these files are" if upload else "This request is"
        return PlainTextResponse(f"{what} larger than {limit / (1 << 20):,.0f} MB. Send less at once.", 413)


def _name(host: str) -> str:
    """Return the name in a Host header, without the port; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
