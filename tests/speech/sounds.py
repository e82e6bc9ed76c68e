"""Speech by eSpeak NG and sox, and what PocketSphinx hears of it. Both are real and small; the ear knows a grammar of
whole sentences, so that it is sure of itself."""

from __future__ import annotations

import subprocess
import sys
import tempfile

RATE = 16_000
QUESTIONS = (
    "how long can i store drinking water",
    "what do i do when the power is out",
    "where is the meeting point",
    "how do i stop a bleeding",
    "how do i put out a fire",
)
VOICES = {"en": "en-us", "de": "de"}


def speak(text: str, language: str = "en", rate: int = 22_050) -> bytes:
    """16-bit mono sound of a sentence."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", VOICES[language], "-s", "140", "--stdout", "--", text], capture_output=True, check=True
    ).stdout
    as_raw = ["-t", "raw", "-r", str(rate), "-c", "1", "-b", "16", "-e", "signed-integer", "-"]
    return subprocess.run(
        ["sox", "-t", "wav", "--ignore-length", "-", *as_raw], input=spoken, capture_output=True, check=True
    ).stdout


class Ear:
    """Hears one of `sentences`, small letters and no marks."""

    def __init__(self, sentences: tuple[str, ...] = QUESTIONS) -> None:
        from pocketsphinx import Decoder

        with tempfile.NamedTemporaryFile("w", suffix=".gram") as grammar:
            grammar.write(f"#JSGF V1.0;\ngrammar s;\npublic <s> = {' | '.join(sentences)};\n")
            grammar.flush()
            self._decoder = Decoder(samprate=RATE, loglevel="FATAL", lm=None, jsgf=grammar.name)

    def hear(self, pcm: bytes) -> str:
        """What was heard in 16 kHz sound; empty when it was nothing it knows."""
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""


if __name__ == "__main__":
    print(Ear(tuple(sys.argv[1:])).hear(sys.stdin.buffer.read()))
