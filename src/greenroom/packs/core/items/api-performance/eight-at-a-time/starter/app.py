"""Tracks the parcels of a shop."""

from typing import Annotated, Any

from connection import while_connected
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from tracking import states_of

app = FastAPI(title="Tracking")


class Wanted(BaseModel):
    parcels: Annotated[list[str], Field(max_length=200)]


@app.get("/health")
async def health() -> str:
    return "ok"


@app.post("/tracking")
async def tracking(wanted: Wanted, request: Request) -> list[dict[str, Any]]:
    return await while_connected(request, states_of(wanted.parcels))
