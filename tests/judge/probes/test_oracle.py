"""Answers beside an oracle's: the first difference is said by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.probes.oracle import Expected, difference, expect_same, response_difference
from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.service import Response

ORDER = {"id": 7, "items": [{"total": 1}, {"total": 2}], "note": None}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (ORDER, None),
        ({"note": None, "items": [{"total": 1.0}, {"total": 2}], "id": 7}, None),
        (ORDER | {"items": [{"total": 1}, {"total": 12}]}, "$.items[1].total: 12, expected 2"),
        (ORDER | {"items": [{"total": True}, {"total": 2}]}, "$.items[0].total: true, expected 1"),
        (ORDER | {"items": [{"total": 1}]}, "$.items: 1 items, expected 2"),
        (ORDER | {"items": [{"total": 3}, 4, 5]}, "$.items[0].total: 3, expected 1"),
        (ORDER | {"items": {}}, '$.items: {}, expected [{"total": 1}, {"total": 2}]'),
        (ORDER | {"id": "7"}, '$.id: "7", expected 7'),
        (ORDER | {"secret": "x" * 99}, f'$: has "secret" besides, with "{"x" * 78}…'),
        ({"id": 7, "items": ORDER["items"]}, "$.note: missing, expected null"),
        ([], f"$: [], expected {json.dumps(ORDER)}"),
    ],
)
def test_the_first_difference_is_said(found: Any, told: str | None) -> None:
    assert difference(found, ORDER) == told


def test_odd_names_are_quoted() -> None:
    assert difference({"a b": 1}, {"a b": 2}) == '$["a b"]: 1, expected 2'


def response(body: Any, status: int = 200, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response("GET /", status, (("Content-Type", "application/json"), *headers.items()), content)


@pytest.mark.parametrize(
    ("found", "expected", "told"),
    [
        (response(ORDER), response(ORDER), None),
        (response(ORDER), Expected(body=ORDER), None),
        (response(b"", 304, etag="1"), Expected(304, headers={"ETag": "1", "Last-Modified": None}), None),
        (response({"detail": 1}, 500), Expected(body=ORDER), 'status 500, expected 200: "{\\"detail\\": 1}"'),
        (response(1, etag="2"), Expected(body=1, headers={"ETag": "1"}), 'header ETag "2", expected "1"'),
        (response(1), Expected(body=1, headers={"ETag": "1"}), 'header ETag null, expected "1"'),
        (response(b"one,2"), response(b"one,3"), "byte 4 of the body: b'2', expected b'3'"),
        (response(b"a\n"), response(b"a\nb"), "byte 2 of the body: b'', expected b'b'"),
    ],
)
def test_responses_are_compared(found: Response, expected: Response | Expected, told: str | None) -> None:
    assert response_difference(found, expected) == told


def test_what_is_no_json_or_nested_without_end_breaks_nothing() -> None:
    for body in (b"<p>", b"[" * 500 + b"]" * 500):
        with pytest.raises(FailedError, match=r"not JSON|expected"):
            expect_same(response(body), response(ORDER))


APP = """
    from fastapi import FastAPI
    app = FastAPI()
    @app.get("/orders/{number}")
    def order(number: int):
        return {"id": number, "lines": [{"cents": number * place} for place in range(PLACES)]}
    """


def test_a_project_is_compared_with_a_reference_that_is_asked_the_same(examine: Examine) -> None:
    checks = """
        from greenroom.judge.probes.oracle import expect_same

        @check("all")
        def one(lab):
            other = {"app.py": lab.files["app.py"].replace(b"number * place", b"number * place or 4")}
            reference = lab.service("app:app", files=other)
            expect_same(lab.service("app:app").get("/orders/3"), reference.get("/orders/3"))
        """
    result = examine({"app.py": APP.replace("PLACES", "4")}, checks)
    assert result.cases[0].message == "GET /orders/3: $.lines[0].cents: 0, expected 4"
