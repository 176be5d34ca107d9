"""Every way in which the library says no."""

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

SCHEMA = """
CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT NOT NULL UNIQUE, title TEXT,
    copies INTEGER NOT NULL, shelf TEXT NOT NULL, CHECK (copies < 1000));
CREATE TABLE loans (id INTEGER PRIMARY KEY, book INTEGER NOT NULL REFERENCES books, card INTEGER NOT NULL,
    days INTEGER NOT NULL);
"""
BOOKS = [
    (1, "9780000000017", "Emma", 2, "a"),
    (2, "9780000000024", "Kim", 1, "b"),
    (3, "9780000000031", "Momo", 5, "vault-x7"),
    (4, "9780000000048", None, 1, "a"),
]
INTERNALS = ("books.", "UNIQUE", "CHECK", "constraint", "vault", "KeyError", "Traceback", "sqlite", "IntegrityError",
             "OperationalError", "copies <", "no such table", ".py")  # fmt: skip


def library(lab: Lab) -> Service:
    def make() -> Service:
        return lab.service("app:app", database=Database(SCHEMA, [("INSERT INTO books VALUES (?, ?, ?, ?, ?)", BOOKS)]))

    return lab.once("library", make)


def broken(lab: Lab) -> Service:
    """The service with a database that has none of its tables, as it loads beside the other."""
    return lab.once("broken", lambda: lab.ahead("app:app", database=Database("CREATE TABLE other (id INTEGER);")))


def expect_error(lab: Lab, answer: Response, status: int, code: str, message: str = "", **more: object) -> None:
    answer.expect(status)
    found = answer.json()
    error = found.get("error") if isinstance(found, dict) and set(found) == {"error"} else None
    shown = f"{answer.asked} ({status}) gives {answer.text[:200]}"
    lab.expect(isinstance(error, dict) and isinstance(error.get("message"), str), f"{shown}: not the one shape")
    wanted = {"code": code, "message": message or error["message"], **more}
    lab.expect(error == wanted and error["message"], f"{shown}, expected {{'error': {wanted}}}")
    lab.expect((answer.header("content-type") or "").startswith("application/json"), f"{shown}: not declared as JSON")


def lend(service: Service, book: int, card: int, days: int = 7) -> Response:
    return service.post("/loans", {"book": book, "reader": {"card": card, "name": "Lou"}, "days": days})


@check("contract", visible=True)
def books_are_found_and_lent(lab: Lab) -> str:
    if not lab.visible_only:
        broken(lab)
    service = library(lab)
    found = service.get("/books/1").expect(200).json()
    lab.expect(found == {"id": 1, "isbn": "9780000000017", "title": "Emma", "copies": 2}, f"got {found}")
    lab.expect(service.get("/books/2/place").expect(200).json() == "first floor", "the place is not right")
    lab.expect(lend(service, 1, 501).expect(201).json() == {"id": 1}, "the loan is not right")
    expect_error(lab, service.get("/books/77"), 404, "not_found", "there is no such book")
    return "2 books, 1 loan, 1 error in the one shape"


@check("contract")
def a_book_is_acquired(lab: Lab) -> str:
    service = library(lab)
    made = service.post("/books", {"isbn": "9780000000055", "title": "Dune", "copies": 3}).expect(201).json()
    found = service.get(f"/books/{made['id']}").expect(200).json()
    lab.expect(found == {"id": made["id"], "isbn": "9780000000055", "title": "Dune", "copies": 3}, f"got {found}")
    expect_error(lab, service.get(f"/books/{made['id'] + 50}/place"), 404, "not_found", "there is no such book")
    return "acquired and found"


@check("known", visible=True)
def an_unknown_path_has_the_shape(lab: Lab) -> str:
    expect_error(lab, library(lab).get("/magazines"), 404, "not_found")
    return "404 in the one shape"


@check("known")
def so_have_all_errors_that_are_foreseen(lab: Lab) -> str:
    service = library(lab)
    wrong = service.request("DELETE", "/books/1")
    expect_error(lab, wrong, 405, "method_not_allowed")
    lab.expect(wrong.header("Allow") == "GET", f"the 405 has Allow: {wrong.header('Allow')}, expected GET")
    lend(service, 2, 601).expect(201)
    expect_error(lab, lend(service, 2, 602), 409, "conflict", "all copies are lent")
    expect_error(lab, lend(service, 88, 602), 404, "not_found", "there is no such book")
    lend(service, 1, 701).expect(201, 429)
    again = lend(service, 3, 601).expect(201) and lend(service, 3, 601)
    expect_error(lab, again, 429, "slow_down", "you have this book already")
    lab.expect(again.header("Retry-After") == "86400", "the 429 has lost its Retry-After")
    duplicate = service.post("/books", {"isbn": BOOKS[1][1], "title": "Other", "copies": 1})
    expect_error(lab, duplicate, 409, "conflict")
    lab.expect(not told(duplicate), f"the 409 tells of internals: {duplicate.text[:200]}")
    return "404, 405, 409 and 429 in the one shape"


def told(answer: Response) -> list[str]:
    return [word for word in INTERNALS if word.lower() in answer.text.lower()]


@check("invalid")
def fields_are_named(lab: Lab) -> str:
    service = library(lab)
    reader = {"card": 1, "name": "Lou"}
    wrong = [
        ("POST", "/loans", {"book": 1, "reader": reader, "days": 31}, ["days"]),
        (
            "POST",
            "/loans",
            {"book": 1, "reader": {"card": "zebra-9"}, "days": 0},
            ["days", "reader.card", "reader.name"],
        ),
        ("POST", "/loans", {"reader": 5}, ["book", "days", "reader"]),
        ("POST", "/books", {"isbn": "978", "title": "", "copies": 0}, ["copies", "isbn", "title"]),
        ("GET", "/books/zebra-9", None, ["number"]),
        ("GET", "/books/1.5/place", None, ["number"]),
    ]
    for method, path, body, fields in wrong:
        answer = service.request(method, path, json_body=body)
        expect_error(lab, answer, 422, "invalid", fields=fields)
        lab.expect("zebra" not in answer.text, f"the 422 repeats what was sent: {answer.text[:200]}")
    broken = service.request("POST", "/loans", body=b'{"book": ', headers={"content-type": "application/json"})
    broken.expect(422, 400)
    found = broken.json()
    lab.expect(
        isinstance(found.get("error"), dict), f"JSON that is cut off gives {broken.text[:200]}: not the one shape"
    )
    return f"{len(wrong)} of {len(wrong)} with their fields"


@check("unexpected")
def unforeseen_errors_tell_nothing(lab: Lab) -> str:
    service = library(lab)
    asked = [
        service.get("/books/3/place"),
        service.get("/books/4"),
        service.post("/books", {"isbn": "9780000000062", "title": "Heavy", "copies": 1000}),
    ]
    for answer in asked:
        expect_error(lab, answer, 500, "internal")
        lab.expect(not told(answer), f"the 500 tells of internals: {answer.text[:200]}")
    return "3 of 3 in the one shape, telling nothing"


@check("unexpected")
def a_broken_database_tells_nothing(lab: Lab) -> str:
    service = broken(lab).started()
    for answer in (
        service.get("/books/1"),
        service.post("/books", {"isbn": "9780000000062", "title": "Lost", "copies": 1}),
        lend(service, 1, 1),
    ):
        expect_error(lab, answer, 500, "internal")
        lab.expect(not told(answer), f"the 500 tells of internals: {answer.text[:200]}")
    return "3 of 3 in the one shape, telling nothing"
