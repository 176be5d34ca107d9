"""The web application: its parts, its middleware, its routes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.middleware import Middleware

from greenroom import __version__
from greenroom.bank.models import Kind
from greenroom.bank.syllabus import topic_titles
from greenroom.interview.assembly import Workplace, open_workplace
from greenroom.interview.tries import Tries
from greenroom.interview.worker import Workers
from greenroom.judge import languages
from greenroom.kernel.clock import Clock
from greenroom.platform.channels import Channels
from greenroom.platform.logs import configure_logs
from greenroom.platform.relay import Relay
from greenroom.platform.settings import DEFAULT_PORT, Settings, load_settings
from greenroom.web import designs, errors, interviews, page, pages, people, rounds, rubrics, sockets, streams
from greenroom.web.admin import content as admin_content
from greenroom.web.admin import evaluation as admin_evaluation
from greenroom.web.admin import grader as admin_grader
from greenroom.web.admin import learning as admin_learning
from greenroom.web.admin import monitoring as admin_monitoring
from greenroom.web.admin import people as admin_people
from greenroom.web.admin import training as admin_training
from greenroom.web.api import accounts, admin, bank, grader
from greenroom.web.api import interviews as api_interviews
from greenroom.web.api.description import DescribedAPI
from greenroom.web.api.documents import Shelf
from greenroom.web.api.routing import PREFIX, add_api
from greenroom.web.api.shelving import FromShelf
from greenroom.web.assets import HashedFiles
from greenroom.web.cookies import Cookies, SessionCookies
from greenroom.web.middleware import KnownHosts, RequestLimits, SecurityHeaders
from greenroom.web.page import compile_templates
from greenroom.web.proxies import TrustedProxies

_OTHER_THREADS = 8
_LOOK_AT_ALIASES_S, _LOOK_AT_JOB_S = 5.0, 60.0


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application; *settings* come from the environment, and the *clock* from the machine, when not given."""
    chosen = settings or load_settings()
    configure_logs(chosen)
    hosts = {"127.0.0.1", "localhost", "::1", chosen.host, urlsplit(chosen.public_url).hostname or chosen.host}
    app = DescribedAPI(
        title="Greenroom",
        version=__version__,
        lifespan=lambda app: _lifespan(app, chosen, clock),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[
            *([Middleware(TrustedProxies, networks=chosen.trusted_proxies)] if chosen.trusted_proxies else []),
            Middleware(SecurityHeaders, https=chosen.public_url.startswith("https:")),
            Middleware(KnownHosts, hosts=hosts),
            Middleware(RequestLimits),
            Middleware(FromShelf),
            Middleware(SessionCookies),
        ],
    )
    app.state.mode, app.state.sent_to = chosen.mode, chosen.answers_go_to
    app.state.cookies = Cookies.of(solo=chosen.mode == "solo", port=chosen.port or DEFAULT_PORT)
    app.access_cookie = app.state.cookies.access
    add_api(app, accounts.router, bank.router, api_interviews.router, admin.everywhere, admin.router, admin.rounds)
    add_api(app, grader.router)
    app.include_router(sockets.router, prefix=PREFIX)
    for router in (
        pages.router,
        people.everywhere,
        people.router,
        interviews.router,
        rounds.router,
        designs.router,
        streams.router,
    ):
        app.include_router(router)
    app.include_router(grader.metrics)
    grading = (admin_grader, admin_learning, admin_training, admin_evaluation, admin_monitoring)
    office = (admin_people, admin_content, *grading, rubrics)
    for router in (admin_people.everywhere, *(one.router for one in office)):
        app.include_router(router)
    app.mount("/static", HashedFiles(), name="static")
    errors.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: Settings, clock: Clock | None) -> AsyncIterator[None]:
    page.prepare()
    async with open_workplace(settings, clock) as work:
        channels = Channels()
        relay = app.state.relay = Relay(channels, settings.data_dir / "channels")
        workers, tries = Workers(work.answering, channels, work.claims), Tries(work.answering, channels, relay)
        app.state.shelf = Shelf(work.catalogue.items)
        app.state.work, app.state.channels, app.state.workers, app.state.tries = work, channels, workers, tries
        # A thread for each run that has a place, and some for the rest: those that wait hold none.
        threads = ThreadPoolExecutor(settings.jobs_each + _OTHER_THREADS, "greenroom")
        asyncio.get_running_loop().set_default_executor(threads)
        if settings.mode == "server":  # who is alone would only wait longer for the start
            await asyncio.to_thread(_warm, app, work)
        if settings.workers > 1:
            await relay.open()
        cycle = _keep_cycle(work)
        if any(item.kind is Kind.design for item in work.catalogue.items):
            await asyncio.to_thread(work.answering.engine.compile_ahead)
        await workers.start()
        try:
            yield
        finally:
            await _end(cycle)
            await relay.close()
            await tries.stop()
            await workers.stop()
            work.answering.engine.close()


def _keep_cycle(work: Workplace) -> list[asyncio.Task[None]]:
    """Follow the grader's aliases, and do its job when it is this server's turn."""
    kept = {
        "grader-aliases": work.lifecycle.desk.keep(_LOOK_AT_ALIASES_S),
        "grader-cycle": work.lifecycle.scheduler.keep(_LOOK_AT_JOB_S),
    }
    return [asyncio.create_task(one, name=name) for name, one in kept.items()]


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _warm(app: FastAPI, work: Workplace) -> None:
    """Make beforehand what the first requests would else wait for, all of them, with the event loop held."""
    topic_titles()
    languages.available()
    compile_templates()
    for _ in iter_route_contexts(app.routes):
        pass
    app.openapi()
    work.answering.grader.warm()
