"""The indexes are built on data of this side's own, and the work of each question is counted."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Answer, Sql, ask

STATEMENT = "SELECT created, cents FROM payments WHERE tenant = ?1 AND created >= ?2 ORDER BY created"
OPEN = "SELECT count(*) FROM payments WHERE tenant = ?1 AND state = 'open'"
REFERENCE = "SELECT id, state FROM payments WHERE reference = ?1"

TENANTS, ROWS = 40, 6000
STEPS_A_ROW = 14  # of SQLite's machine, for a row that is found in order; sorting or filtering takes more
STEPS_AT_ALL = 400
MOST_INDEXES = 2


def payments(seed: int) -> list[tuple[int, int, int, str, str, int]]:
    rng = random.Random(seed)
    return [
        (
            number,
            rng.randrange(TENANTS),
            rng.randrange(1000),
            rng.choice(["open", "paid", "paid", "refunded", "failed"]),
            f"R{rng.randrange(10**9):09d}",
            rng.randrange(100, 99_999),
        )
        for number in range(1, ROWS + 1)
    ]


class Till:
    """The table with the candidate's indexes."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.rows = payments(seed)
        schema = lab.text("schema.sql")
        self.database = Database(schema, [("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?)", self.rows)])
        before = self.shape()
        Sql(lab, "indexes.sql").execute(self.database, "build")
        self.indexes = [name for kind, name in self.shape() - before if kind == "index"]
        lab.expect(before <= self.shape(), "indexes.sql must leave the table as it is")
        odd = [name for kind, name in self.shape() - before if kind != "index"]
        lab.expect(not odd, f"indexes.sql makes more than indexes: {', '.join(odd[:3])}")
        kept = self.database.rows("SELECT * FROM payments ORDER BY id")
        lab.expect(kept == self.rows, "indexes.sql must leave the payments as they are")

    def shape(self) -> set[tuple[str, str]]:
        names = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
        return set(self.database.rows(names))

    def asked(self, sql: str, *parameters: object) -> Answer:
        return ask(self.database, sql, *parameters)


def till(lab: Lab) -> Till:
    return lab.once("till", lambda: Till(lab, 11))


def within(lab: Lab, what: str, steps: int, budget: int) -> str:
    told = f"{what}: {steps:,} steps, budget {budget:,}"
    lab.expect(steps <= budget, told)
    return told


def expect_statement(lab: Lab, made: Till, tenant: int, since: int) -> str:
    answer = made.asked(STATEMENT, tenant, since)
    wanted = sum(row[1] == tenant and row[2] >= since for row in made.rows)
    lab.expect(len(answer.rows) == wanted, f"{len(answer.rows)} payments, expected {wanted}")
    lab.expect(not answer.plan.sorts, f"the payments are sorted after they were read: {' / '.join(answer.plan.lines)}")
    return within(lab, f"a statement of {wanted} payments", answer.steps, STEPS_AT_ALL + STEPS_A_ROW * wanted)


@check("statement", visible=True)
def the_statement_reads_what_it_needs(lab: Lab) -> str:
    made = till(lab)
    lab.measure("steps-of-statement", made.asked(STATEMENT, 7, 500).steps)
    return expect_statement(lab, made, 7, 500)


@check("statement")
def so_it_does_for_other_tenants_and_dates(lab: Lab) -> str:
    made = till(lab)
    return "; ".join(expect_statement(lab, made, tenant, since) for tenant, since in [(0, 0), (23, 950), (39, 10)])


@check("reference", visible=True)
def a_payment_is_found_by_its_reference(lab: Lab) -> str:
    made = till(lab)
    return within(lab, "one payment", made.asked(REFERENCE, made.rows[17][4]).steps, STEPS_AT_ALL)


@check("open", visible=True)
def the_badge_reads_one_tenant_alone(lab: Lab) -> str:
    made = till(lab)
    answer = made.asked(OPEN, 7)
    wanted = sum(row[1] == 7 and row[3] == "open" for row in made.rows)
    lab.expect(answer.rows == [(wanted,)], f"{answer.rows}, expected {wanted}")
    own = sum(row[1] == 7 for row in made.rows)
    covered = any("COVERING" in line for line in answer.plan.lines)
    lab.expect(covered, "the badge visits the table for every payment of the tenant")
    return within(lab, f"the badge over {own} payments", answer.steps, STEPS_AT_ALL + STEPS_A_ROW * own)


@check("frugal", visible=True)
def two_indexes_at_most(lab: Lab) -> str:
    made = till(lab)
    told = f"{len(made.indexes)} indexes, budget {MOST_INDEXES}"
    lab.expect(len(made.indexes) <= MOST_INDEXES, told)
    return told


@check("frugal")
def the_same_on_other_data(lab: Lab) -> str:
    made = Till(lab, 12)
    expect_statement(lab, made, 3, 300)
    within(lab, "one payment", made.asked(REFERENCE, made.rows[4000][4]).steps, STEPS_AT_ALL)
    return "as before"
