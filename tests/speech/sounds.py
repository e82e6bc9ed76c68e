"""Speech by eSpeak NG and sox, and what PocketSphinx hears of it. Both are real, small and deterministic: the ear knows a
grammar of whole sentences, or listens for single words."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

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
    """Hears one of `sentences`, or, without them, any of `words`."""

    def __init__(self, sentences: tuple[str, ...] = QUESTIONS, words: tuple[str, ...] = ()) -> None:
        from pocketsphinx import Decoder  # noqa: PLC0415 only in the node's environment

        with tempfile.TemporaryDirectory() as folder:
            how: dict[str, Any]
            if words:
                path = Path(folder) / "words"
                path.write_text("".join(f"{word} /1e-20/\n" for word in words))
                how = {"kws": str(path)}
            else:
                path = Path(folder) / "sentences.gram"
                path.write_text(f"#JSGF V1.0;\ngrammar s;\npublic <s> = {' | '.join(sentences)};\n")
                how = {"jsgf": str(path)}
            self._decoder = Decoder(samprate=RATE, loglevel="FATAL", lm=None, **how)

    def hear(self, pcm: bytes) -> str:
        """What was heard in 16 kHz sound; empty when it was nothing it knows."""
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""
