"""The website of a music school."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import members
import passwords
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI(title="Music school")
hashing = ThreadPoolExecutor(2)


class Credentials(BaseModel):
    name: str
    password: str


@app.get("/rooms")
async def rooms() -> list[str]:
    return ["Bartok", "Clara", "Fanny"]


@app.get("/lessons")
def lessons() -> list[str]:
    return members.lessons()


@app.post("/sessions")
async def sign_in(given: Credentials) -> dict[str, str]:
    member = await asyncio.to_thread(members.find, given.name)
    loop = asyncio.get_running_loop()
    if member is None or not await loop.run_in_executor(hashing, passwords.matches, given.password, member):
        raise HTTPException(401, "the name or the password is wrong")
    return {"name": member.name}
