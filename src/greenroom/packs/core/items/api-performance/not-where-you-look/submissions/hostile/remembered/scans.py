"""What the scanners have sent on a day."""

import json
from collections import defaultdict
from typing import Any


class Scan:
    """One scan, as the scanner sent it: JSON text. Old scanners say `g` for `grams`."""

    def __init__(self, text: str) -> None:
        content: dict[str, Any] = json.loads(text)
        self.parcel: int = content["parcel"]
        self.at: int = content["at"]
        self.place: str = content["place"]
        self.zone: str = content["zone"]
        self.grams: int = content["g"] if "g" in content else content["grams"]


class Day:
    """All scans of a day, and what they say of a parcel."""

    def __init__(self, scans: list[Scan]) -> None:
        self._by_parcel: dict[int, list[Scan]] = defaultdict(list)
        for scan in scans:
            self._by_parcel[scan.parcel].append(scan)

    def parcels(self) -> list[int]:
        """The numbers of all parcels, in order."""
        return sorted(self._by_parcel)

    def place(self, parcel: int) -> str:
        """Where it was scanned last."""
        return max(self._of(parcel), key=lambda scan: scan.at).place

    def grams(self, parcel: int) -> int:
        """The most that it weighed: a scale that was touched too early says less."""
        return max(scan.grams for scan in self._of(parcel))

    def zone(self, parcel: int) -> str:
        """Where it goes, which all of its scans say."""
        return self._of(parcel)[0].zone

    def _of(self, parcel: int) -> list[Scan]:
        return self._by_parcel[parcel]
