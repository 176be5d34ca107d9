"""Words that may stand for each other in a sentence about computing without changing what it claims.

Neither the encoder nor a list of opposites tells `cut` for `split`, which is harmless, from `speeds up` for `blocks`.
So harmless words are listed, and a copied claim with any other word in it is doubted (`copies`).
"""

from __future__ import annotations

from functools import cache

from greenroom.grading.words import stem

_GROUPS = """
run execute perform carry process invoke call
server backend service
client browser frontend
turn convert transform translate change
cut split divide break separate
lost vanish gone disappear lose vanishes
straight directly direct
typical classic usual common normal ordinary
fill feed populate supply
example instance
send post submit pass transmit deliver
check verify validate confirm
store save keep persist hold retain
delete remove drop erase
create make build produce generate construct
fetch load read get retrieve obtain query
quick fast rapid quickly rapidly
big large huge
small tiny little
error failure exception fault
row record entry tuple
user person customer visitor
function method routine callable
several multiple many various
start begin
stop end finish terminate
old stale outdated
new fresh
machine host node computer box
task job
message event notification
wrong incorrect false broken mistaken
refuse reject deny decline
need require want demand
guarantee ensure assure
contain include have hold carry
alter modify change edit
update refresh
answer reply respond response serve
block stall freeze hold occupy
give return hand
raise throw
memory ram
repeat retry again
copy replica duplicate
show display render present
travel go move pass
notice see detect find discover spot catch
sixty 60
two 2
three 3
five 5
ten 10
cost price expense
expensive costly dear
cheap inexpensive
choose pick select take
set drive
look inspect examine
simple plain easy
feature input variable column
label target outcome
column field attribute
claim field
relation relationship
worker process
measure metric
same identical equal
limit bound cap
huge enormous
part piece portion share
whole entire complete full
page screen
also too additionally
happen occur
happens occurs
allow permit let
forbid prohibit prevent disallow
prevent avoid stop
grow increase rise
shrink decrease fall
help assist
use employ apply utilise utilize
put place set
sum total
average mean
mistake error
sign signature
log record write
instead rather
handle serve process manage
concurrently simultaneously parallel
sequentially serially
number count amount
attack exploit
attacker thief
steal take copy
""".strip().splitlines()


_ENDINGS = ("s", "es", "d", "ed", "ing")
_SHORTEST = 3


@cache
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_GROUPS):
        for word in line.split():
            for form in _forms(word):
                found.setdefault(form, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def are_alike(one: str, other: str) -> bool:
    """Whether the word *one* may stand for *other*: they are forms of one word, or in a group together.

    A name of several words (`tracking_code`) may stand for the last of them, and that for it.
    """
    if one.rpartition("_")[2] == other or other.rpartition("_")[2] == one:
        return True
    left, right = _forms(one), _forms(other)
    return bool(left & right or _numbers(left) & _numbers(right)) or _is_longer_form(stem(one), stem(other))


def _forms(word: str) -> frozenset[str]:
    """The word, its stem, and the word without each ending that it may have (short words have no other stem)."""
    cut = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return frozenset([word, stem(word), *(one for one in cut if len(one) >= _SHORTEST)])


def _numbers(forms: frozenset[str]) -> frozenset[int]:
    return frozenset[int]().union(*(_groups().get(form, frozenset()) for form in forms))


def _is_longer_form(one: str, other: str) -> bool:
    """Whether one is the other with an ending (`popular`, `popularity`), but not `less`, which denies."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 5 and long.startswith(short) and not long.removeprefix(short).startswith("less")
