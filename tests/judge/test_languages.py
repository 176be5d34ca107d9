"""Programs in the other languages that this host has: compiled behind walls, run behind others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.small_items import program, small_item
from tests.judge.tiers import interpreter_for

from greenroom.bank.specs import Limits
from greenroom.judge import census, grounds, languages
from greenroom.judge.languages import Name
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

SUM = {"name": "sum", "group": "basic", "visible": True, "stdin": "1 2\n3\n", "expect": "6\n"}
MORE = {"name": "more", "group": "basic", "stdin": "10 20\n30\n", "expect": "60\n"}

LIMITS = Limits(cpu_s=2, wall_s=30, memory_mb=128, processes=8, output_kb=64, disk_mb=4)

RIGHT: dict[Name, str] = {
    "c": '#include <stdio.h>\nint main(void){int a,s=0;while(scanf("%d",&a)==1)s+=a;printf("%d\\n",s);return 0;}\n',
    "cpp": "#include <bits/stdc++.h>\nint main(){long a,s=0;while(std::cin>>a)s+=a;std::cout<<s<<std::endl;}\n",
    "java": (
        "import java.util.*;\npublic class Adder {\n  static class Pair { int a; }\n"
        "  public static void main(String[] args) {\n    Scanner in = new Scanner(System.in); long sum = 0;\n"
        "    while (in.hasNextInt()) sum += in.nextInt();\n    System.out.println(sum);\n  }\n}\n"
    ),
    "javascript": (
        'const text = require("fs").readFileSync(0, "utf8");\n'
        "console.log(text.split(/\\s+/).filter(Boolean).map(Number).reduce((a, b) => a + b, 0));\n"
    ),
    "go": (
        'package main\nimport "fmt"\nfunc main() {\n\tsum, a := 0, 0\n'
        "\tfor { if n, _ := fmt.Scan(&a); n != 1 { break }; sum += a }\n\tfmt.Println(sum)\n}\n"
    ),
}
WRONG: dict[Name, str] = {
    "c": '#include <stdio.h>\nint main(void){puts("7");}\n',
    "cpp": "#include <iostream>\nint main(){std::cout<<7;}\n",
    "java": "class Main { public static void main(String[] a) { System.out.println(7); } }\n",
    "javascript": "console.log(7)\n",
    "go": 'package main\nimport "fmt"\nfunc main() { fmt.Println(7) }\n',
}
BROKEN: dict[Name, str] = {
    "c": "int main(void){ return nothing; }\n",
    "cpp": "int main(){ return nothing; }\n",
    "java": "class Main { public static void main(String[] a) { return nothing; } }\n",
    "javascript": "let nothing = ;\n",
    "go": "package main\nfunc main() { return nothing }\n",
}
ENDLESS: dict[Name, str] = {
    "c": "int main(void){ volatile int x = 1; while (x); }\n",
    "cpp": "int main(){ volatile int x = 1; while (x); }\n",
    "java": "class Main { public static void main(String[] a) { int x = 1; while (x != 0) x |= 1; } }\n",
    "javascript": "while (true) {}\n",
    "go": "package main\nfunc main() { for { } }\n",
}
GREEDY: dict[Name, str] = {
    "c": (
        "#include <stdlib.h>\n#include <string.h>\n"
        "int main(void){ for (;;) { char *p = malloc(1 << 20); if (!p) abort(); memset(p, 1, 1 << 20); } }\n"
    ),
    "cpp": "#include <vector>\nint main(){ std::vector<long> v; for (;;) v.push_back(1); }\n",
    "java": (
        "import java.util.*;\nclass Main { public static void main(String[] a) {"
        " List<long[]> all = new ArrayList<>(); while (true) all.add(new long[100000]); } }\n"
    ),
    "javascript": "const all = []; while (true) all.push(new Array(100000).fill(1.5));\n",
    "go": (
        "package main\nfunc main() { var all [][]byte; for { b := make([]byte, 1<<20);"
        " for i := range b { b[i] = 1 }; all = append(all, b) } }\n"
    ),
}
FAILING: dict[Name, str] = {
    "c": "int main(void){ return 3; }\n",
    "cpp": '#include <stdexcept>\nint main(){ throw std::runtime_error("x"); }\n',
    "java": "class Main { public static void main(String[] a) { throw new IllegalStateException(); } }\n",
    "javascript": "throw new Error('x')\n",
    "go": 'package main\nfunc main() { panic("x") }\n',
}
FLOODING: dict[Name, str] = {
    "c": '#include <stdio.h>\nint main(void){ for (;;) puts("more and more and more"); }\n',
    "cpp": '#include <iostream>\nint main(){ for (;;) std::cout << "more and more and more\\n"; }\n',
    "java": 'class Main { public static void main(String[] a) { while (true) System.out.println("more"); } }\n',
    # console.log keeps what a busy machine does not take at once, and may meet the limit of memory first.
    "javascript": "const { writeSync } = require('fs')\nfor (;;) writeSync(1, 'more and more and more\\n')\n",
    "go": 'package main\nimport "fmt"\nfunc main() { for { fmt.Println("more and more and more") } }\n',
}


@pytest.fixture(scope="module")
def walled(judge: Judge) -> Iterator[Judge]:
    """Forked by a zygote, as a server does it; `judge` starts fresh processes. Both are at tier 1."""
    made = Judge(tier=judge.tier, spares=1)
    yield made
    made.close()


@pytest.fixture(params=sorted(RIGHT))
def language(request: pytest.FixtureRequest) -> Name:
    name: Name = request.param
    if languages.find(name) is None:
        pytest.skip(f"this host has no {languages.TITLES[name]}")
    return name


def run(judge: Judge, folder: Path, source: str, language: Name, **limits: float) -> RunResult:
    allowed = LIMITS.model_copy(update=limits)
    item = small_item(folder / "item", code=program("tokens"), cases=[SUM, MORE], limits=allowed)
    return judge.run(item, source, language=language)


def test_a_right_program_is_accepted(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = run(walled, tmp_path, RIGHT[language], language)
    assert result.verdict is Verdict.accepted, result
    assert len(result.cases) == 2
    assert all(case.peak_mb > 0 for case in result.cases)


@pytest.mark.parametrize(
    ("sources", "verdict"),
    [
        (WRONG, Verdict.wrong_answer),
        (FAILING, Verdict.runtime_error),
        (ENDLESS, Verdict.time_limit),
        (GREEDY, Verdict.memory_limit),
        (FLOODING, Verdict.output_limit),
    ],
    ids=["wrong", "failing", "endless", "greedy", "flooding"],
)
def test_verdicts_are_told_apart(
    walled: Judge, tmp_path: Path, language: Name, sources: dict[Name, str], verdict: Verdict
) -> None:
    result = run(walled, tmp_path, sources[language], language)
    assert result.verdict is verdict, result


def test_the_kernel_alone_holds_their_memory(
    walled: Judge, tmp_path: Path, language: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where address space cannot be limited, a cgroup holds what the census would find too late."""
    if grounds.available().ground is None:
        pytest.skip(f"no cgroups here: {'; '.join(grounds.available().reasons)}")
    monkeypatch.setattr(census, "take", lambda _root, _idle_kb: census.Census(0, 0, 0.0, 0.0))
    result = run(walled, tmp_path, GREEDY[language], language, cpu_s=20)
    assert result.verdict is Verdict.memory_limit, result


def test_fresh_processes_do_the_same(judge: Judge, tmp_path: Path, language: Name) -> None:
    assert run(judge, tmp_path, RIGHT[language], language).verdict is Verdict.accepted


def test_what_the_compiler_says_is_shown(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = run(walled, tmp_path, BROKEN[language], language)
    assert result.verdict is Verdict.compile_error
    assert result.message is not None
    assert "nothing" in result.message
    assert result.cases == ()


def test_tier_2_runs_them_too(tmp_path: Path, language: Name) -> None:
    tmp_path.chmod(0o755)
    judge = Judge(tier=2, interpreter=interpreter_for(2))
    try:
        result = run(judge, tmp_path, RIGHT[language], language)
        assert result.verdict is Verdict.accepted, result
    finally:
        judge.close()
