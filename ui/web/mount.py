"""The app to serve: Gradio's, behind our own checks, with nothing of it open that the pages do not need."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio import processing_utils
from starlette.middleware import Middleware

from ui.web.auth.middleware import (
    BlockedPaths,
    MaxBodySize,
    OriginCheck,
    RequireLogin,
    SecurityHeaders,
    SignedSession,
)
from ui.web.auth.sign_in import SignIn, entrance

if TYPE_CHECKING:
    from ui.web.app import App

# Uploads that nobody took are looked for every ten minutes, and an hour old deleted; all of them when the server ends.
_KEPT = (600, 3600)
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


def mounted(pages: App, blocks: Any, address: tuple[str, int], sign_in: SignIn | None, megabytes: int) -> FastAPI:
    """Return the app to serve.

    Args:
        pages: the pages; `blocks` is what was built of them.
        address: the host and the port it will listen on.
        sign_in: who may come in; None where only this machine can reach it.
        megabytes: how much may be uploaded at once.
    """
    host, port = address
    limit = megabytes << 20  # as Gradio counts them where it names the limit
    hosts = _LOOPBACK | {host.lower()} if sign_in is None else None
    checks = [Middleware(SecurityHeaders), Middleware(OriginCheck, hosts=hosts), Middleware(BlockedPaths)]
    if sign_in is not None:
        checks.append(Middleware(SignedSession, secret=sign_in.secret))
        checks.append(Middleware(RequireLogin, user=sign_in.user_of, open_paths=sign_in.open_paths, entrance=entrance))
    checks.append(Middleware(MaxBodySize, limit=limit))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, middleware=checks)
    if sign_in is not None:
        app.include_router(sign_in.routes)
    blocks.delete_cache = _KEPT
    with warnings.catch_warnings():
        # It warns that several pages cannot be rendered on the server, which nobody asked for.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            blocks,
            path="/",
            server_name=host,
            server_port=port,
            auth_dependency=sign_in.user if sign_in is not None else None,
            theme=pages.theme,
            head=pages.head,
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            max_file_size=limit,
            app_kwargs={"openapi_url": None},
        )
    # A request may name a file by its address elsewhere, which Gradio would fetch. Nothing is fetched here.
    processing_utils.async_ssrf_protected_download = _refuse_to_fetch
    # What Gradio sets where it serves itself, and leaves out where it is mounted.
    blocks.has_launched = True  # else nobody checks that files which a visitor names are the visitor's own
    blocks.app, blocks.server = app.routes[-1].app, None  # type: ignore[attr-defined]  # so that it can be closed
    return app


async def _refuse_to_fetch(url: str, cache_dir: str) -> str:  # noqa: ARG001 (the arguments are Gradio's)
    raise gr.Error("Only files that were uploaded are read.", print_exception=False)
