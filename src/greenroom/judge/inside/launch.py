"""Where a sandbox or a zygote begins: `python -I -S -B launch.py FD box|zygote ENVIRONMENT [PATH…]`.

The paths are those of the environment's libraries. The folder above is importable only while `boot` is.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from inside import boot  # type: ignore[import-not-found,unused-ignore]

if sys.argv[2] == "zygote":
    from inside import zygote  # type: ignore[import-not-found,unused-ignore]

del sys.path[0]

if __name__ == "__main__":
    number, kind, environment, *paths = sys.argv[1:]
    if kind == "zygote":
        zygote.serve(int(number), environment, paths)
    boot.main(int(number), environment, paths)
