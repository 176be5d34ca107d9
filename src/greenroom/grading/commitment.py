"""Whether a candidate stands by what a sentence says: who changes their mind, or names things only, does not.

The encoder takes a sentence for what its words are about, so none of this shows in a likeness.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from greenroom.grading.words import normalise, words

_SOUNDS = (
    r"^\W*(?:(?:but|or|no|well|h+m+|ah|oh|and|so|though|although|yet|now|then|actually|sorry|ok|okay|rather|yes|sure|hey"
    r"|oops|ugh|er+|um+)\W+){0,4}"
)
_ANEW = r"(?:again|back|over|anew|once\s+more|afresh)"
_WRONG = r"(?:wrong|mistaken|false|incorrect|nonsense|rubbish|rash|hasty|premature|careless)"
_CHANGES_MIND = re.compile(
    rf"""{_SOUNDS}(?:hold\s+on|hang\s+on|scratch\s+that|strike\s+that|wait(?=\W*$|\W*[,.;:!…-]|\s+(?:a|no|actually|but|i|that)\b))
    | ^\W*(?:h+m+|oh|well|wait|oops)\W+(?:(?:actually|wait)\W+)?no\b(?=\W*$|\W*[,.;:!…-])
    | ^\W*(?:but|actually)\W+no\b(?=\W*$|\W*[,.;:!…-])
    | ^\W*no\W+(?:wait|sorry|actually|let\s+me|i(?:'m|\s+am)\s+not\s+happy)\b
    | \bi\s+(?:\w+\s+){{0,3}}(?:take|took)\s+(?:\w+\s+){{1,5}}back\b
    | \b(?:i|let\s+me|i'd|i'll|i've|we'd)\s+(?:\w+\s+){{0,3}}(?:withdraw|retract|revise|rethink|reconsider|unsay|backtrack|backpedal)\b
    | \b(?:i|let\s+me|i'd|i'll|i've)\s+(?:\w+\s+){{0,3}}correct\s+(?:myself|that|this|it|what)\b
    | \b(?:i|let\s+me|i'd|i'll|i've)\s+(?:\w+\s+){{0,3}}(?:go|start|went)\s+(?:\w+\s+){{0,4}}?(?:back\s+on|{_ANEW})\b
    | \blet\s+me\s+(?:\w+\s+){{0,2}}(?:think|look)\s+(?:\w+\s+){{0,4}}?{_ANEW}\b
    | \b(?:let\s+me|i'll|i'd|i\s+must|i\s+should)\s+(?:\w+\s+)?put\s+(?:that|this|it)\s+(?:straight|right)\b
    | \bi(?:\s+was|'m|\s+am|\s+may\s+have\s+been|\s+have\s+been|'ve\s+been|\s+must\s+have\s+been)\s+(?:\w+\s+){{0,2}}{_WRONG}\b
    | \bi(?:'ve|'d|\s+have|\s+had|\s+must\s+have|\s+just|\s+seem\s+to\s+have)?\s+(?:\w+\s+)?(?:mixed|swapped|confused|muddled|jumbled)\b
    | \bi(?:'ve|'d|\s+have|\s+had)?\s+(?:had|got|gotten|said|told|put)\s+(?:it|that|them|this|those|these|both|things)\s+(?:\w+\s+){{0,2}}(?:wrong|backwards|other\s+way|upside\s+down|reverse|mixed\s+up)\b
    | \bi\s+(?:no\s+longer|don't|do\s+not|can't|cannot)\s+(?:\w+\s+)?(?:think|believe|buy|trust|see)\s+(?:so|that|it|this|any\s+of\s+(?:it|that|this))(?:\s+any\s*(?:more|longer))?(?=\W*$|\s*[,.;:!…-]|\s+to\s+be\s+honest)
    | \bi\s+(?:no\s+longer|don't|do\s+not)\s+(?:\w+\s+)?(?:think|believe)\b.{{0,30}}\bany\s*(?:more|longer)\b
    | \bon\s+(?:second\s+thoughts?|reflection|closer\s+(?:look|inspection|reading|thought)|reconsideration)\b
    | \bcome\s+to\s+think\s+of\s+it\b | \bthe\s+(?:more|longer)\s+i\s+(?:think|look|consider)\b | \bthinking\s+(?:about\s+it\s+)?(?:again|more|twice|harder)\b
    | \bnow\s+that\s+i\s+(?:\w+\s+)?(?:say|look|think|consider|write|hear|read|see)\b
    | \b(?:contrary\s+to|unlike|forget|ignore|disregard|against)\s+(?:all\s+)?what\s+i(?:'ve|\s+have|\s+just)?\s+(?:just\s+)?(?:said|wrote|claimed|told|thought|suggested)\b
    | \bwhat\s+i(?:'ve|\s+have|\s+just)?\s+(?:just\s+)?(?:said|wrote|claimed|described|suggested|proposed)\b.{{0,50}}\b(?:{_WRONG}|not|isn't|wasn't|doesn't|opposite|reverse|contrary)\b
    | \bmy\s+(?:\w+\s+)?(?:claim|idea|explanation|answer|statement|point|thought|guess|suggestion|argument|reasoning|theory|instinct)s?\b.{{0,40}}\b(?:falls?|fell|{_WRONG}|(?:doesn't|don't|does\s+not|do\s+not)\s+(?:hold|work|stand|fly))\b
    | \b(?:the|that|those|this)\s+(?:\w+\s+){{1,5}}?i(?:'d|\s+had|\s+just)?\s+(?:just\s+)?(?:named|mentioned|asked\s+for|proposed|suggested|described|promised|had\s+in\s+mind)\b.{{0,30}}\b(?:isn't|aren't|wasn't|not|no|superfluous|falls?|useless|unnecessary|pointless|{_WRONG}|gone)\b
    | \b(?:idea|argument|reasoning|explanation|theory|thought|picture|story)\s+(?:\w+\s+){{0,4}}?(?:falls?|fell|collapses?|crumbles?|evaporates?)\b
    | \b(?:bit|part|thing|remark|sentence)\s+about\b.{{0,40}}\b(?:is|was|were)\s+(?:\w+\s+)?{_WRONG}\b
    | \b(?:so|then|therefore|thus)\s+(?:i|we|let's)(?:'d|'ll|\s+would|\s+will)?\s+(?:scrap|abandon|cancel|bin)\b | \bscrap\s+(?:that|the|my)\b
    | \b(?:that|this|it)\s+(?:can't|cannot|can\s+not|couldn't)\s+be(?:\s+(?:it|right|true|so|the\s+case|correct))?(?=\W*$|\s*[,.;:!…-]|\s+(?:since|because|as)\b)
    | \b(?:that|this)(?:'s|\s+is)\s+not\s+how\s+(?:it|this|that)\s+works\b
    | \bi(?:'d|\s+would)\s+rather\s+(?:do\s+none|not\s+do\s+(?:it|that|any))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LATE = 30
"""The characters before a change of mind from which the sentence has said something before it."""

_DENYING = re.compile(
    r"""\b(?:superfluous|unnecessary|unneeded|needless|needlessly|pointless|unwarranted)\b
    | \b(?:a\s+)?waste\s+(?:of|time|\w+\s+time)\b | \bof\s+no\s+use\b | \bnot\s+worth\b
    | \bi(?:'d|\s+would|'ll|\s+will)?\s+(?:also\s+|even\s+)?refuse\b | \bfail(?:s|ed|ing)?\s+to\b
    | \b(?:an?\s+)?(?:mistake|error|wrong|folly|absurd|silly|foolish)\s+to\b | \b(?:a\s+)?bad\s+idea\b
    | ^\W*(?:nor|neither)\b | \bexempt\b | \bout\s+of\s+the\s+question\b | \bfar\s+from\b""",
    re.IGNORECASE | re.VERBOSE,
)


_TENTATIVE = re.compile(
    r"""\btempted\s+to\b | \bat\s+first\s+(?:sight|glance|look)\b
    | \bmy\s+(?:first|initial)\s+(?:\w+\s+)?(?:idea|thought|guess|instinct|reflex|impulse|reaction|reading)\b
    | \bmy\s+(?:instinct|reflex|impulse)\b
    | \b(?:i'd|i\s+would)\s+have\s+(?:said|thought|guessed|bet|expected)\b
    | \b(?:one|you|somebody|people)\s+(?:could|might|may|would)\s+(?:argue|object|say|think|claim)\b
    | \bi\s+(?:had\s+|was\s+)?(?:also\s+)?(?:thought\s+of|toyed\s+with|wanted\s+to|going\s+to)\b
    | \b(?:sounded|looked|seemed)\s+(?:\w+\s+){0,2}(?:sensible|right|good|fine|obvious|plausible)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def changed_mind_at(parts: Sequence[str]) -> int:
    """The number of the first of the sentences *parts* that still stands: before it the candidate thought otherwise.

    0 when nobody changed their mind. Which of the earlier sentences are meant is for a person to say.
    """
    found = 0
    for number, sentence in enumerate(parts):
        said = _CHANGES_MIND.search(normalise(sentence))
        if said:
            found = number + 1 if said.start() > _LATE else number
    return found


def uncommitted(text: str, whole: str, phrasings: Sequence[str]) -> str | None:
    """Why the candidate may not stand by *text*, a part of the sentences *whole*, as the *phrasings* do; or None."""
    if _TENTATIVE.search(normalise(whole)):
        return "what came to mind, or what one might say"
    if _is_noncommittal(text) and not any(map(_is_noncommittal, phrasings)):
        return "named, and nothing said of it"
    if _DENYING.search(normalise(text)) and not any(_DENYING.search(normalise(one)) for one in phrasings):
        return "denied in a word"
    return None


@lru_cache(maxsize=20_000)
def _is_noncommittal(sentence: str) -> bool:
    """By weights of its single words, pairs and triples, which `bench/grading/noncommittal.py` fits."""
    known = _noncommittal()
    spoken = words(sentence)
    groups = {" ".join(spoken[at : at + size]) for size in (1, 2, 3) for at in range(len(spoken) - size + 1)}
    weights: dict[str, float] = known["weights"]
    return bool(known["offset"] + sum(weights.get(one, 0.0) for one in groups) >= known["begins"])


@cache
def _noncommittal() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("greenroom.grading").joinpath("noncommittal.json").read_text("utf-8"))
    return found
