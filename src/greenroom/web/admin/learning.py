"""Pages for admins about what the grader learns from: rows that come in, snapshots of them, and forgetting."""

from __future__ import annotations

import asyncio
import base64
import binascii
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from greenroom.grading.intake.declared import declared_rows, public_texts
from greenroom.grading.intake.reading import read_file
from greenroom.grading.intake.schemas import Found
from greenroom.grading.intake.service import Ingested
from greenroom.interview.assembly import Workplace
from greenroom.interview.training import Forgettable
from greenroom.kernel.errors import GreenroomError, InputError
from greenroom.web.page import render
from greenroom.web.paging import Id
from greenroom.web.session import Admin, From, Now, OwnPage, Work

router = APIRouter(prefix="/admin/grader", include_in_schema=False)

MOST_FILE_BYTES = 700_000
"""A form has at most a million bytes, and the file goes through it twice, the second time as base64."""
_MOST_SHOWN = 50
Ticked = Annotated[bool, Form()]
Who = Annotated[str, Form(max_length=2048)]


@dataclass(frozen=True)
class _Batch:
    """What is to come in: a file's name and bytes, and whether the bank and decided disputes come with it."""

    name: str
    content: bytes
    bank: bool
    audits: bool

    @property
    def carried(self) -> str:
        return base64.urlsafe_b64encode(self.content).decode("ascii")


@router.get("/data")
async def data(request: Request, opened: Work, _admin: Admin) -> HTMLResponse:
    """The snapshots, and where a new one begins."""
    return await _data(request, opened)


@router.post("/data/preview", dependencies=[OwnPage])
async def preview(
    request: Request,
    opened: Work,
    _admin: Admin,
    moment: Now,
    file: Annotated[UploadFile | None, File()] = None,
    bank: Ticked = False,
    audits: Ticked = False,
) -> HTMLResponse:
    """What a snapshot would be; nothing is stored."""
    batch = _Batch("", b"", bank, audits)
    try:
        if file is not None and file.filename:
            batch = _Batch(_file_name(file.filename), await file.read(), bank, audits)
        made = await opened.snapshots.ingest(dry_run=True, now=moment, **await _rows(opened, batch))
    except GreenroomError as error:
        return await _data(request, opened, batch=batch, error=error)
    return await _data(request, opened, batch=batch, made=made)


@router.post("/data", dependencies=[OwnPage])
async def ingest(
    request: Request,
    opened: Work,
    _admin: Admin,
    moment: Now,
    name: Annotated[str, Form(max_length=200)] = "",
    content: Annotated[str, Form(max_length=1_000_000)] = "",
    bank: Ticked = False,
    audits: Ticked = False,
) -> Response:
    """Make the snapshot that was looked at."""
    batch = _Batch("", b"", bank, audits)
    try:
        batch = _Batch(_file_name(name) if name else "", _decoded(content), bank, audits)
        made = await opened.snapshots.ingest(now=moment, **await _rows(opened, batch))
    except GreenroomError as error:
        return await _data(request, opened, batch=batch, error=error)
    stored = made.snapshot.id if made.snapshot is not None else ""
    return RedirectResponse(f"/admin/grader/snapshots/{stored}", status_code=303)


@router.get("/snapshots/{snapshot_id}")
async def snapshot(request: Request, snapshot_id: Id, opened: Work, _admin: Admin) -> HTMLResponse:
    """One snapshot, verified: its manifest and its quarantine."""
    content = await opened.snapshots.read(snapshot_id)
    about = {name: value for name, value in content.manifest.items() if name not in ("rows", "quarantine", "facts")}
    quarantine = await opened.snapshots.quarantine(snapshot_id)
    context = {
        "id": snapshot_id,
        "about": _facts(
            about | {"readable": len(content.rows), "erased": content.erased, "manifest SHA-256": content.sha256}
        ),
        "facts": _facts(content.manifest["facts"]),
        "quarantine": quarantine[:_MOST_SHOWN],
        "further": max(0, len(quarantine) - _MOST_SHOWN),
    }
    return render(request, "admin/snapshot.html", context)


@router.get("/forget")
async def erasures(request: Request, opened: Work, _admin: Admin, moment: Now) -> HTMLResponse:
    """Who was forgotten, and what that affects."""
    return await _forget(request, opened, moment)


@router.post("/forget/preview", dependencies=[OwnPage])
async def forgettable(request: Request, opened: Work, _admin: Admin, moment: Now, who: Who = "") -> HTMLResponse:
    """What forgetting somebody would do."""
    try:
        would = await opened.training.forgettable(who.strip())
    except GreenroomError as error:
        return await _forget(request, opened, moment, who=who, error=error)
    return await _forget(request, opened, moment, who=who, would=would)


@router.post("/forget", dependencies=[OwnPage])
async def forget(
    request: Request, opened: Work, admin: Admin, asked_from: From, moment: Now, user_id: Who = ""
) -> Response:
    """Destroy their key. It cannot be undone."""
    try:
        await opened.training.forget(user_id, actor=admin.id, source=asked_from, now=moment)
    except GreenroomError as error:
        return await _forget(request, opened, moment, error=error)
    return RedirectResponse("/admin/grader/forget", status_code=303)


async def _data(
    request: Request,
    opened: Workplace,
    *,
    batch: _Batch | None = None,
    made: Ingested | None = None,
    error: GreenroomError | None = None,
) -> HTMLResponse:
    context = {
        "snapshots": await opened.snapshots.every(),
        "batch": batch or _Batch("", b"", bank=True, audits=True),
        "checked": _checked(made) if made is not None else None,
        "most_bytes": MOST_FILE_BYTES,
        "error": error,
    }
    return render(request, "admin/data.html", context, error.status if error else 200)


def _checked(made: Ingested) -> dict[str, Any]:
    told = made.checked.as_json()
    quarantined = told.pop("quarantined")
    return told | {
        "masked": made.masked,
        "facts": _facts(told["facts"]),
        "quarantined": len(quarantined),
        "quarantine": quarantined[:_MOST_SHOWN],
        "further": max(0, len(quarantined) - _MOST_SHOWN),
    }


def _facts(facts: Any) -> dict[str, str]:
    """Facts of a batch as words: what is nested becomes `name: count, name: count`."""
    return {str(name).replace("_", " "): _words(value) for name, value in facts.items() if value not in ({}, None)}


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name}: {_words(one)}" if isinstance(one, dict) else f"{name} {one:,}" for name, one in value.items()
        )
    return f"{value:,}" if isinstance(value, int) else str(value)


async def _forget(
    request: Request,
    opened: Workplace,
    moment: Any,
    *,
    who: str = "",
    would: Forgettable | None = None,
    error: GreenroomError | None = None,
) -> HTMLResponse:
    context = {
        "erasures": [asdict(one) for one in reversed(await opened.snapshots.erasures(moment))],
        "who": who,
        "would": would,
        "error": error,
    }
    return render(request, "admin/forget.html", context, error.status if error else 200)


async def _rows(opened: Workplace, batch: _Batch) -> dict[str, Any]:
    items = opened.catalogue.items
    return {
        "found": await asyncio.to_thread(_found, batch, items if batch.bank else ()),
        "personal": opened.training.rows if batch.audits else None,
        "public": public_texts(items),
    }


def _found(batch: _Batch, items: Any) -> list[Found]:
    """The rows of a batch: the same functions as those of `greenroom grader ingest`, on a copy of the file."""
    rows = declared_rows(items)
    if len(batch.content) > MOST_FILE_BYTES:
        mend = "use `greenroom grader ingest FILE` for larger ones"
        raise InputError(f"the file has more than {MOST_FILE_BYTES:,} bytes", mend=mend)
    if batch.name:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / batch.name
            path.write_bytes(batch.content)
            try:
                rows += read_file(path)
            except InputError as error:
                raise InputError(error.message.replace(f"{folder}/", ""), mend=error.mend) from None
    return rows


def _file_name(given: str) -> str:
    """The last part of a name, with letters that are fine in any folder."""
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(one if one.isalnum() or one in "._- " else "_" for one in name)[-100:].lstrip(".") or "file"


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InputError("the form is not as it was made", mend="look at the file again") from None
