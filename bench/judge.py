"""How long a submission takes, beside starting an interpreter without any sandbox, in one run.

    python bench/judge.py [--rounds 20] [--json]

Ratios of medians, measured alternately: one start of `python -I -S -c pass`, one accepted submission.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.judge.service import Judge


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    item = load_pack(core_pack_folder()).by_slug["warm-up"]
    source = next(one for one in item.submissions if one.sort == "accepted").path.read_text(encoding="utf-8")
    judge = Judge()
    bare, judged = [], []
    for _ in range(options.rounds):
        bare.append(seconds(lambda: subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)))
        judged.append(seconds(lambda: judge.run(item, source)))
    judge.close()
    ratio = statistics.median(judged) / statistics.median(bare)
    row = {"item": item.slug, "tier": judge.tier, "rounds": options.rounds, "ratio_to_bare_start": round(ratio, 2)}
    print(json.dumps(row) if options.json else "\n".join(f"{name}: {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
