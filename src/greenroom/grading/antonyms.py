"""Words that say opposite things, in everyday and school-science English and in computing, by hand.

Each line is one scale: what stands left of the stroke is opposed to what stands right of it (antonymy as Lyons 1977
has it: gradable, complementary and converse pairs alike). Read by the scorer, as a feature of the point grader's trees,
and where a copied phrasing was changed (`copies`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

_SCALES = """
higher upper/lower
float/sink
hot warm heat/cold cool chill freeze
boil evaporate vaporize/freeze condense
melt liquefy/freeze solidify harden
dark dim dull black/light bright white shiny
heavy weigh/light lightweight weightless
hard firm solid rigid stiff/soft mushy flexible loose squishy
solid/liquid gas
smooth slick even polished/rough bumpy coarse uneven jagged
fine/coarse
sharp/blunt dull
thick dense/thin sparse
wide broad/narrow
fat/thin skinny
deep/shallow
tall high/short low
long lengthen stretch/short shorten
big large great huge giant enormous/small little tiny minor minute
more greater extra additional/less fewer lesser smaller
most maximum maximal greatest/least minimum minimal fewest smallest
many numerous lots/few
all every always/none never
all every/some
everything everyone/nothing nobody
always/never sometimes rarely seldom
often frequent frequently/rarely seldom infrequently
increase rise grow gain climb raise/decrease drop fall shrink lose decline reduce lower lessen diminish
expand enlarge inflate swell/contract shrink deflate compress
add plus/subtract remove minus
multiply times/divide
double/halve half
up upward uphill above over top upper higher/down downward downhill below under bottom lower beneath
rise/sink set fall
front forward ahead/back backward behind
left/right
north northern/south southern
east eastern/west western
inside inner internal interior in into indoors/outside outer external exterior out outdoors
near close nearby adjacent/far distant away
before earlier prior previous precede/after later subsequent follow
early/late
first initial beginning start/last final end ending
begin start launch/stop end finish quit halt
old ancient/new young modern recent
past/future
day daytime/night nighttime
sunrise morning dawn/sunset evening afternoon dusk
summer/winter
fast quick rapid speedy swift/slow gradual
accelerate speed/decelerate slow
strong powerful/weak feeble
loud noisy/quiet silent soft
full filled/empty
wet moist damp soggy/dry
clear transparent/cloudy murky opaque
clean pure/dirty polluted impure contaminated
fresh/salty stale
sweet/sour bitter
acid acidic/base basic alkaline
soluble dissolve/insoluble undissolved
saturated/unsaturated
concentrated/diluted dilute
mix combine join merge unite/separate split divide
attract pull/repel push
push/pull
attach stick connect join link fasten touch contact/detach disconnect separate unattached unconnected loosen
connected attached together/disconnected separated apart
open opened/closed close shut
gap broken incomplete break/complete unbroken continuous intact closed whole
broken damaged burnt faulty defective burned/working intact undamaged fixed functioning
work run function operate/fail break stop malfunction
on/off
positive/negative
plus/minus
parallel/series
charge charged/discharge uncharged
conduct conductor/insulate insulator
magnetic/nonmagnetic
permanent constant/temporary
same equal identical alike similar equivalent/different unequal unlike differ dissimilar
same unchanged constant steady stay remain/change vary changed variable
agree/disagree
true correct right accurate/false incorrect wrong inaccurate
yes/no
possible can able/impossible cannot unable
easy simple/hard difficult complex complicated
good better best/bad worse worst
useful helpful/useless harmful
safe secure harmless/dangerous unsafe insecure harmful
healthy/sick unhealthy
alive living live/dead nonliving die
animal/plant
predator/prey
male/female
parent/child
herbivore/carnivore
producer/consumer
inherited innate/learned acquired
erode erosion weather weathered/deposit deposition
mountain hill/valley
steep slope sloped/flat level gentle
straight/curved bent crooked
horizontal/vertical
vibrate move moving motion/still stationary motionless
tight tighten taut/loose loosen slack
absorb soak retain/reflect repel release emit
absorb keep/lose release
block stop prevent hinder/allow let permit enable
cause/prevent
protect/expose damage
create make build produce form/destroy remove
give send transmit output/receive take input
import/export
enter/leave exit
arrive come/depart go leave
appear visible/disappear vanish invisible hidden
find/lose
win/lose
buy/sell
cheap inexpensive/expensive costly
rich/poor
accept allow permit include/reject deny refuse exclude
include contain/exclude lack omit
present/absent missing
necessary required need mandatory compulsory must/unnecessary optional needless
known/unknown
certain sure/uncertain unsure
likely probable/unlikely improbable
common usual typical/rare unusual uncommon
regular/irregular
normal/abnormal
natural/artificial
direct/indirect
active/passive
public/private
local/global
internal/external
single one/multiple several many
unique distinct/duplicate repeated
static fixed/dynamic variable changing
mutable/immutable
valid/invalid
legal/illegal
sorted ordered/unsorted unordered
ascending/descending
odd/even
prefix/suffix postfix
minimum shortest/maximum longest
best/worst
head front/tail rear back
push enqueue insert add append/pop dequeue remove delete
insert add/delete remove
allocate/deallocate free
lock acquire/unlock release
load/store save unload
read/write
client/server
sender send source/receiver receive destination
upload/download
encrypt encode/decrypt decode
compile compiled/interpret interpreted
declare declaration/define definition
global/local
caller/callee
base superclass parent/derived subclass child
abstract/concrete
iterative iteration loop/recursive recursion
synchronous blocking/asynchronous nonblocking
sync/async
serial sequential/parallel concurrent
stateful/stateless
connectionless/connection
reliable guaranteed/unreliable
wired/wireless
unicast/multicast broadcast
hit/miss
success succeed pass/failure fail
efficient/inefficient
optimistic/pessimistic
linear/quadratic exponential
constant/linear logarithmic
logarithmic/linear
overfit overfitting variance/underfit underfitting bias
training train/test testing serving
precision/recall
supervised/unsupervised
discrete/continuous
hardware/software
virtual/physical
analog/digital
encrypted/plaintext
above/below
upstream/downstream
evaporation/condensation precipitation
igneous/sedimentary metamorphic
renewable/nonrenewable
native/foreign
freshwater/saltwater
nucleus/cytoplasm
artery/vein
inhale/exhale
sunny/cloudy rainy
reversible/irreversible
chemical/physical
kinetic/potential
opaque/translucent transparent
advantage benefit/disadvantage drawback
support/oppose
with/without
both/neither
both/only
odd/normal
shortest/longest
increase/constant same unchanged
decrease/constant same unchanged
"""

_ENDINGS = (
    ("iest", "y"), ("ier", "y"), ("ies", "y"), ("ied", "y"), ("ily", "y"), ("ing", ""), ("ing", "e"), ("est", ""),
    ("est", "e"), ("ers", ""), ("er", ""), ("er", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("es", "e"), ("s", ""),
    ("ly", ""), ("ness", ""), ("en", ""),
)  # fmt: skip
_IRREGULAR = {
    "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "sank": "sink", "sunk": "sink",
    "froze": "freeze", "frozen": "freeze", "grew": "grow", "grown": "grow", "lost": "lose", "stuck": "stick",
    "broke": "break", "began": "begin", "begun": "begin", "shrank": "shrink", "shrunk": "shrink", "gave": "give",
    "given": "give", "took": "take", "sent": "send", "made": "make", "built": "build", "kept": "keep", "ran": "run",
    "found": "find", "won": "win", "bought": "buy", "sold": "sell", "went": "go", "came": "come", "wrote": "write",
    "written": "write", "farther": "far", "further": "far", "farthest": "far", "furthest": "far", "died": "die",
    "dying": "die", "height": "high", "length": "long", "width": "wide", "depth": "deep", "weight": "weigh",
}  # fmt: skip
_LONGEST_COMPARED = 6
"""Longer words are compared with more and most."""


def _places() -> dict[str, frozenset[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, line in enumerate(_SCALES.split("\n")):
        left, _, right = line.partition("/")
        for side, part in ((0, left), (1, right)):
            for word in part.split():
                found[word].add((number, side))
    return {word: frozenset(places) for word, places in found.items()}


def _opposites() -> dict[str, str]:
    """For each word the first word of the other side, on the first scale that it stands on."""
    found: dict[str, str] = {}
    for line in _SCALES.split("\n"):
        left, _, right = (part.split() for part in line.partition("/"))
        if left and right:
            for own, other in ((left, right), (right, left)):
                for word in own:
                    found.setdefault(word, other[0])
    return found


_PLACES = _places()
_OPPOSITES = _opposites()
_NOWHERE: frozenset[tuple[int, int]] = frozenset()


@lru_cache(maxsize=20_000)
def places(word: str) -> frozenset[tuple[int, int]]:
    """The scales on which *word* (lower case) stands, and its side on each; empty for most words."""
    word = _IRREGULAR.get(word, word)
    found = set(_PLACES.get(word, ()))
    for short, _ in _bases(word):
        found |= _PLACES.get(short, _NOWHERE)
    return frozenset(found)


def opposed(word: str, other: str) -> bool:
    """Whether the two stand on opposite sides of a scale."""
    theirs = places(other)
    return any((scale, 1 - side) in theirs for scale, side in places(word))


def turned_round(missing: Iterable[str], extra: Iterable[str]) -> int:
    """How many of the *missing* words are opposed to one of the *extra* words that stand there instead.

    A word of which another form stands there is not missing: `slower` says what `slow` says.
    """
    there = {place for word in extra for place in places(word)}
    return sum(
        any((scale, 1 - side) in there and (scale, side) not in there for scale, side in places(word))
        for word in missing
    )


def opposite(word: str) -> str | None:
    """*word* (lower case) turned round, in about the same form: `higher` for `lower`; None when it is on no scale."""
    word = _IRREGULAR.get(word, word)
    if word in _OPPOSITES:
        return _OPPOSITES[word]
    for short, ending in _bases(word):
        if short in _OPPOSITES:
            return _formed(_OPPOSITES[short], ending)
    return None


def _bases(word: str) -> Iterator[tuple[str, str]]:
    """What *word* may be a form of, each with the ending that was taken off."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            short = word.removesuffix(ending) + instead
            yield short, ending
            if short[-1:] == short[-2:-1]:
                yield short[:-1], ending


def _formed(word: str, ending: str) -> str:
    """*word* with an ending like *ending*: good enough for an encoder to read."""
    silent = word.removesuffix("e")
    if ending in ("er", "ier", "est", "iest"):
        short = ending[-2:] if ending.endswith("er") else "est"
        return f"{'more' if short == 'er' else 'most'} {word}" if len(word) > _LONGEST_COMPARED else silent + short
    if ending == "ing":
        return silent + "ing"
    if ending in ("ed", "ied"):
        return silent + "ed"
    return word + "s" if ending in ("s", "es", "ies") else word


def pair_count() -> int:
    """How many pairs of words the scales oppose."""
    parts = (line.partition("/") for line in _SCALES.split("\n"))
    return sum(len(left.split()) * len(right.split()) for left, _, right in parts)
