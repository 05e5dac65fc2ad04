"""The sign-in page: a form of our own, without scripts, that gives the cookie; and the way out."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response
from starlette.types import Scope

from ui.web.auth.accounts import Accounts, normal
from ui.web.auth.attempts import Attempts
from ui.web.html.escape import attribute, escape
from ui.web.layout import ICON

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_STATIC = Path(__file__).parents[1] / "static"
_LONGEST_FIELD = 8 * 1024

# The page needs nothing but itself. It says where it comes from to its own server, which checks that.
_OWN_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


class SignIn:
    """Who is signed in, and the pages where that begins and ends.

    Args:
        accounts: who may sign in.
        secret: what cookies are signed with.

    Attributes:
        secret: the same, for the server's `SignedSession`.
        routes: the pages, for the server.
    """

    open_paths = frozenset((SIGN_IN, SIGN_OUT))

    def __init__(self, accounts: Accounts, secret: str) -> None:
        self.secret = secret
        self._accounts = accounts
        self._attempts = Attempts()
        self._style = _own_style((_STATIC / "style.css").read_text(encoding="utf-8"))
        self.routes = APIRouter()
        self.routes.get(SIGN_IN)(self._show)
        self.routes.post(SIGN_IN)(self._check)
        self.routes.get(SIGN_OUT)(self._ask_out)
        self.routes.post(SIGN_OUT)(self._out)

    def user(self, request: Request) -> str | None:
        """Return the name of who sent a request; None for a stranger, and for one who has to sign in again."""
        name, session = request.session.get("user"), request.session.get("session")
        return name if isinstance(name, str) and session and session == self._accounts.session(name) else None

    def user_of(self, scope: Scope) -> str | None:
        """Return the same for the scope of a request."""
        return self.user(Request(scope))

    async def _show(self, request: Request, next: str = "/") -> Response:
        if self.user(request):
            return RedirectResponse(inside(next), 303)
        return self._page("Sign in", _form("", inside(next)))

    async def _check(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=8, max_part_size=_LONGEST_FIELD)
        name, password, place = (str(form.get(field, "")) for field in ("name", "password", "next"))
        address = request.client.host if request.client else ""
        if minutes := self._attempts.wait(address, name):
            again = "a minute" if minutes == 1 else f"{minutes} minutes"
            wrong = f"Too many attempts failed. Try again in {again}."
            return self._page("Sign in", _form(name, inside(place), wrong), 429, {"retry-after": str(minutes * 60)})
        if not await run_in_threadpool(self._accounts.verify, name, password):
            self._attempts.failed(address)
            return self._page("Sign in", _form(name, inside(place), "The name or the password is wrong."), 401)
        self._attempts.succeeded(address, name)
        name = normal(name)
        request.session.update({"user": name, "session": self._accounts.session(name)})
        return RedirectResponse(inside(place), 303)

    async def _ask_out(self, request: Request) -> Response:
        name = self.user(request)
        if name is None:
            return RedirectResponse(SIGN_IN, 303)
        return self._page("Sign out", _way_out(name))

    async def _out(self, request: Request) -> Response:
        # Another site's form comes without the cookie, and so ends nothing.
        if (name := self.user(request)) is not None:
            request.session.clear()
            await run_in_threadpool(self._accounts.end_sessions, name)
        return RedirectResponse(SIGN_IN, 303)

    def _page(self, title: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        html = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · arxivqa</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'{ICON}<style>{self._style}</style></head><body class="door"><main>'
            f'<p class="name">arxivqa</p>{body}</main></body></html>'
        )
        return HTMLResponse(html, status, {**_OWN_HEADERS, **(headers or {})})


def _own_style(sheet: str) -> str:
    """Return the colours and the rules of this page, taken from the stylesheet; dark where the system is."""
    light, dark = (sheet.partition(f"{start} {{")[2].partition("\n}")[0] for start in (":root", ".dark"))
    rules = sheet.partition("/* The sign-in page")[2].partition("*/")[2].partition("\n\n/*")[0]
    return f":root {{{light}}} @media (prefers-color-scheme: dark) {{ :root {{{dark}}} }} {rules}"


def entrance(wanted: str) -> str:
    """Return the address of the sign-in page for one who wanted to see another page."""
    place = inside(wanted)
    return SIGN_IN if place == "/" else f"{SIGN_IN}?next={quote(place, safe='/')}"


def inside(address: str) -> str:
    r"""Return an address of this server as it is, and the first page for any other.

    >>> inside("/papers?ids=2009.14376"), inside("//example.org/"), inside("/\\example.org")
    ('/papers?ids=2009.14376', '/', '/')
    """
    own = address.startswith("/") and address.isprintable() and address[1:2] != "/" and "\\" not in address
    return address if own and not address.startswith((SIGN_IN, SIGN_OUT)) else "/"


def _form(name: str, place: str, wrong: str = "") -> str:
    said = f'<p class="wrong" id="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    state = ' aria-describedby="wrong" aria-invalid="true"' if wrong else ""
    # Who has typed a name already goes on with the password.
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return (
        f'<section><h1>Sign in</h1>{said}<form method="post" action="{SIGN_IN}">'
        '<label for="name">Name</label>'
        f'<input id="name" name="name" value={attribute(name)} autocomplete="username" autocapitalize="none" '
        f'spellcheck="false" maxlength="64" required{state}{first}>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" '
        f"required{state}{second}>"
        f'<input type="hidden" name="next" value={attribute(place)}><button>Sign in</button></form></section>'
        '<p class="hint">No account, or the password is lost? Whoever runs this page makes a new one with '
        "<code>arxivqa users add</code>.</p>"
    )


def _way_out(name: str) -> str:
    return (
        f"<section><h1>Sign out</h1><p>You are signed in as <strong>{escape(name)}</strong>. This signs you out in "
        f'every browser. Your conversations are kept.</p><form method="post" action="{SIGN_OUT}">'
        "<button>Sign out</button></form></section>"
        '<p class="hint"><a href="/">Back</a></p>'
    )
