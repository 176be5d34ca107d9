"""A snapshot as it is stored: rows, quarantine and manifest from what was checked, and back; pure but for nonces."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from greenroom.grading.intake import sealing
from greenroom.grading.intake.errors import SnapshotDamaged
from greenroom.grading.intake.schemas import AnswerRow, AnyRow, Checked, PointRow, Refused, Subject, Taken

FORMAT = 1
_SORTS: dict[str, type[PointRow] | type[AnswerRow]] = {"point": PointRow, "answer": AnswerRow}


@dataclass(frozen=True)
class Made:
    """The values of the tables for one snapshot."""

    snapshot: Mapping[str, Any]
    rows: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]


@dataclass(frozen=True)
class Kept:
    """A row of a snapshot, read. `subject` groups the rows of one candidate."""

    id: str
    source: str
    subject: str | None
    row: AnyRow = field(repr=False)


@dataclass(frozen=True)
class Content:
    """A snapshot that was verified: the rows that can be read, and how many were erased."""

    id: str
    manifest: Mapping[str, Any]
    sha256: str
    rows: tuple[Kept, ...]
    erased: int


def made(snapshot_id: str, checked: Checked, now: datetime, masked: int) -> Made:
    """*checked* as it is stored under *snapshot_id*."""
    rows = sorted((_row(snapshot_id, one) for one in checked.taken), key=lambda one: str(one["row_id"]))
    entries = [one.pop("entry") for one in rows]
    for position, one in enumerate(rows):
        one["position"] = position
    quarantine = [_refused(snapshot_id, position, one) for position, one in enumerate(checked.quarantined)]
    manifest = sealing.canonical(
        {
            "format": FORMAT,
            "snapshot": snapshot_id,
            "made_at": now.isoformat(timespec="seconds"),
            "read": checked.read,
            "taken": len(rows),
            "quarantined": len(quarantine),
            "masked": masked,
            "facts": dict(checked.facts),
            "rows": entries,
            "quarantine": [sealing.digest(sealing.canonical([one["reason"], one["body"]])) for one in quarantine],
        }
    )
    snapshot = {
        "id": snapshot_id,
        "made_at": now,
        "taken": len(rows),
        "quarantined": len(quarantine),
        "manifest": manifest,
        "manifest_sha256": sealing.digest(manifest),
    }
    return Made(snapshot, rows, quarantine)


def _row(snapshot_id: str, one: Taken) -> dict[str, Any]:
    values = {"source": one.source, "sort": one.row.sort, "place": one.place, "row": one.row.model_dump(mode="json")}
    about = {"sort": one.row.sort, "asked": one.row.asked, "answer": one.row.answer, "decision": one.row.decision}
    if one.subject is None:
        row_id, body = sealing.row_id(None, about), sealing.canonical(values)
    else:
        row_id = sealing.row_id(one.subject.key, {"place": one.place})
        body = _sealed(one.subject, f"{snapshot_id}/{row_id}", values)
    entry = {"id": row_id, "sha256": sealing.digest(body), "source": one.source, "sort": one.row.sort, **_rubric(one)}
    subject = one.subject.id if one.subject is not None else None
    return {"snapshot_id": snapshot_id, "row_id": row_id, "subject": subject, "body": body, "entry": entry}


def _rubric(one: Taken) -> dict[str, Any]:
    """The rubric's version of a point, and whose consent there is to which text."""
    found: dict[str, Any] = {"item_version": one.row.item_version} if isinstance(one.row, PointRow) else {}
    if one.subject is not None:
        found |= {"subject": one.subject.id, "consent_version": one.subject.consent_version}
    return found


def _sealed(subject: Subject, about: str, values: Mapping[str, Any]) -> str:
    consent = {"version": subject.consent_version, "given_at": subject.consent_at.isoformat(timespec="seconds")}
    return sealing.seal(subject.key, about, {**values, "consent": consent})


def _refused(snapshot_id: str, position: int, one: Refused) -> dict[str, Any]:
    kept: dict[str, Any] = {"snapshot_id": snapshot_id, "position": position, "source": one.source}
    kept |= {"reason": one.reason, "place": "", "subject": None}
    if one.subject is None:
        return kept | {"place": one.place[:400], "body": sealing.canonical(one.values)}
    about = f"{snapshot_id}/quarantine/{position}"
    body = sealing.seal(one.subject.key, about, {"place": one.place, "values": dict(one.values)})
    return kept | {"subject": one.subject.id, "body": body}


def verified(
    snapshot: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    quarantine: Sequence[Mapping[str, Any]],
    key_of: Callable[[str], bytes | None],
) -> Content:
    """What is stored, read again. Raises SnapshotDamaged where anything is not as the manifest says."""
    text, name = str(snapshot["manifest"]), str(snapshot["id"])
    if not text.isascii() or sealing.digest(text) != snapshot["manifest_sha256"]:
        raise _damaged(name, "the manifest has another hash")
    manifest = json.loads(text)
    if manifest["snapshot"] != name or manifest["format"] != FORMAT:
        raise _damaged(name, "the manifest is another snapshot's, or of another format")
    _same_rows(name, manifest["rows"], rows)
    hashes = [sealing.digest(sealing.canonical([one["reason"], one["body"]])) for one in quarantine]
    if hashes != manifest["quarantine"]:
        raise _damaged(name, "the quarantine is not what it was")
    kept = [_kept(name, one, key_of) for one in rows]
    found = tuple(one for one in kept if one is not None)
    return Content(name, manifest, str(snapshot["manifest_sha256"]), found, len(kept) - len(found))


def _same_rows(name: str, entries: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    if len(entries) != len(rows):
        raise _damaged(name, f"{len(rows)} rows are there, and {len(entries)} were stored")
    for entry, row in zip(entries, rows, strict=True):
        body = str(row["body"])
        same = (entry["id"], entry.get("subject")) == (row["row_id"], row["subject"])
        if not same or not body.isascii() or sealing.digest(body) != entry["sha256"]:
            raise _damaged(name, f"row {row['row_id']} is not what it was")


def _kept(name: str, row: Mapping[str, Any], key_of: Callable[[str], bytes | None]) -> Kept | None:
    body, subject = str(row["body"]), row["subject"]
    try:
        if subject is None:
            values = json.loads(body)
        else:
            key = key_of(subject)
            if key is None:
                return None
            values = sealing.unseal(key, f"{name}/{row['row_id']}", body)
        read = _SORTS[values["sort"]].model_validate(values["row"])
    except (ValueError, KeyError):
        raise _damaged(name, f"row {row['row_id']} cannot be read") from None
    return Kept(str(row["row_id"]), values["source"], subject, read)


def _damaged(name: str, what: str) -> SnapshotDamaged:
    return SnapshotDamaged(f"snapshot {name}: {what}", mend="restore the database's backup, or make a new snapshot")
