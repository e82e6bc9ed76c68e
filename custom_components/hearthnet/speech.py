"""An answer made fit to be spoken while it streams: a few whole sentences, no citation marks, no markup."""

from __future__ import annotations

MAX_MARK = 64
"""Characters of the longest citation mark, `[12, 13, 14]`; anything longer is text."""
MARK = frozenset("0123456789,;- \n")
MARKUP = frozenset("*`#")
NO_SPACE_BEFORE = frozenset(".,;:!?…)")
ENDS = frozenset(".!?…。！？")
CLOSERS = frozenset("\"'”“’»«)")
ABBREVIATIONS = frozenset(
    "approx ca dr e.g etc i.e mr mrs ms prof st vs bzw d.h evtl ggf inkl max min nr s.o s.u sog str tel u.a usw vgl z.b".split()
)


class Speech:
    """`add` gives what may be said of each piece, `end` the rest; what was given is never taken back."""

    def __init__(self, max_sentences: int) -> None:
        self.said = ""
        self._left = max_sentences
        self._plain = _Plain()
        self._word = ""
        self._begun = False
        """Something of this sentence was said."""
        self._ended = False
        """It ends here if white space follows."""

    def add(self, text: str) -> str:
        return self._say(self._plain.add(text))

    def end(self) -> str:
        return self._say(self._plain.end())

    def _say(self, text: str) -> str:
        out = []
        for character in text:
            if character.isspace():
                if self._begun and (self._ended or character == "\n"):
                    self._left -= 1
                    self._begun = self._ended = False
                self._word = ""
                character = " "
            else:
                if character in ENDS:
                    self._ended = not (character == "." and self._abbreviated())
                elif character not in CLOSERS:
                    self._ended = False
                self._begun = True
                self._word += character
            if self._left <= 0:
                break
            out.append(character)
        said = "".join(out)
        self.said += said
        return said

    def _abbreviated(self) -> bool:
        """The full stop of `z. B.`, `e.g.` or `3. Mai` ends no sentence."""
        word = self._word.lstrip("(\"'„“").casefold()
        return word in ABBREVIATIONS or word.isdigit() or (len(word) == 1 and word.isalpha())


class _Plain:
    """Without `[1]` and the space before it, without markup, white space never doubled and only between words."""

    def __init__(self) -> None:
        self._mark = ""
        self._space = ""
        self._cited = self._begun = False

    def add(self, text: str) -> str:
        return "".join([self._take(character) for character in text])

    def end(self) -> str:
        mark, self._mark = self._mark, ""
        return "".join([self._put(character) for character in mark])

    def _take(self, character: str) -> str:
        if self._mark:
            if character == "]" and any(c.isdigit() for c in self._mark):
                self._mark, self._cited = "", True
                return ""
            if character in MARK and len(self._mark) < MAX_MARK:
                self._mark += character
                return ""
            return self.end() + self._take(character)
        if character == "[":
            self._mark = character
            return ""
        return "" if character in MARKUP else self._put(character)

    def _put(self, character: str) -> str:
        if character.isspace():
            if self._begun and self._space != "\n":
                self._space = "\n" if character == "\n" else " "
            return ""
        space = "" if self._cited and character in NO_SPACE_BEFORE else self._space
        self._space, self._cited, self._begun = "", False, True
        return space + character
