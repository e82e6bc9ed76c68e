"""Words made comparable: case, light suffixes and stop words of English and German; and what kind of answer a question
wants (a duration, an amount, a container …). Deterministic, without any model."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MIN_STEM = 3
MIN_COMPOUND = 4
MAX_WORD = 64
"""Longer words are cut before they are kept: the text may be anybody's, and stems are remembered."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP = frozenset(
    """a about after all also am an and any are as at be because been before being both but by can could did do does
    doing done each else for from further get gets give given go goes going gone good got had happen happens has
    have having he her here hers him his how i if in into is it its itself just let like long many may me might more
    most much must my need no nor not of off on once one only or other our out over own per please same shall she
    should so some such tell than that the their them then there these they thing things this those through to too
    under until up us use used using very was way we were what when where whether which while who whom why will with
    anybody anyone bad badly happened help now person serious seriously severe severely somebody someone thing would you your
    yours jetzt jemand jemanden jemandem machen mache macht passiert person schlimm schlimme schlimmen schwer schwere schweren
    schwerer stark starke starken tun tue tut aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin
    bis bist bitte da damit dann das dass dazu dein deine dem den denn der des dich die dies diese diesem diesen
    dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch für gegen geht gibt hab
    habe haben hat hatte hier hin ich ihm ihn ihnen ihr ihre im in ins ist ja jede jedem jeden jeder jedes kann
    kannst kein keine keinen können könnte lange man mehr mein meine mich mir mit muss musst müssen nach nicht noch
    nun nur ob oder ohne pro sehr sein seine seit sich sie sind so soll sollen sollte sollten sonst über um und uns
    unser unter viel viele vom von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen
    wenn wer werden wie wieviel will wir wird wo womit worin würde zu zum zur zwischen""".split()
)
_GERMAN = frozenset(
    "der die das und ich ist wie was wo wer wann warum welche worin nicht ein eine kann im mit für auf den dem zu soll"
    " muss wenn bei habe gibt man wir mein".split()
)
_ENGLISH = frozenset(
    "the and i is how what where who when why which not a an can in with for on to should must if at have there"
    " my do does of we you are".split()
)
_SUFFIXES = (
    *("ations", "ation", "ments", "ment", "ings", "ing", "edly", "ed", "ers", "er", "ies", "es", "ly", "s"),
    *("ungen", "ung", "lichen", "liche", "lich", "ern", "en", "em", "e", "n"),
)
_FOLD = str.maketrans({"ß": "ss"})

_DURATION = (
    "second minute hour day week month year date expiry sekund minut stund tag woch monat jahr halt datum ablauf"
)
_CONTAINER = (
    "container bottle jug canister barrel drum jar bucket tank glass plastic food-grad lid cap steel vessel"
    " behalter flasche kanister fass eimer glas kunststoff deckel gefass lebensmittelecht verschluss"
)
_AMOUNT = (
    "litre liter gallon kilogram kilo gram kilogramm gramm tonne watt volt percent prozent millilitre milliliter cup"
)
_PLACE = (
    "place room cellar basement outside inside upstairs shade near away raum keller draussen drinnen schatten ort nahe"
)
_HEAT = "degree celsius fahrenheit grad temperatur"


class Facet:
    """A kind of answer: `asked` finds it in a question, `stems` (or, where `digits`, a number) in a sentence."""

    def __init__(self, asked: str, stems: str, digits: bool = False, weight: float = 1.0) -> None:
        self._asked = re.compile(asked, re.I)
        self._stems = frozenset(stem(fold(s)) for s in stems.split())
        self._digits = digits
        self.weight = weight

    def asked(self, question: str) -> bool:
        return self._asked.search(question) is not None

    def met(self, terms: frozenset[str], has_digit: bool) -> bool:
        return (has_digit or not self._digits) and any(
            t in self._stems or any(t.endswith(s) for s in self._stems if len(s) > MIN_COMPOUND) for t in terms
        )


def fold(word: str) -> str:
    """Case and accents away: `Behälter` and `behalter` are one word."""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_FOLD))
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The folded word without its commonest endings; never shorter than `MIN_STEM`."""
    word = word.partition("'")[0].partition("’")[0]
    for _ in range(2):
        suffix = next((x for x in _SUFFIXES if word.endswith(x) and len(word) - len(x) >= MIN_STEM + (len(x) < 3)), "")
        if not suffix:
            break
        word = word[: -len(suffix)]
        if suffix in ("ing", "ed") and word[-1] == word[-2] and word[-1] not in "aeiousl":
            word = word[:-1]
    return word


_STOP_FOLDED = frozenset(fold(w) for w in _STOP)


def words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    folded = (fold(m[0][:MAX_WORD])[:MAX_WORD] for m in _WORD.finditer(text))
    return [stem(w) for w in folded if w not in _STOP_FOLDED and (len(w) > 1 or w.isdecimal())]


def likeness(term: str, other: str) -> float:
    """1 for the same stem, 0.6 when one is a part of the other, as in German (`Trinkwasser`, `Wasser`)."""
    if term == other:
        return 1.0
    short, long = sorted((term, other), key=len)
    if len(short) < MIN_COMPOUND or len(long) < 2 * MIN_COMPOUND:
        return 0.0
    return 0.6 if long.endswith(short) or long.startswith(short) else 0.0


def language_of(text: str) -> str:
    """`de` or `en`, whichever has more of its little words in the text; English when neither."""
    words = [m[0].casefold() for m in _WORD.finditer(text)]
    return "de" if sum(w in _GERMAN for w in words) > sum(w in _ENGLISH for w in words) else "en"


FACETS = (
    Facet(r"\bhow long\b|\bwie lange?\b|\bhow often\b|\bwie oft\b|\bhaltbar", _DURATION, digits=True),
    Facet(
        r"\bin what\b|\bwhat (?:kind|sort|type) of (?:container|bottle)|\bin which\b|\bworin\b|\bin was\b"
        r"|\bin welche[mnrs]?\b|\bcontainers?\b|\bbehälter",
        _CONTAINER,
    ),
    Facet(r"\bhow (?:much|many)\b|\bwie ?viele?\b", _AMOUNT, digits=True),
    Facet(r"\bwhere\b|\bwo\b|\bwohin\b", _PLACE, weight=0.5),
    Facet(r"\bhow (?:hot|warm|cold)\b|\bwie (?:heiß|warm|kalt)\b|\btemperatur", _HEAT, digits=True),
)
