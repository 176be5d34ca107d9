"""A day's sheet: one line for each parcel that was scanned, with its price."""

import re

from greenroom_lab import connect
from pydantic import BaseModel

from scans import Day, Scan
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
    scanned = Day([Scan(text) for (text,) in texts])
    lines = []
    for parcel in scanned.parcels():
        grams = corrected(parcel, scanned.grams(parcel), corrections)
        cents = price_of(day, scanned.zone(parcel), grams)
        lines.append(Line(parcel=labelled(parcel), place=scanned.place(parcel), grams=grams, cents=cents))
    return Sheet(day=day, lines=lines, cents=sum(line.cents for line in lines))


def corrected(parcel: int, grams: int, corrections: list[tuple[int, int]]) -> int:
    """The weight by the last correction. For every parcel we go through all corrections again!"""
    for one in range(len(corrections)):
        for other, weight in corrections[one:]:
            if other == parcel:
                grams = weight
    return grams


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
