"""A model that computes one call at a time in virtual time, and readers who come singly, in crowds, and who leave."""

import hashlib
import json
import random
import secrets

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.load import Load, TimedUpstream, latencies_s, percentile
from greenroom.judge.probes.seats import FailedError, SlowError
from greenroom.judge.probes.service import Exchange
from greenroom.judge.probes.upstream import Call, Reply
from greenroom.judge.probes.virtual_time import VirtualTime

BUDGET_MS = 80
LONE_MS = 15
AT_ONCE_MS = 1
MOST_TEXTS = 32
PLACES = 96
SECRET = secrets.token_bytes(16)


def score(text: str) -> float:
    return int.from_bytes(hashlib.sha256(SECRET + text.encode()).digest()[:4], "big") % 9973 / 10_000


class Model(TimedUpstream):
    """4 ms and 0.5 ms for each text; it cannot read `unreadable`, and fails once for each of `failing`."""

    def __init__(self, clock: VirtualTime) -> None:
        super().__init__(self._answer, clock=clock, takes_s=lambda call: 0.004 + 0.0005 * len(texts_of(call)))
        self.reset()

    def reset(self) -> None:
        """Forget the calls so far."""
        self.calls.clear()
        self.served.clear()
        self.peak = 0
        self.unreadable: set[str] = set()
        self.failing: set[str] = set()
        self.failed: list[str] = []

    def _answer(self, call: Call) -> Reply:
        texts = texts_of(call)
        if not 1 <= len(texts) <= MOST_TEXTS:
            return 413, {"error": f"{len(texts)} texts"}
        if self.failing & set(texts):
            self.failing -= set(texts)
            self.failed = texts
            return 503, {"error": "out of memory"}
        places = [place for place, text in enumerate(texts) if text in self.unreadable]
        return (422, {"unreadable": places}) if places else (200, {"scores": [score(text) for text in texts]})


def texts_of(call: Call) -> list[str]:
    try:
        texts = json.loads(call.body)["texts"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return texts if isinstance(texts, list) and all(isinstance(text, str) for text in texts) else []


class Desk:
    """The project with its model, and readers who write to it: `desk` gives one for a check."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.clock = VirtualTime()
        self.model = Model(self.clock)
        self.service = lab.service("app:app", upstream=self.model, virtual_time=self.clock)
        self._numbers = random.Random(7)
        self.is_sound = True

    def open(self) -> None:
        """A second after what was before."""
        self.begin_s = self.clock.now_s + 1
        self.asked: dict[str, Exchange] = {}
        self.model.reset()
        self.is_sound = False

    def close(self) -> None:
        """All went well: never more than one open call, none too large, and the process can be used again."""
        open_calls, largest = self.model.peak, max((len(texts_of(call)) for call in self.model.calls), default=0)
        self.lab.expect(open_calls <= 1, f"{open_calls} calls open at once at the model, budget 1")
        self.lab.expect(largest <= MOST_TEXTS, f"{largest} texts in one call, the most are {MOST_TEXTS}")
        self.is_sound = not self.model.waiting

    def at(self, ms: float, text: str | None = None, *, leaves_ms: float | None = None) -> str:
        """A comment is sent, and perhaps given up, so many milliseconds from the beginning; returns its text."""
        text = text if text is not None else f"comment {self._numbers.randrange(10**9)}"

        def send() -> None:
            self.asked[text] = self.service.begin("POST", "/scores", json_body={"text": text})

        self.clock.at(self.begin_s + ms / 1000, send)
        if leaves_ms is not None:
            self.clock.at(self.begin_s + leaves_ms / 1000, lambda: self.asked[text].disconnect())
        return text

    def wait(self, texts: list[str], what: str) -> None:
        """Until all *texts* are sent and answered."""
        try:
            self.clock.until(lambda: all(text in self.asked and self.asked[text].done for text in texts), 10)
        except SlowError:
            open_ones = sum(text in self.asked and not self.asked[text].done for text in texts)
            raise FailedError(f"{open_ones} of {len(texts)} comments are left without an answer: {what}") from None

    def expect_scores(self, texts: list[str], what: str) -> None:
        """All answered, each with its own score."""
        self.wait(texts, what)
        for text in texts:
            response = self.asked[text].wait().expect(200)
            found = response.json()
            self.lab.expect(isinstance(found, dict) and found.get("score") == score(text), f"{what}: a wrong score")

    def ms(self, texts: list[str]) -> list[float]:
        return [round(1000 * value, 4) for value in latencies_s(self.asked[text] for text in texts)]

    def expect_within(self, texts: list[str], budget_ms: float, what: str, share: float = 1.0) -> float:
        found = percentile(self.ms(texts), share)
        which = "the slowest" if share == 1.0 else f"the {share:.0%} percentile"
        self.lab.expect(found <= budget_ms, f"{what}: {which} took {found:.4g} ms, budget {budget_ms} ms")
        return found


def desk_of(lab: Lab) -> Desk:
    """The same process as in the check before, unless that went wrong."""
    turn = lab.once("turn", lambda: [0])
    desk: Desk = lab.once(f"desk {turn[0]}", lambda: Desk(lab))
    if not desk.is_sound:
        lab.end(desk.service.seat)
        turn[0] += 1
        desk = lab.once(f"desk {turn[0]}", lambda: Desk(lab))
    desk.open()
    return desk


def busy(desk: Desk, begin_ms: float, seconds: float, seed: int) -> list[str]:
    """800 comments a second, unevenly."""
    rng = random.Random(seed)
    return [desk.at(begin_ms + 1000 * seconds * rng.random()) for _ in range(round(800 * seconds))]


@check("contract", visible=True)
def three_comments_are_scored(lab: Lab) -> str:
    desk = desk_of(lab)
    for at, text in enumerate(("buy now", "", "I disagree")):
        desk.expect_scores([desk.at(100 * at, text)], "one at a time")
    desk.close()
    return "3 scores"


@check("budget", visible=True)
def a_busy_tenth_of_a_second(lab: Lab) -> str:
    desk = desk_of(lab)
    texts = busy(desk, 10, 0.1, 1)
    desk.expect_scores(texts, "80 comments in 100 ms")
    slowest = desk.expect_within(texts, BUDGET_MS, "80 comments in 100 ms", 0.99)
    desk.close()
    return f"99 % of 80 comments within {slowest:.4g} ms, budget {BUDGET_MS}, in {len(desk.model.calls)} calls"


@check("contract")
def each_gets_its_own_score(lab: Lab) -> str:
    desk = desk_of(lab)
    texts = [desk.at(number * 5.3) for number in range(20)] + [desk.at(200) for _ in range(9)]
    desk.expect_scores(texts, "29 comments")
    # Two readers may write the same.
    before = len(desk.asked)
    twins = [desk.service.begin("POST", "/scores", json_body={"text": "me too"}) for _ in range(2)]
    lone = desk.service.begin("POST", "/scores", json_body={"text": "not me"})
    for asked, text in ((twins[0], "me too"), (twins[1], "me too"), (lone, "not me")):
        lab.expect(asked.wait().expect(200).json().get("score") == score(text), "equal texts: a wrong score")
    desk.service.post("/scores", {"text": 5}).expect(422)
    desk.close()
    return f"{before + 3} scores"


@check("budget")
def a_day_with_crowds(lab: Lab) -> str:
    desk = desk_of(lab)
    texts = busy(desk, 10, 0.2, 2)
    texts += [desk.at(at) for at in (70, 170) for _ in range(50)]
    desk.expect_scores(texts, "800 a second and fifty at once")
    slowest = desk.expect_within(texts, BUDGET_MS, f"{len(texts)} comments", 0.99)
    desk.close()
    lab.measure("calls", len(desk.model.calls))
    return f"99 % of {len(texts)} comments within {slowest:.4g} ms, budget {BUDGET_MS}"


@check("lone")
def alone_at_night(lab: Lab) -> str:
    desk = desk_of(lab)
    lone = [desk.at(at) for at in (10, 45, 110, 900, 4000)]
    desk.expect_scores(lone, "each of them alone")
    slowest = desk.expect_within(lone, LONE_MS, "a comment alone")
    rest = [desk.at(5000) for _ in range(MOST_TEXTS + 1)]
    desk.expect_scores(rest, "one more than fits into a call")
    desk.expect_within(rest, BUDGET_MS, "one more than fits into a call")
    desk.close()
    return f"{slowest:.4g} ms at most, budget {LONE_MS}"


@check("errors")
def a_text_that_cannot_be_read(lab: Lab) -> str:
    desk = desk_of(lab)
    first = [desk.at(10) for _ in range(3)]
    crowd = [desk.at(11) for _ in range(24)]
    later = [desk.at(100 + number) for number in range(12)]
    bad = {first[0], crowd[0], crowd[13], later[5]}
    desk.model.unreadable = set(bad)
    texts = first + crowd + later
    desk.expect_scores([text for text in texts if text not in bad], "texts beside one that cannot be read")
    desk.wait(sorted(bad), "texts that cannot be read")
    for text in bad:
        desk.asked[text].wait().expect(422)
    slowest = desk.expect_within(texts, BUDGET_MS, "texts beside one that cannot be read")
    desk.close()
    return f"4 refused, 35 scored, within {slowest:.4g} ms"


@check("errors")
def a_call_that_fails(lab: Lab) -> str:
    desk = desk_of(lab)
    lone = desk.at(10)
    crowd = [desk.at(50) for _ in range(2)] + [desk.at(51) for _ in range(40)]
    desk.model.failing = {lone, crowd[15]}
    desk.wait([lone], "a call that fails")
    desk.asked[lone].wait().expect(502)
    desk.wait(crowd, "a call that fails")
    failed = desk.model.failed
    statuses = {desk.asked[text].wait().status for text in failed if text in desk.asked}
    lab.expect(statuses == {502}, f"a call of {len(failed)} failed: answers {sorted(statuses)}, expected 502")
    desk.expect_scores([text for text in crowd if text not in failed], "other calls than the one that failed")
    again = sum(text in texts_of(call) for text in failed for call in desk.model.calls) - len(failed)
    lab.expect(again == 0, f"{again} texts were sent again after their call had failed, budget 0")
    after = [desk.at(200 + number) for number in range(10)]
    desk.expect_scores(after, "after a call that failed")
    desk.close()
    return f"1 and {len(failed)} told, the rest scored"


@check("gone")
def some_leave(lab: Lab) -> str:
    desk = desk_of(lab)
    stay, leave = [], []
    for turn in range(4):
        begin = 100 * turn
        stay.append(desk.at(begin + 10)) if turn % 2 else leave.append(desk.at(begin + 10, leaves_ms=begin + 13))
        waiting = [desk.at(begin + 11, leaves_ms=begin + 12 if number % 3 == turn % 3 else None) for number in range(9)]
        stay += [text for number, text in enumerate(waiting) if number % 3 != turn % 3]
        leave += [text for number, text in enumerate(waiting) if number % 3 == turn % 3]
        stay.append(desk.at(begin + 12))
    everybody = [desk.at(500, leaves_ms=502) for _ in range(6)]
    last = [desk.at(600 + number) for number in range(5)]
    desk.expect_scores(stay + last, "others have gone")
    slowest = desk.expect_within(stay + last, BUDGET_MS, "others have gone")
    desk.close()
    return f"{len(stay + last)} stayed and were answered within {slowest:.4g} ms, {len(leave + everybody)} left"


@check("gone")
def who_has_gone_is_not_sent(lab: Lab) -> str:
    desk = desk_of(lab)
    opener = [desk.at(10) for _ in range(MOST_TEXTS)]
    # The first call is open when these come, and still open when they go.
    crowd = [desk.at(11, leaves_ms=12.5) for _ in range(PLACES - MOST_TEXTS)]
    desk.wait(opener, "others have gone")
    gone_s = desk.begin_s + 0.0125
    open_at = {text for served in desk.model.served if served.came_s < gone_s for text in texts_of(served.call)}
    others = [desk.at(100 + 0.1 * number) for number in range(20)]
    desk.expect_scores(opener + others, "others have gone")
    sent = {text for call in desk.model.calls for text in texts_of(call)}
    useless = len((sent - open_at) & set(crowd))
    lab.expect(useless == 0, f"{useless} texts were sent of readers who had gone, budget 0")
    desk.close()
    return f"0 of {len(crowd)} texts sent"


@check("gone")
def who_has_gone_takes_no_place(lab: Lab) -> str:
    desk = desk_of(lab)
    opener = [desk.at(10) for _ in range(MOST_TEXTS)]
    for _ in range(PLACES - MOST_TEXTS):
        desk.at(11, leaves_ms=12.5)
    late = [desk.at(13.5) for _ in range(PLACES - MOST_TEXTS)]
    desk.wait(opener + late, "others have gone")
    refused = sum(desk.asked[text].wait().status == 503 for text in late)
    lab.expect(refused == 0, f"{refused} refused although others had gone and left their places, budget 0")
    desk.expect_scores(opener + late, "others have gone")
    desk.close()
    return "0 refused"


@check("full")
def all_places_are_taken(lab: Lab) -> str:
    desk = desk_of(lab)
    crowd = [desk.at(10) for _ in range(PLACES)]
    desk.expect_scores(crowd, f"{PLACES} at once")
    rush = [desk.at(400) for _ in range(160)]
    desk.wait(rush, "160 at once")
    told = {text: desk.asked[text].wait() for text in rush}
    refused = [text for text in rush if told[text].status == 503]
    scored = [text for text in rush if told[text].status != 503]
    desk.expect_scores(scored, "160 at once")
    lab.expect(
        PLACES <= len(scored) <= PLACES + MOST_TEXTS,
        f"160 at once: {len(scored)} scored, expected {PLACES}, and up to {MOST_TEXTS} in the open call",
    )
    lab.expect(all(told[text].header("retry-after") for text in refused), "a 503 without Retry-After")
    desk.expect_within(refused, AT_ONCE_MS, "a refusal")
    slowest = desk.expect_within(scored, 2 * BUDGET_MS, "160 at once, those that are not refused")
    after = [desk.at(800 + 0.5 * number) for number in range(20)]
    desk.expect_scores(after, "after the rush")
    desk.close()
    return f"{len(refused)} of 160 refused at once, the others within {slowest:.4g} ms"
