"""The registry of models as a journal: every change is a record of its own, which is complete or does not count."""

import hashlib
import json

from greenroom_lab import storage

files = storage()


def _records():
    return [json.loads(files.read(name)) for name in files.list("journal/")]


def _append(record):
    number = len(files.list("journal/")) + 1
    files.write("next-record", json.dumps(record).encode())
    files.rename("next-record", f"journal/{number:09}")


def _state():
    known, served = {}, []
    for record in _records():
        if record["did"] == "publish":
            known[record["version"]] = record
        elif record["did"] == "promote":
            served.append(record["version"])
        else:
            served.pop()
    return known, served


def _bytes(known, number):
    if number not in known:
        raise LookupError(number)
    model = files.read(known[number]["file"])
    if hashlib.sha256(model).hexdigest() != known[number]["checksum"]:
        raise ValueError(f"version {number} is damaged")
    return model


def publish(model, checksum, parent=None):
    if hashlib.sha256(model).hexdigest() != checksum:
        raise ValueError("wrong checksum")
    known, _ = _state()
    if parent is not None and parent not in known:
        raise LookupError(parent)
    number = max(known, default=0) + 1
    # What an interrupted call has left under this name is written over.
    files.write(f"blobs/{checksum}", model)
    _append({"did": "publish", "version": number, "checksum": checksum, "parent": parent, "file": f"blobs/{checksum}"})
    return number


def versions():
    return sorted(_state()[0])


def lineage(number):
    known, _ = _state()
    found = []
    while number is not None:
        if number not in known:
            raise LookupError(number)
        found.append(number)
        number = known[number]["parent"]
    return found


def promote(number):
    known, served = _state()
    _bytes(known, number)
    if not served or served[-1] != number:
        _append({"did": "promote", "version": number})


def rollback():
    _, served = _state()
    if len(served) < 2:
        raise LookupError("nothing was served before")
    _append({"did": "rollback"})
    return served[-2]


def serving():
    known, served = _state()
    return (served[-1], _bytes(known, served[-1])) if served else None
