"""Where the time of one sheet goes. The check "where the time goes" prints this for your project."""

import cProfile
import os
import pstats
import time

from sheet import sheet_of


def report(day: int, most: int = 9) -> str:
    """The functions that took most time themselves, with how often they were called; times are milliseconds of CPU."""
    profile = cProfile.Profile(time.process_time)
    profile.runcall(sheet_of, day)
    found = pstats.Stats(profile).stats  # {(file, line, name): (_, calls, own seconds, seconds with callees, callers)}
    rows = sorted(found.items(), key=lambda item: item[1][2], reverse=True)[:most]
    lines = [f"{'calls':>8} {'own ms':>8} {'all ms':>8}  function"]
    for (file, line, name), (_, calls, own, everything, _) in rows:
        where = f"{os.path.basename(file)}:{line} {name}" if line else name
        lines.append(f"{calls:8} {own * 1000:8.1f} {everything * 1000:8.1f}  {where[:60]}")
    return "\n".join(lines)
