"""A day's sheet: one line for each parcel that was scanned, with its price."""

import json
import re

from greenroom_lab import connect
from pydantic import BaseModel

from tariffs import price_of

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Line(BaseModel):
    parcel: str
    place: str
    grams: int
    cents: int


class Sheet(BaseModel):
    day: int
    lines: list[Line]
    cents: int


def sheet_of(day: int) -> Sheet:
    """The sheet of *day*, by parcel. app.py and profiling.py call this."""
    connection = connect()
    try:
        texts = connection.execute("SELECT text FROM scans WHERE day = ? ORDER BY id", (day,)).fetchall()
        corrections = connection.execute(
            "SELECT parcel, grams FROM corrections WHERE day = ? ORDER BY id", (day,)
        ).fetchall()
    finally:
        connection.close()
    zones: dict[int, str] = {}
    last: dict[int, tuple[int, str]] = {}
    weights: dict[int, int] = {}
    for (text,) in texts:
        scan = json.loads(text)
        parcel = scan["parcel"]
        zones[parcel] = scan["zone"]
        weights[parcel] = max(weights.get(parcel, 0), scan["g"] if "g" in scan else scan["grams"])
        last[parcel] = max(last.get(parcel, (-1, "")), (scan["at"], scan["place"]))
    weights.update(corrections)
    prices: dict[tuple[str, int], int] = {}
    lines = []
    for parcel, zone in sorted(zones.items()):
        grams = weights[parcel]
        price = zone, -(-grams // 1000)
        if price not in prices:
            prices[price] = price_of(day, *price)
        lines.append(Line(parcel=labelled(parcel), place=last[parcel][1], grams=grams, cents=prices[price]))
    return Sheet(day=day, lines=lines, cents=sum(line.cents for line in lines))


def labelled(parcel: int) -> str:
    """The number with its check letter, such as 000.104-F."""
    digits = ""
    for digit in str(parcel).zfill(6):
        digits = digits + digit
    pattern = re.compile(r"(\d{3})(\d{3})")
    total = 0
    for place in range(len(digits)):
        total = total + (place + 1) * int(digits[place])
    return pattern.sub(r"\1.\2", digits) + "-" + LETTERS[total % len(LETTERS)]
