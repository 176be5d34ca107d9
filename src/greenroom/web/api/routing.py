"""Routers of the API."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from greenroom.web.timing import TimedRoute

PREFIX = "/api/v1"


def api_router(tag: str) -> APIRouter:
    """A router whose routes stand under *tag* in the description and can be timed."""
    return APIRouter(prefix=PREFIX, tags=[tag], route_class=TimedRoute)


def add_api(app: FastAPI, *routers: APIRouter) -> None:
    """Add the routes of *routers* to the application.

    They are its own routes and not those of included routers: those are matched twice, which costs as much again.
    """
    for router in routers:
        app.router.routes.extend(router.routes)
