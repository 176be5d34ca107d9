"""Functions of the examiner's that a project calls, counted where it cannot reach."""

from __future__ import annotations

from tests.judge.probes.ml.conftest import Examine

from greenroom.judge.results import Verdict

APP = """
    from greenroom_lab import Refused, ask
    def spend(times):
        got = 0
        for _ in range(times):
            try:
                got += len(ask("rows", 10))
            except Refused as error:
                return got, str(error)
        return got, "enough"
    def wrongly():
        return [told(name) for name in ("rows", "nothing")]
    def told(name):
        try:
            return ask(name, "ten")
        except Refused as error:
            return str(error)
    """
OFFERED = """
    from greenroom.judge.probes.offers import Offers, RefusedError
    def rows(count):
        if offers.counts["rows"] > 3:
            raise RefusedError("the budget of 3 is spent")
        return np.zeros((int(count), 2))
    offers = Offers(rows=rows)
    seat = lab.process(offers=offers)
"""


def test_calls_are_counted_and_bounded(examine: Examine) -> None:
    body = OFFERED + (
        "    got = lab.call('app:spend', 5, seat=seat)\n"
        "    lab.expect(got == (30, 'rows: the budget of 3 is spent'), repr(got))\n"
        "    lab.expect(offers.counts == {'rows': 4} and offers.calls == [('rows', (10,))] * 4, repr(offers.calls))\n"
    )
    result = examine(APP, body)
    assert (result.verdict, result.cases[0].message) == (Verdict.accepted, None)


def test_what_is_not_offered_and_wrong_arguments_are_refused(examine: Examine) -> None:
    result = examine(APP, OFFERED + "    return repr(lab.call('app:wrongly', seat=seat))\n")
    message = str(result.cases[0].message)
    assert "rows: invalid literal for int()" in message
    assert "there is no 'nothing' here" in message


def test_a_process_without_offers_finds_none(examine: Examine) -> None:
    result = examine(APP, "return repr(lab.call('app:wrongly'))\n")
    assert "there is no such thing here" in str(result.cases[0].message)
