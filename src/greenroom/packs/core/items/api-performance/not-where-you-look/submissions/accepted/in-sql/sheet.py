"""A day's sheet: one line for each parcel that was scanned, with its price."""

import re

from greenroom_lab import connect
from pydantic import BaseModel

from tariffs import price_of

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


PARCELS = """
WITH read AS (
    SELECT json_extract(text, '$.parcel') AS parcel, json_extract(text, '$.at') AS at,
        json_extract(text, '$.place') AS place, json_extract(text, '$.zone') AS zone,
        coalesce(json_extract(text, '$.g'), json_extract(text, '$.grams')) AS grams
    FROM scans WHERE day = :day
), weighed AS (
    SELECT parcel, grams FROM corrections
    WHERE id IN (SELECT max(id) FROM corrections WHERE day = :day GROUP BY parcel)
), most AS (SELECT parcel, max(grams) AS grams FROM read GROUP BY parcel),
last AS (SELECT parcel, place, zone, max(at) FROM read GROUP BY parcel)
SELECT last.parcel, place, zone, coalesce(weighed.grams, most.grams)
FROM last JOIN most USING (parcel) LEFT JOIN weighed USING (parcel) ORDER BY last.parcel
"""


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
        found = connection.execute(PARCELS, {"day": day}).fetchall()
    finally:
        connection.close()
    lines = [
        Line(parcel=labelled(parcel), place=place, grams=grams, cents=price_of(day, zone, grams))
        for parcel, place, zone, grams in found
    ]
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
