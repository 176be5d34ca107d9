"""Problem packages for every feature that the import promises, with submissions that must get what they declare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.bank.kattis_packages import put

Files = Mapping[str, str]

SUM_PY = "print(sum(map(int, input().split())))\n"
SUM_CPP = "#include <iostream>\nint main(){long long a,b;std::cin>>a>>b;std::cout<<a+b<<std::endl;}\n"
SUM_C = '#include <stdio.h>\nint main(void){long long a,b;scanf("%lld %lld",&a,&b);printf("%lld\\n",a+b);return 0;}\n'
SUM_JAVA = (
    "import java.util.*;\npublic class Sum {\n  public static void main(String[] args) {\n"
    "    Scanner in = new Scanner(System.in);\n    System.out.println(in.nextLong() + in.nextLong());\n  }\n}\n"
)
SUM_JS = "const t = require('fs').readFileSync(0, 'utf8').split(/\\s+/);\nconsole.log(Number(t[0]) + Number(t[1]));\n"
SUM_GO = 'package main\nimport "fmt"\nfunc main() { var a, b int64; fmt.Scan(&a, &b); fmt.Println(a + b) }\n'
FOREVER_PY = "while True:\n    pass\n"
FOREVER_CPP = "int main(){volatile long x=0;for(;;)x++;}\n"
INPUT_PY = """import re, sys
line = sys.stdin.read()
assert re.fullmatch(r"-?\\d+ -?\\d+\\n", line), "two integers on one line"
sys.exit(42)
"""
INPUT_CPP = """#include <iostream>
int main(){long long a,b;std::cin>>a>>b;return std::cin?42:1;}
"""


def _cases(cases: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    files = {}
    for name, (given, answer) in cases.items():
        files[f"data/{name}.in"] = given
        files[f"data/{name}.ans"] = answer
    return files


SUMS = _cases(
    {
        "sample/1": ("1 2\n", "3\n"),
        "secret/01": ("3 4\n", "7\n"),
        "secret/02": ("-5 5\n", "0\n"),
        "secret/03-big": ("1000000000000 1\n", "1000000000001\n"),
    }
)

LEGACY_SUM: Files = {
    "problem.yaml": "name: A plus B\nsource: Tests\nlicense: cc0\n",
    "problem_statement/problem.en.tex": "\\problemname{A plus B}\nRead $a$, $b$ ($|a|, |b| \\leq 10^{12}$), add.\n",
    "input_validators/validate.py": INPUT_PY,
    "input_validators/check/validate.cpp": INPUT_CPP,
    **SUMS,
    "submissions/accepted/sum.py": SUM_PY,
    "submissions/accepted/sum.cpp": SUM_CPP,
    "submissions/accepted/sum.c": SUM_C,
    "submissions/accepted/Sum.java": SUM_JAVA,
    "submissions/accepted/sum.js": SUM_JS,
    "submissions/accepted/sum.go": SUM_GO,
    "submissions/accepted/shouting.py": "print('  ', eval(input().replace(' ', '+')), end='')\n",
    "submissions/wrong_answer/difference.py": "a, b = map(int, input().split())\nprint(a - b)\n",
    "submissions/wrong_answer/int.cpp": "#include <iostream>\nint main(){int a,b;std::cin>>a>>b;std::cout<<a+b;}\n",
    "submissions/wrong_answer/silent.py": "",
    "submissions/time_limit_exceeded/forever.py": FOREVER_PY,
    "submissions/time_limit_exceeded/forever.cpp": FOREVER_CPP,
    "submissions/run_time_error/raise.py": "raise ValueError('no')\n",
    "submissions/run_time_error/exit.cpp": "int main(){return 3;}\n",
    "submissions/run_time_error/memory.py": "x = 'a' * 10**11\nprint(x)\n",
}

WORDS = _cases(
    {"sample/1": ("x\n", "Yes  it IS 1.50\n"), "secret/1": ("y\n", "Yes  it IS 1.50\n")},
)


def _words(head: str, submissions: Files) -> Files:
    return {
        "problem.yaml": f"name: Words\n{head}",
        **WORDS,
        **{f"submissions/{name}": f"import sys\nsys.stdout.write({text!r})\n" for name, text in submissions.items()},
    }


WHITE_SPACE = _words(
    "validator_flags: space_change_sensitive\n",
    {
        "accepted/same.py": "Yes  it IS 1.50\n",
        "accepted/other_case.py": "yes  IT is 1.50\n",
        "wrong_answer/one_space.py": "Yes it IS 1.50\n",
        "wrong_answer/no_newline.py": "Yes  it IS 1.50",
    },
)
CASE = _words(
    "validator_flags: case_sensitive\n",
    {"accepted/spaces.py": " Yes it  IS\n1.50", "wrong_answer/lower.py": "yes it is 1.50\n"},
)
FLOATS = _words(
    "validator_flags: float_absolute_tolerance 0.01 float_relative_tolerance 1e-9\n",
    {
        "accepted/near.py": "yes it is 1.505\n",
        "accepted/exponent.py": "YES IT IS 15e-1\n",
        "wrong_answer/far.py": "yes it is 1.52\n",
        "wrong_answer/word.py": "yes it is 1.5x\n",
        "wrong_answer/more.py": "yes it is 1.5 1.5\n",
        "wrong_answer/fewer.py": "yes it is\n",
    },
)

ANY_SUM_VALIDATOR_PY = """import sys
answer = int(open(sys.argv[2]).read())
feedback = sys.argv[3]
assert feedback.endswith("/")
limit = int(sys.argv[4]) if len(sys.argv) > 4 else 10**9
def wrong(why):
    with open(feedback + "judgemessage.txt", "w") as out:
        out.write(why)
    sys.exit(43)
try:
    numbers = list(map(int, sys.stdin.read().split()))
except ValueError:
    wrong("not numbers")
if len(numbers) != 2:
    wrong("not two numbers")
if sum(numbers) != answer:
    wrong(f"the sum is {sum(numbers)}, and should be {answer}")
if max(map(abs, numbers)) > limit:
    wrong("too large")
sys.exit(42)
"""
ANY_SUM_VALIDATOR_CPP = """#include <fstream>
#include <iostream>
#include "report.h"
int main(int argc, char **argv) {
  std::ifstream answer(argv[2]);
  long long wanted, a, b;
  answer >> wanted;
  if (!(std::cin >> a >> b)) return report(argv[3], "not two numbers", 43);
  return a + b == wanted ? 42 : report(argv[3], "another sum", 43);
}
"""
REPORT_H = """#include <fstream>
#include <string>
inline int report(std::string folder, std::string why, int code) {
  std::ofstream(folder + "judgemessage.txt") << why;
  return code;
}
"""
SPLITS = _cases({"sample/1": ("5\n", "5\n"), "secret/1": ("17\n", "17\n"), "secret/2": ("0\n", "0\n")})
SPLIT_SUBMISSIONS: Files = {
    "submissions/accepted/zero.py": "print(0, int(input()))\n",
    "submissions/accepted/one.cpp": "#include <iostream>\nint main(){long n;std::cin>>n;std::cout<<n-1<<' '<<1;}\n",
    "submissions/wrong_answer/double.py": "n = input()\nprint(n, n)\n",
    "submissions/wrong_answer/words.py": "print('no idea')\n",
}
VALIDATOR_PY: Files = {
    "problem.yaml": "name: Split\nvalidation: custom\nvalidator_flags: '20'\n",
    "output_validators/validate.py": ANY_SUM_VALIDATOR_PY,
    **SPLITS,
    **SPLIT_SUBMISSIONS,
    "submissions/wrong_answer/large.py": "n = int(input())\nprint(n + 100, -100)\n",
}
VALIDATOR_CPP: Files = {
    "problem.yaml": "name: Split\nvalidation: custom\n",
    "output_validators/compare/validate.cpp": ANY_SUM_VALIDATOR_CPP,
    "output_validators/compare/report.h": REPORT_H,
    **SPLITS,
    **SPLIT_SUBMISSIONS,
}

GUESS_VALIDATOR_PY = """import sys
secret = int(open(sys.argv[1]).read())
for _ in range(10):
    line = sys.stdin.readline()
    try:
        guess = int(line)
    except ValueError:
        open(sys.argv[3] + "judgemessage.txt", "w").write("not a number: " + repr(line[:20]))
        sys.exit(43)
    if guess == secret:
        print("correct", flush=True)
        sys.exit(42)
    print("lower" if guess > secret else "higher", flush=True)
sys.exit(43)
"""
GUESS_VALIDATOR_CPP = """#include <fstream>
#include <iostream>
int main(int, char **argv) {
  std::ifstream in(argv[1]);
  int secret, guess;
  in >> secret;
  for (int i = 0; i < 10; i++) {
    if (!(std::cin >> guess)) return 43;
    if (guess == secret) { std::cout << "correct" << std::endl; return 42; }
    std::cout << (guess > secret ? "lower" : "higher") << std::endl;
  }
  return 43;
}
"""
BISECT_PY = """low, high = 1, 1000
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    said = input()
    if said == "correct":
        break
    if said == "lower":
        high = middle - 1
    else:
        low = middle + 1
"""
BISECT_CPP = """#include <iostream>
#include <string>
int main() {
  int low = 1, high = 1000;
  for (;;) {
    int middle = (low + high) / 2;
    std::cout << middle << std::endl;
    std::string said;
    if (!(std::cin >> said) || said == "correct") return 0;
    if (said == "lower") high = middle - 1; else low = middle + 1;
  }
}
"""
GUESS_SUBMISSIONS: Files = {
    "submissions/accepted/bisect.py": BISECT_PY,
    "submissions/accepted/bisect.cpp": BISECT_CPP,
    "submissions/wrong_answer/count.py": "for n in range(1, 1001):\n    print(n, flush=True)\n"
    "    if input() == 'correct': break\n",
    "submissions/wrong_answer/words.py": "print('forty-two', flush=True)\ninput()\n",
    "submissions/wrong_answer/leaves.py": "print(500, flush=True)\n",
    "submissions/wrong_answer/flood.cpp": '#include <cstdio>\nint main(){for(;;)puts("7");}\n',
    "submissions/run_time_error/raise.py": "print(500, flush=True)\ninput()\nraise RuntimeError\n",
    "submissions/time_limit_exceeded/waits.py": "input()\n",
    "submissions/time_limit_exceeded/forever.py": "print(500, flush=True)\nwhile True: pass\n",
}
GUESSES = _cases(
    {"sample/1": ("123\n", ""), "secret/1": ("1\n", ""), "secret/2": ("1000\n", ""), "secret/3": ("501\n", "")}
)
INTERACTIVE_PY: Files = {
    "problem.yaml": "name: Guess\nvalidation: custom interactive\nlimits: {time_limit: 1}\n",
    "output_validators/guess.py": GUESS_VALIDATOR_PY,
    **GUESSES,
    **GUESS_SUBMISSIONS,
}
INTERACTIVE_CURRENT: Files = {
    "problem.yaml": "problem_format_version: 2025-09\nname: Guess\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n"
    "type: interactive\nlimits: {time_limit: 1}\n",
    "output_validator/guess.cpp": GUESS_VALIDATOR_CPP,
    "data/sample/1.interaction": ">500\n<lower\n",
    **GUESSES,
    **GUESS_SUBMISSIONS,
}

ECHO_GROUPS = _cases(
    {
        "sample/1": ("1\n", "1\n"),
        "secret/small/1": ("2\n", "2\n"),
        "secret/small/2": ("3\n", "3\n"),
        "secret/large/1": ("2000\n", "2000\n"),
        "secret/large/2": ("3000\n", "3000\n"),
    }
)
ECHO_PY = "print(input())\n"
SMALL_PY = "n = int(input())\nprint(n if n < 100 else 'too large')\n"
SCORING_LEGACY: Files = {
    "problem.yaml": "name: Echo\ntype: scoring\ngrading: {show_test_data_groups: true}\n",
    **ECHO_GROUPS,
    "data/testdata.yaml": "on_reject: continue\ngrader_flags: ignore_sample\nrange: 0 100\n",
    "data/sample/testdata.yaml": "accept_score: 0\nrange: 0 0\n",
    "data/secret/testdata.yaml": "on_reject: continue\nrange: 0 100\n",
    "data/secret/small/testdata.yaml": "on_reject: break\naccept_score: 30\nrange: 0 30\ngrader_flags: min\n",
    "data/secret/large/testdata.yaml": "on_reject: break\naccept_score: 70\nrange: 0 70\ngrader_flags: min\n",
    "submissions/accepted/echo.py": f"# @EXPECTED_SCORE@: 100\n{ECHO_PY}",
    "submissions/wrong_answer/none.py": "print('x')\n",
}
# `accept_if_any_accepted` at the root of `secret` is how subtasks are commonly written: a part is worth its points.
SUBTASKS_LEGACY: Files = {
    **SCORING_LEGACY,
    "data/secret/testdata.yaml": "on_reject: continue\nrange: 0 100\ngrader_flags: accept_if_any_accepted\n",
    "submissions/partially_accepted/small.py": f"# @EXPECTED_SCORE@: 30\n{SMALL_PY}",
}
GRADER_PY = """import sys
results = [line.split() for line in sys.stdin]
good = sum(verdict == "AC" for verdict, _ in results)
assert sys.argv[1:] == ["squares"], sys.argv
print("AC" if good else "WA", good * good)
"""
GRADER_LEGACY: Files = {
    "problem.yaml": "name: Echo\ntype: scoring\ngrading: {show_test_data_groups: true}\n",
    **_cases({f"secret/{n}": (f"{n}\n", f"{n}\n") for n in range(1, 5)}),
    "data/testdata.yaml": "on_reject: continue\nrange: 0 16\n",
    "data/secret/testdata.yaml": "on_reject: continue\ngrading: custom\ngrader_flags: squares\nrange: 0 16\n",
    "graders/squares.py": GRADER_PY,
    "submissions/accepted/echo.py": ECHO_PY,
    "submissions/partially_accepted/two.py": "# @EXPECTED_SCORE@: 4\nn = int(input())\nprint(n if n < 3 else 0)\n",
    "submissions/wrong_answer/none.py": "print(0)\n",
}
SCORE_VALIDATOR_PY = """import sys
n, said = int(open(sys.argv[1]).read()), sys.stdin.read().split()
if len(said) != 1 or not said[0].isdigit() or int(said[0]) > n:
    sys.exit(43)
open(sys.argv[3] + "{file}", "w").write(str(int(said[0]) {how}))
sys.exit(42)
"""
VALIDATOR_SCORES_LEGACY: Files = {
    "problem.yaml": "name: As high as you can\ntype: scoring\nvalidation: custom score\n",
    **_cases({"secret/1": ("10\n", ""), "secret/2": ("40\n", "")}),
    "data/testdata.yaml": "on_reject: continue\nrange: 0 50\n",
    "data/secret/testdata.yaml": "on_reject: continue\nrange: 0 50\n",
    "output_validators/score.py": SCORE_VALIDATOR_PY.format(file="score.txt", how=""),
    "submissions/accepted/all.py": ECHO_PY,
    "submissions/partially_accepted/half.py": "# @EXPECTED_SCORE@: 25\nprint(int(input()) // 2)\n",
    "submissions/wrong_answer/over.py": "print(int(input()) + 1)\n",
}

HEAD_2025 = "problem_format_version: 2025-09\nuuid: {uuid}\n"
CURRENT_SUM: Files = {
    "problem.yaml": HEAD_2025.format(uuid="0f2c0d7c-9a6a-4f50-b2a7-2cfb5a32f1a0")
    + "name: {en: A plus B, sv: A plus B}\nlimits: {time_limit: 1.0, memory: 512}\nkeywords: [sums]\n",
    "statement/problem.en.md": "Read $a$ and $b$, add them.\n",
    "input_validators/validate.py": INPUT_PY,
    **SUMS,
    "submissions/accepted/sum.py": SUM_PY,
    "submissions/accepted/sum.cpp": SUM_CPP,
    "submissions/wrong_answer/int.cpp": "#include <iostream>\nint main(){int a,b;std::cin>>a>>b;std::cout<<a+b;}\n",
    "submissions/time_limit_exceeded/forever.py": FOREVER_PY,
    "submissions/run_time_error/raise.py": "raise ValueError\n",
    "submissions/rejected/several.py": "a, b = map(int, input().split())\nprint(a + b if a < 4 else 1 // 0)\n",
    "submissions/brute_force/slow.py": "a, b = map(int, input().split())\nc = a\nfor _ in range(b): c += 1\n"
    "while a > 10**9: pass\nprint(a + b)\n",
    "submissions/special/big.py": "a, b = map(int, input().split())\nprint(a + b if a < 10**9 else 0)\n",
    "submissions/submissions.yaml": """special:
  sample:
    permitted: [AC]
  secret/0*:
    permitted: [AC, WA]
    required: [WA]
  "secret/{01,02}":
    permitted: [AC]
  secret/*-big:
    permitted: [WA]
""",
}
SCORING_CURRENT: Files = {
    "problem.yaml": HEAD_2025.format(uuid="9d2bcd8c-3f6d-4a1b-8a5e-1f2d3c4b5a69")
    + "name: Echo\ntype: scoring\nlimits: {time_limit: 1}\n",
    "statement/problem.en.md": "Print what you read.\n",
    **ECHO_GROUPS,
    **_cases({"secret/sum/1": ("7\n", "7\n"), "secret/sum/2": ("8000\n", "8000\n")}),
    "data/secret/small/test_group.yaml": "max_score: 20\n",
    "data/secret/large/test_group.yaml": "max_score: 50\nscore_aggregation: min\n",
    "data/secret/sum/test_group.yaml": "max_score: 30\nscore_aggregation: sum\nrequire_pass: [secret/small]\n",
    "submissions/accepted/echo.py": ECHO_PY,
    "submissions/parts/small.py": SMALL_PY,
    "submissions/parts/large.py": "n = int(input())\nprint(n if n > 100 or n == 1 else 'too small')\n",
    "submissions/submissions.yaml": """accepted:
  permitted: [AC]
  score: 100
parts/small.py:
  permitted: [AC, WA]
  score: 35
  secret/small: {permitted: [AC], score: 20}
  secret/large: {required: [WA], score: 0}
  secret/sum: {score: 15}
parts/large.py:
  score: [40, 60]
  secret/sum: {score: 0}
""",
}
MULTIPLIER_CURRENT: Files = {
    "problem.yaml": HEAD_2025.format(uuid="4f4fe3c8-2f0c-47d0-b5ab-6a3f3e3a9d10")
    + "name: As high as you can\ntype: scoring\nlimits: {time_limit: 1}\n",
    **_cases({"secret/one/1": ("10\n", ""), "secret/two/1": ("10\n", ""), "secret/two/2": ("10\n", "")}),
    "data/secret/one/test_group.yaml": "max_score: 60\nscore_aggregation: min\n",
    "data/secret/two/test_group.yaml": "max_score: 40\nscore_aggregation: sum\n",
    "output_validator/score.py": SCORE_VALIDATOR_PY.format(file="score_multiplier.txt", how="/ 10"),
    "submissions/accepted/all.py": ECHO_PY,
    "submissions/parts/half.py": "print(int(input()) // 2)\n",
    "submissions/submissions.yaml": "accepted: {score: 100}\nparts/half.py: {permitted: [AC], score: 50}\n",
}
UNBOUNDED_CURRENT: Files = {
    "problem.yaml": HEAD_2025.format(uuid="5b0b0dbb-8d68-4c2f-9c53-5f5e2c6ad0d2")
    + "name: As high as you can\ntype: scoring\nlimits: {time_limit: 1}\n",
    **_cases({"secret/1": ("10\n", ""), "secret/2": ("70\n", "")}),
    "data/secret/test_group.yaml": "max_score: unbounded\nscore_aggregation: sum\n",
    "output_validator/score.py": SCORE_VALIDATOR_PY.format(file="score.txt", how=""),
    "submissions/accepted/all.py": ECHO_PY,
    "submissions/accepted/half.py": "print(int(input()) // 2)\n",
    "submissions/submissions.yaml": "accepted/all.py: {score: 80}\naccepted/half.py: {score: 40}\n",
}

ARGUMENTS_CURRENT: Files = {
    "problem.yaml": HEAD_2025.format(uuid="7c7f3f0a-9a0e-4a36-a4a4-7c8a5d2b9b11")
    + "name: Where it comes from\nlimits: {time_limit: 1}\n",
    **_cases({"sample/1": ("1\n", "1\n"), "secret/1": ("2\n", "12\n"), "secret/2": ("3\n", "{x}\n5 3\n")}),
    "data/sample/test_group.yaml": "args: []\n",
    "data/secret/1.yaml": "args: ['10']\n",
    "data/secret/2.yaml": "args: ['{x}', more words]\n",
    "data/secret/2.files/inner/number.txt": "5",
    "submissions/accepted/all.py": """import os, sys
if os.path.exists("inner/number.txt"):
    assert sys.argv[2] == "more words"
    print(sys.argv[1])
    print(open("inner/number.txt").read(), input())
else:
    print(int(input()) + sum(map(int, sys.argv[1:])))
""",
    "submissions/accepted/all.cpp": """#include <fstream>
#include <iostream>
int main(int argc, char **argv) {
  std::ifstream file("inner/number.txt");
  int n, m;
  std::cin >> n;
  if (file >> m) std::cout << argv[1] << "\\n" << m << " " << n << "\\n";
  else std::cout << n + (argc > 1 ? atoi(argv[1]) : 0) << "\\n";
}
""",
    "submissions/wrong_answer/ignores.py": "print(input())\n",
}
INCLUDED: Files = {
    "problem.yaml": "name: A function\nlimits: {time_limit: 1}\n",
    **_cases({"sample/1": ("4\n", "16\n"), "secret/1": ("5\n", "25\n")}),
    "include/python3/main.py": "from square import square\nprint(square(int(input())))\n",
    "include/cpp/main.cpp": "#include <iostream>\nlong square(long);\n"
    "int main(){long n;std::cin>>n;std::cout<<square(n)<<std::endl;}\n",
    "submissions/accepted/square.py": "def square(n):\n    return n * n\n",
    "submissions/accepted/square.cpp": "long square(long n) { return n * n; }\n",
    "submissions/accepted/two_files/square.py": "from times import times\ndef square(n):\n    return times(n, n)\n",
    "submissions/accepted/two_files/times.py": "def times(a, b):\n    return a * b\n",
    "submissions/wrong_answer/square.py": "def square(n):\n    return 2 * n\n",
}
ANNOTATED: Files = {
    "problem.yaml": "name: A plus B\nlimits: {time_limit: 1}\n",
    **SUMS,
    "submissions/accepted/sum.py": SUM_PY,
    "submissions/mixed/crash.py": "# @EXPECTED_RESULTS@: RUN-ERROR\nraise ValueError\n",
    "submissions/mixed/either.py": "# @EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT\nprint(-1)\n",
    "submissions/mixed/Slow.java": "// @EXPECTED_RESULTS@: TIME-LIMIT-EXCEEDED\n"
    "public class Slow { public static void main(String[] a) { long x = 0; while (x >= 0) x = (x + 1) & 1023; } }\n",
    "submissions/compile_error/typo.py": "# @EXPECTED_RESULTS@: COMPILER-ERROR\nprint(1\n",
    "submissions/compile_error/typo.cpp": "// @EXPECTED_RESULTS@: COMPILER-ERROR\nint main( {}\n",
}

HALVES_VALIDATOR_PY = """import pathlib, sys
given, feedback = int(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[3])
assert not (feedback / "nextpass.in").exists()
with open(feedback / "judgemessage.txt", "a") as log:
    print("asked for", given, file=log)
said = sys.stdin.read().split()
if said != [str(given // 2)]:
    sys.exit(43)
if given > 1:
    (feedback / "nextpass.in").write_text(said[0] + "\\n")
sys.exit(42)
"""
HALVES = _cases({"sample/1": ("4\n", ""), "secret/1": ("1\n", ""), "secret/2": ("100\n", "")})
MULTI_PASS_CURRENT: Files = {
    "problem.yaml": HEAD_2025.format(uuid="6ac4b5d0-3a0c-4b1f-8f6e-0d6f9d0c7a11")
    + "name: Halves\ntype: [pass-fail, multi-pass]\nlimits: {time_limit: 1, validation_passes: 8}\n",
    "output_validator/halves.py": HALVES_VALIDATOR_PY,
    "data/sample/1.interaction": "<4\n>2\n---\n<2\n>1\n---\n<1\n>0\n",
    **HALVES,
    "submissions/accepted/halves.py": "print(int(input()) // 2)\n",
    "submissions/accepted/halves.cpp": "#include <iostream>\nint main(){int n;std::cin>>n;std::cout<<n/2<<'\\n';}\n",
    "submissions/wrong_answer/rounds.py": "print(round(int(input()) / 2 + 0.01))\n",
    "submissions/wrong_answer/remembers.py": "n = int(input())\n"
    "open('seen', 'a').write('x')\nprint(n // 2 if n > 3 or len(open('seen').read()) > 1 else -1)\n",
    "submissions/run_time_error/small.py": "n = int(input())\nprint(n // 2 if n > 20 else [][0])\n",
    "submissions/time_limit_exceeded/small.py": "n = int(input())\nwhile n < 20: pass\nprint(n // 2)\n",
    "submissions/submissions.yaml": "wrong_answer/remembers.py: {message: asked for 3}\n",
}
TALKS_VALIDATOR_PY = """import pathlib, sys
given, feedback = int(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[3])
print(given, flush=True)
said = sys.stdin.readline()
if said.strip() != str(given - 1) or sys.stdin.read():
    sys.exit(43)
if given > 8:
    (feedback / "nextpass.in").write_text(str(given - 1))
sys.exit(42)
"""
MULTI_PASS_INTERACTIVE: Files = {
    "problem.yaml": "name: One less\nvalidation: custom interactive multi-pass\n"
    "limits: {time_limit: 1, validation_passes: 3}\n",
    "output_validators/talks.py": TALKS_VALIDATOR_PY,
    **_cases({"secret/1": ("3\n", ""), "secret/2": ("10\n", "")}),
    "submissions/accepted/less.py": "print(int(input()) - 1)\n",
    "submissions/wrong_answer/ten.py": "n = int(input())\nprint(n - 1 if n != 9 else 9)\n",
    "submissions/wrong_answer/leaves.py": "",
    "submissions/run_time_error/nine.py": "n = int(input())\nprint(n - 1)\nif n == 9: raise ValueError\n",
}
SUBMIT_ANSWER: Files = {
    "problem.yaml": HEAD_2025.format(uuid="a1a6d7c2-77a9-49fd-9a52-6e1d0a4b3c55")
    + "name: By hand\ntype: submit-answer\n",
    **_cases({"secret/first": ("a b\n", "2\n"), "secret/second": ("a b c\n", "3\n")}),
    "submissions/accepted/count.py": "print(len(input().split()))\n",
    "submissions/accepted/both/first.out": "2\n",
    "submissions/accepted/both/second.txt": "3\n",
    "submissions/wrong_answer/one/first.ans": "2\n",
    "submissions/wrong_answer/other/secret/first.ans": "3\n",
}
CHECKED: Files = {
    "problem.yaml": HEAD_2025.format(uuid="c0a3a1f4-5a77-4f0a-9d7e-0c1d2e3f4a5b")
    + "name: A plus B\nlimits: {time_limit: 1}\nconstants: {most: 1000000000000}\n",
    "input_validators/two.ctd": "# two numbers\nSET(limit = {{most}})\n"
    "INT(-limit, limit, a) SPACE INT(-limit, limit) NEWLINE\nASSERT(a != 0)\n",
    **SUMS,
    "submissions/accepted/sum.py": SUM_PY,
    "submissions/wrong_answer/no.py": "print('no')\n",
}
SCRIPTED: Files = {
    "problem.yaml": "name: Split\nvalidation: custom\nvalidator_flags: 'most 20'\nlimits: {time_limit: 1}\n",
    "output_validators/compare/build": "#!/bin/sh\nset -e\ncc -O1 -DWANTED=42 -o check check.c\nln -s start.sh run\n",
    "output_validators/compare/start.sh": '#!/bin/sh\n[ "$4 $5" = "most 20" ] || exit 1\nexec ./check "$1"\n',
    "output_validators/compare/check.c": "#include <stdio.h>\nint main(int c, char **v) {\n  long n, a, b;\n"
    '  FILE *in = fopen(v[1], "r");\n'
    '  if (!in || fscanf(in, "%ld", &n) != 1) return 1;\n'
    '  if (scanf("%ld %ld", &a, &b) != 2 || a + b != n || a > 20) return 43;\n  return WANTED;\n}\n',
    "input_validators/number/run": "#!/usr/bin/env bash\nread -r n\n[[ $n =~ ^[0-9]+$ ]] && exit 42\nexit 43\n",
    "input_validators/again.sh": "#!/bin/bash\nread -r n\nif (( n < 100 )); then exit 42; fi\n",
    **SPLITS,
    **SPLIT_SUBMISSIONS,
}
# What archives have: a program that reads /dev/stdin, a mark before the first byte, files beside the sources.
ODDITIES: Files = {
    "problem.yaml": "\ufeffname: A plus B\r\nlimits:\r\n  time_limit: 1\r\n",
    **SUMS,
    "submissions/accepted/mark.py": "\ufeff" + SUM_PY,
    "submissions/accepted/stdin.js": "const t = require('fs').readFileSync('/dev/stdin', 'utf8').split(/\\s+/);\n"
    "console.log(Number(t[0]) + Number(t[1]));\n",
    "submissions/accepted/stream.mjs": "import { createReadStream } from 'fs';\nlet text = '';\n"
    "for await (const part of createReadStream('/dev/stdin')) text += part;\n"
    "const t = text.split(/\\s+/);\nconsole.log(Number(t[0]) + Number(t[1]));\n",
    "submissions/accepted/beside/sum.cpp": SUM_CPP,
    "submissions/accepted/beside/notes.txt": "a + b",
    "submissions/accepted/beside/Makefile": "all:\n",
    "submissions/accepted/mixed/sum.c": SUM_C,
    "submissions/accepted/mixed/more.cpp": "int more() { return 0; }\n",
    "submissions/time_limit_exceeded/prints.cpp": '#include <cstdio>\nint main(){for(;;)puts("1 2");}\n',
    "submissions/accepted/other_name.java": SUM_JAVA,
}
SCORES_OF_PLAIN_VALIDATOR: Files = {
    "problem.yaml": "name: As high as you can\ntype: scoring\nvalidation: custom\n",
    **_cases({"sample/1": ("10\n", ""), "secret/all/1": ("80\n", "")}),
    "data/secret/all/testdata.yaml": "range: 0 80\n",
    "output_validators/score.py": SCORE_VALIDATOR_PY.format(file="score.txt", how="").replace(
        "    sys.exit(43)\n", "    open(sys.argv[3] + 'score.txt', 'w').write('0')\n    sys.exit(43)\n"
    ),
    "submissions/accepted/all.py": f"# @EXPECTED_SCORE@: 80\n{ECHO_PY}",
    "submissions/partial/half.py": "# @EXPECTED_SCORE@: 40\nprint(int(input()) // 2)\n",
    "submissions/wrong_answer/over.py": "print(int(input()) + 1)\n",
}

SAMPLES: dict[str, Files] = {
    "legacy-sum": LEGACY_SUM,
    "white-space": WHITE_SPACE,
    "case": CASE,
    "floats": FLOATS,
    "validator-py": VALIDATOR_PY,
    "validator-cpp": VALIDATOR_CPP,
    "interactive-py": INTERACTIVE_PY,
    "interactive-current": INTERACTIVE_CURRENT,
    "scoring-legacy": SCORING_LEGACY,
    "subtasks-legacy": SUBTASKS_LEGACY,
    "grader-legacy": GRADER_LEGACY,
    "validator-scores": VALIDATOR_SCORES_LEGACY,
    "current-sum": CURRENT_SUM,
    "scoring-current": SCORING_CURRENT,
    "multiplier-current": MULTIPLIER_CURRENT,
    "unbounded-current": UNBOUNDED_CURRENT,
    "arguments-current": ARGUMENTS_CURRENT,
    "included": INCLUDED,
    "annotated": ANNOTATED,
    "multi-pass": MULTI_PASS_CURRENT,
    "multi-pass-talks": MULTI_PASS_INTERACTIVE,
    "submit-answer": SUBMIT_ANSWER,
    "scripted": SCRIPTED,
    "checked": CHECKED,
    "oddities": ODDITIES,
    "plain-scores": SCORES_OF_PLAIN_VALIDATOR,
}


def write_samples(root: Path, *names: str) -> Path:
    """Write the packages called *names*, or all, below *root*."""
    for name in names or SAMPLES:
        put(root / name, SAMPLES[name])
    return root
