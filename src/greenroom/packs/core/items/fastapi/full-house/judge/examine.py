"""Bookings that succeed, are refused, fail, and cannot be committed."""

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError, SlowError
from greenroom.judge.probes.service import Response, Service

PATIENCE_S = 1.0
SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE shows (id INTEGER PRIMARY KEY, seats_left INTEGER NOT NULL);
CREATE TABLE bookings (
    id INTEGER PRIMARY KEY,
    show INTEGER NOT NULL REFERENCES shows DEFERRABLE INITIALLY DEFERRED,
    customer INTEGER NOT NULL REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
    seats INTEGER NOT NULL
);
CREATE TABLE payments (booking INTEGER NOT NULL REFERENCES bookings, cents INTEGER NOT NULL);
"""


def theatre(lab: Lab, shows: dict[int, int]) -> tuple[Database, Service]:
    """The service and its database, where there are these shows and no bookings yet.

    Where another check has left a connection open, a process of its own.
    """

    def make() -> tuple[Database, Service]:
        customers = [(number, f"customer {number}") for number in (1, 2, 3)]
        database = Database(SCHEMA, [("INSERT INTO customers VALUES (?, ?)", customers)])
        return database, lab.service("app:app", database=database)

    database, service = lab.lasting("theatre", make)
    if database.connections:
        database, service = make()
    for table in ("payments", "bookings", "shows"):
        database.execute(f"DELETE FROM {table}")
    for show in shows.items():
        database.execute("INSERT INTO shows VALUES (?, ?)", *show)
    database.peak_connections = database.connections
    return database, service


def book(service: Service, show: int, customer: int, seats: int, tariff: str = "full") -> Response:
    wanted = {"customer": customer, "seats": seats, "tariff": tariff}
    try:
        return service.post(f"/shows/{show}/bookings", wanted, patience_s=PATIENCE_S)
    except SlowError:
        raise FailedError("a booking is not answered: an earlier request still holds a lock") from None


def stored(database: Database) -> tuple[list, list, list]:
    return (
        database.rows("SELECT show, customer, seats FROM bookings ORDER BY id"),
        database.rows("SELECT cents FROM payments ORDER BY rowid"),
        database.rows("SELECT id, seats_left FROM shows ORDER BY id"),
    )


def expect_stored(lab: Lab, database: Database, expected: tuple[list, list, list]) -> None:
    for what, found, wanted in zip(("bookings", "payments", "shows"), stored(database), expected, strict=True):
        lab.expect(found == wanted, f"in {what} there is {found}, expected {wanted}")


@check("contract", visible=True)
def a_booking_is_stored(lab: Lab) -> str:
    database, service = theatre(lab, {1: 10})
    made = book(service, 1, 2, 3).expect(201).json()
    lab.expect(made == {"id": 1, "show": 1, "seats": 3, "cents": 7200}, f"got {made}")
    expect_stored(lab, database, ([(1, 2, 3)], [(7200,)], [(1, 7)]))
    left = service.get("/shows/1").expect(200).json()
    lab.expect(left == {"id": 1, "seats_left": 7}, f"got {left}")
    return "3 seats booked, 7 left"


@check("rollback", visible=True)
def a_refused_booking_leaves_nothing(lab: Lab) -> str:
    database, service = theatre(lab, {1: 4})
    book(service, 1, 1, 5).expect(409)
    book(service, 1, 1, 4).expect(201)
    expect_stored(lab, database, ([(1, 1, 4)], [(9600,)], [(1, 0)]))
    return "one refused, one booked"


@check("rollback")
def nor_does_one_that_failed_in_another_way(lab: Lab) -> str:
    database, service = theatre(lab, {5: 9, 6: 2})
    book(service, 7, 1, 1).expect(404)
    book(service, 5, 1, 2, "senior").expect(500)
    book(service, 6, 2, 3).expect(409)
    made = book(service, 5, 3, 2, "student").expect(201).json()
    lab.expect((made["show"], made["cents"]) == (5, 2400), f"got {made}")
    book(service, 6, 3, 2).expect(201)
    expect_stored(lab, database, ([(5, 3, 2), (6, 3, 2)], [(2400,), (4800,)], [(5, 7), (6, 0)]))
    return "a 404, a 500 and a 409 left nothing"


@check("closed")
def connections_are_given_back(lab: Lab) -> str:
    database, service = theatre(lab, {1: 3})
    for _ in range(4):
        book(service, 1, 1, 9).expect(409)
        book(service, 2, 1, 9).expect(404)
        book(service, 1, 1, 1, "none").expect(500)
        service.get("/shows/3").expect(404)
        service.get("/shows/1").expect(200)
    book(service, 1, 1, 3).expect(201)
    expect_stored(lab, database, ([(1, 1, 3)], [(7200,)], [(1, 0)]))
    peak = database.peak_connections
    lab.expect(peak == 1, f"{peak} connections open at once after 21 requests one by one, budget 1")
    return "1 connection open at most, budget 1"


@check("confirmed")
def an_answer_waits_for_the_commit(lab: Lab) -> str:
    database, service = theatre(lab, {1: 10})
    database.hold = lambda sql, connection: sql.lstrip().upper().startswith(("COMMIT", "END"))
    asked = service.begin("POST", "/shows/1/bookings", json_body={"customer": 3, "seats": 2})
    service.until(lambda: database.held or asked.done)
    lab.expect(database.held, "a booking was answered and nothing committed")
    lab.expect(asked.status is None, f"the answer {asked.status} is sent before the booking is committed")
    database.hold = None
    database.release()
    asked.wait().expect(201)
    expect_stored(lab, database, ([(1, 3, 2)], [(4800,)], [(1, 8)]))
    return "committed first, answered then"


@check("confirmed")
def what_cannot_be_committed_is_not_confirmed(lab: Lab) -> str:
    database, service = theatre(lab, {1: 10, 2: 5})
    status = book(service, 2, 99, 1).status
    lab.expect(status >= 400, f"a booking for a customer that does not exist was answered with {status}")
    book(service, 2, 1, 5).expect(201)
    expect_stored(lab, database, ([(2, 1, 5)], [(12000,)], [(1, 10), (2, 0)]))
    return f"refused with {status}"
