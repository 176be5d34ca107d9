"""The index is built on data of this side's own; the work of both questions and its size are counted."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Answer, Sql, ask

LIST = """
SELECT id, priority, due, title FROM tasks WHERE team = ?1 AND state = 'open' AND due <= ?2
ORDER BY priority DESC, due, id LIMIT 10
"""
BADGE = "SELECT count(*) FROM tasks WHERE team = ?1 AND state = 'open' AND due <= ?2"

TASKS, TEAMS, DAYS = 12_000, 4, 1000
TOP_STEPS = 600  # of SQLite's machine for ten rows that come in order; 200 to 400 are enough
STEPS_AT_ALL, STEPS_A_ROW = 400, 12
MOST_PAGES = 15

Task = tuple[int, int, str, int, int, str]


def tasks(seed: int, first: int = 1, count: int = TASKS, states: tuple[str, ...] = ()) -> list[Task]:
    rng = random.Random(seed)
    states = states or ("open", *["done"] * 8, "dropped")
    return [
        (
            number,
            rng.randrange(TEAMS),
            rng.choice(states),
            rng.randint(1, 5),
            rng.randrange(DAYS),
            f"task {rng.randrange(10**6)}",
        )
        for number in range(first, first + count)
    ]


class Board:
    """The table with the candidate's index."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab, self.rows = lab, tasks(seed)
        self.database = Database(lab.text("schema.sql"), [("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)", self.rows)])
        before, pages = self.shape(), self.pages()
        Sql(lab, "indexes.sql").execute(self.database, "build")
        made = self.shape() - before
        lab.expect(before <= self.shape(), "indexes.sql must leave the table as it is")
        odd = [name for kind, name in made if kind != "index"]
        lab.expect(not odd, f"indexes.sql makes more than indexes: {', '.join(odd[:3])}")
        kept = self.database.rows("SELECT * FROM tasks ORDER BY id")
        lab.expect(kept == self.rows, "indexes.sql must leave the tasks as they are")
        self.indexes, self.taken = len(made), self.pages() - pages

    def shape(self) -> set[tuple[str, str]]:
        return set(self.database.rows("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"))

    def pages(self) -> int:
        return self.database.rows("PRAGMA page_count")[0][0]

    def open(self, team: int) -> list[Task]:
        return [row for row in self.rows if row[1] == team and row[2] == "open"]

    def expect_top(self, team: int, due: int) -> Answer:
        answer = ask(self.database, LIST, team, due)
        found = [row for row in self.open(team) if row[4] <= due]
        found.sort(key=lambda row: (-row[3], row[4], row[0]))
        wanted = [(row[0], row[3], row[4], row[5]) for row in found[:10]]
        self.lab.expect(answer.rows == wanted, f"the ten at the top are {answer.rows[:3]}, expected {wanted[:3]}")
        return answer

    def expect_badge(self, team: int, due: int) -> Answer:
        answer = ask(self.database, BADGE, team, due)
        wanted = sum(row[4] <= due for row in self.open(team))
        self.lab.expect(answer.rows == [(wanted,)], f"the badge shows {answer.rows}, expected {wanted}")
        return answer

    def within(self, what: str, answer: Answer, budget: int) -> str:
        told = f"{what}: {answer.steps:,} steps, budget {budget:,}"
        self.lab.expect(answer.steps <= budget, f"{told}\n{answer.plan.told}")
        return told


def board(lab: Lab) -> Board:
    return lab.once("board", lambda: Board(lab, 21))


def of_all_open(board: Board, team: int) -> int:
    return STEPS_AT_ALL + STEPS_A_ROW * len(board.open(team))


@check("list", visible=True)
def the_ten_at_the_top_are_read_in_order(lab: Lab) -> str:
    made = board(lab)
    answer = made.expect_top(2, 900)
    lab.measure("steps-of-list", answer.steps)
    return f"{made.within('ten tasks', answer, TOP_STEPS)}\n{answer.plan.told}"


@check("list")
def for_other_teams_and_days_as_well(lab: Lab) -> str:
    made = board(lab)
    told = [made.within("ten tasks", made.expect_top(team, due), TOP_STEPS) for team, due in ((0, 999), (3, 700))]
    few = made.within("when hardly any is due", made.expect_top(1, 4), of_all_open(made, 1))
    return "; ".join([*told, few])


@check("badge", visible=True)
def the_badge_reads_open_tasks_of_its_team(lab: Lab) -> str:
    made = board(lab)
    told = [
        made.within(f"{len(made.open(team))} open tasks", made.expect_badge(team, due), of_all_open(made, team))
        for team, due in ((2, 900), (3, 50))
    ]
    return "; ".join(told)


@check("frugal", visible=True)
def one_small_index(lab: Lab) -> str:
    made = board(lab)
    lab.measure("pages", made.taken)
    lab.expect(made.indexes == 1, f"{made.indexes} indexes, expected 1")
    told = f"{made.taken} pages of 4 kB, budget {MOST_PAGES}"
    lab.expect(made.taken <= MOST_PAGES, told)
    return told


@check("frugal")
def writing_goes_on(lab: Lab) -> str:
    made = Board(lab, 22)
    pages = made.pages()
    more = tasks(23, TASKS + 1, 2000, ("done",))
    made.database.own.executemany("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)", more)
    bare = Database(lab.text("schema.sql"), [("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)", made.rows)])
    before = bare.rows("PRAGMA page_count")[0][0]
    bare.own.executemany("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)", more)
    grown = made.pages() - pages - (bare.rows("PRAGMA page_count")[0][0] - before)
    lab.expect(grown <= 2, f"the index grows by {grown} pages with 2,000 tasks that are done, budget 2")
    closed = {row[0] for row in made.open(2)[::2]}
    made.database.own.executemany("UPDATE tasks SET state = 'done' WHERE id = ?", [(number,) for number in closed])
    opened = tasks(24, TASKS + 2001, 40, ("open",))
    made.database.own.executemany("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)", opened)
    made.rows = [row for row in made.rows if row[0] not in closed] + opened
    made.within("ten tasks", made.expect_top(2, 900), TOP_STEPS)
    made.within("the badge", made.expect_badge(2, 900), of_all_open(made, 2))
    return "2,000 done tasks written, others opened and closed: as before"
