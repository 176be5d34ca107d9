"""The web application: its parts, its middleware, its routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware import Middleware

from greenroom import __version__
from greenroom.interview.assembly import open_workplace
from greenroom.interview.tries import Tries
from greenroom.interview.worker import Workers
from greenroom.kernel.clock import Clock
from greenroom.platform.channels import Channels
from greenroom.platform.logs import configure_logs
from greenroom.platform.settings import DEFAULT_PORT, Settings, load_settings
from greenroom.web import errors, interviews, pages, people, rounds, sockets, streams
from greenroom.web.api import accounts
from greenroom.web.assets import HashedFiles
from greenroom.web.cookies import Cookies, SessionCookies
from greenroom.web.middleware import BodyLimit, KnownHosts, SecurityHeaders
from greenroom.web.proxies import TrustedProxies

_OTHER_THREADS = 8


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application; *settings* come from the environment, and the *clock* from the machine, when not given."""
    chosen = settings or load_settings()
    configure_logs(chosen)
    hosts = {"127.0.0.1", "localhost", "::1", chosen.host, urlsplit(chosen.public_url).hostname or chosen.host}
    app = FastAPI(
        title="Greenroom",
        version=__version__,
        lifespan=lambda app: _lifespan(app, chosen, clock),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[
            Middleware(TrustedProxies, networks=chosen.trusted_proxies),
            Middleware(KnownHosts, hosts=hosts),
            Middleware(SecurityHeaders),
            Middleware(BodyLimit),
            Middleware(SessionCookies),
        ],
    )
    app.state.mode = chosen.mode
    app.state.cookies = Cookies.of(solo=chosen.mode == "solo", port=chosen.port or DEFAULT_PORT)
    for router in (pages.router, people.everywhere, people.router, interviews.router, rounds.router, streams.router):
        app.include_router(router)
    for router in (accounts.router, sockets.router):
        app.include_router(router, prefix="/api/v1")
    app.mount("/static", HashedFiles(), name="static")
    errors.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: Settings, clock: Clock | None) -> AsyncIterator[None]:
    async with open_workplace(settings, clock) as work:
        channels = Channels()
        workers, tries = Workers(work.answering, work.database, channels), Tries(work.answering, channels)
        app.state.work, app.state.channels, app.state.workers, app.state.tries = work, channels, workers, tries
        # A thread for each run that has a place, and some for the rest: those that wait hold none.
        threads = ThreadPoolExecutor(settings.judge_jobs + _OTHER_THREADS, "greenroom")
        asyncio.get_running_loop().set_default_executor(threads)
        await workers.start()
        try:
            yield
        finally:
            await tries.stop()
            await workers.stop()
