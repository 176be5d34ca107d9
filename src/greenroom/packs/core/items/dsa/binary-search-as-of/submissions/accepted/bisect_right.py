import sys
from bisect import bisect_right


def main() -> None:
    lines = sys.stdin.read().split("\n")
    n, q = map(int, lines[0].split())
    times: dict[str, list[int]] = {}
    values: dict[str, list[str]] = {}
    for line in lines[1 : n + 1]:
        key, time, value = line.split()
        times.setdefault(key, []).append(int(time))
        values.setdefault(key, []).append("none" if value == "-" else value)
    answers = []
    for line in lines[n + 1 : n + 1 + q]:
        key, time = line.split()
        place = bisect_right(times.get(key, []), int(time)) - 1
        answers.append(values[key][place] if place >= 0 else "none")
    print("\n".join(answers))


main()
