"""Routers of the API."""

from __future__ import annotations

from fastapi import APIRouter

from greenroom.web.timing import TimedRoute


def api_router(tag: str) -> APIRouter:
    """A router whose routes stand under *tag* in the description and can be timed."""
    return APIRouter(tags=[tag], route_class=TimedRoute)
